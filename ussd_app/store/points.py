"""The pay points that are open today."""

from __future__ import annotations

from sqlalchemy import Connection, text

from ussd_app.domain.points import Point, PointDirectory


def directory(db: Connection) -> PointDirectory:
    rows = db.execute(
        text("""SELECT p.code, p.name, c.code AS commune_code FROM point p JOIN commune c ON c.id = p.commune_id
                WHERE p.open ORDER BY p.code""")
    )
    return PointDirectory.of(tuple(Point(row.code, row.name, row.commune_code) for row in rows))
