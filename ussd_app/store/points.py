"""The pay points: where they are, when they are open, and why one may not pay."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Connection, text

from ussd_app.domain.points import Hours, Point, PointDirectory


def directory(db: Connection) -> PointDirectory:
    """Every point of today's communes, shut ones too."""
    rows = db.execute(
        text("""SELECT p.code, p.name, c.code AS commune_code, p.open, p.opens_at, p.shuts_at, p.open_days, p.no_cash_on,
                       p.suspended_because IS NOT NULL AS suspended
                FROM point p JOIN commune c ON c.id = p.commune_id ORDER BY p.code""")
    )
    points = [
        Point(
            code=row.code,
            name=row.name,
            commune_code=row.commune_code,
            hours=Hours(row.opens_at, row.shuts_at, frozenset(row.open_days)) if row.opens_at else None,
            open=row.open,
            suspended=row.suspended,
            no_cash_on=row.no_cash_on,
        )
        for row in rows
    ]
    districts = db.execute(
        text("SELECT code, former_district FROM commune WHERE valid_to IS NULL AND former_district IS NOT NULL")
    )
    return PointDirectory.of(points, {row.code: row.former_district for row in districts})


def pays(db: Connection, code: str, today: date) -> bool:
    """Whether cash may be asked for there on this local day, as it is written down at this moment."""
    return bool(
        db.execute(
            text("""SELECT 1 FROM point WHERE code = :code AND open AND suspended_because IS NULL
                    AND no_cash_on IS DISTINCT FROM :today"""),
            {"code": code, "today": today},
        ).scalar()
    )


def set_open(db: Connection, code: str, *, open: bool) -> bool:
    """False when there is no such point. Opening one also ends its suspension."""
    return (
        db.execute(
            text("""UPDATE point SET open = :open,
                           suspended_because = CASE WHEN :open THEN NULL ELSE suspended_because END WHERE code = :code"""),
            {"code": code, "open": open},
        ).rowcount
        > 0
    )


def suspend(db: Connection, code: str, because: str) -> bool:
    changed = db.execute(
        text("UPDATE point SET suspended_because = :because WHERE code = :code"), {"code": code, "because": because}
    )
    return changed.rowcount > 0


def set_hours(db: Connection, code: str, opens: time | None, shuts: time | None, days: frozenset[int]) -> bool:
    """Both None: not known."""
    changed = db.execute(
        text("UPDATE point SET opens_at = :opens, shuts_at = :shuts, open_days = :days WHERE code = :code"),
        {"code": code, "opens": opens, "shuts": shuts, "days": sorted(days)},
    )
    return changed.rowcount > 0


def set_cash(db: Connection, code: str, *, none_on: date | None) -> bool:
    """A point has cash unless it says that it has none, and then it is believed for one local day."""
    changed = db.execute(text("UPDATE point SET no_cash_on = :day WHERE code = :code"), {"code": code, "day": none_on})
    return changed.rowcount > 0


def note(
    db: Connection,
    code: str,
    what: str,
    *,
    now: datetime,
    because: str = "",
    officer_id: int | None = None,
    phone: str | None = None,
) -> None:
    """Who changed a point, and why: an officer, or its keeper from its phone."""
    db.execute(
        text("""INSERT INTO point_event (point_code, what, because, by_officer, by_phone, at)
                VALUES (:code, :what, :because, :officer, :phone, :now)"""),
        {"code": code, "what": what, "because": because, "officer": officer_id, "phone": phone, "now": now},
    )
