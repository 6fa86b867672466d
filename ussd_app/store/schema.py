"""Bringing a database to today's schema, and the reference rows without which nothing works."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from ussd_app.store.database import Database

HERE = Path(__file__).resolve().parent
UNITS_SINCE = date(2025, 7, 1)  # Resolution 1683/NQ-UBTVQH15

# Two processes that start at once must not both migrate; any number does, as long as it is always the same.
_MIGRATION_LOCK = 889_900


def upgrade(database: Database) -> None:
    """Migrate to the newest schema and fill in the communes and their pay points; does nothing the second time."""
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    with database.begin() as db:
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes["connection"] = db
        command.upgrade(config, "head")
        _fill_communes(db)
        _fill_points(db)


def _fill_communes(db: Connection) -> None:
    with (HERE / "reference" / "communes.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            {"code": row["code"], "name": row["name"], "kind": row["kind"], "since": UNITS_SINCE}
            for row in csv.DictReader(file)
        ]
    db.execute(
        text("""INSERT INTO commune (code, name, kind, valid_from) VALUES (:code, :name, :kind, :since)
                ON CONFLICT (code, valid_from) DO NOTHING"""),
        rows,
    )
    with (HERE / "reference" / "former_districts.csv").open(encoding="utf-8", newline="") as file:
        districts = [{**row, "since": UNITS_SINCE} for row in csv.DictReader(file)]
    db.execute(
        text("""UPDATE commune SET former_district = :district
                WHERE code = :code AND valid_from = :since AND former_district IS DISTINCT FROM :district"""),
        districts,
    )


def _fill_points(db: Connection) -> None:
    """Two pay points a commune: the post office and the Viettel shop, coded by the commune's code and a digit."""
    db.execute(
        text(r"""INSERT INTO point (code, name, commune_id)
                 SELECT c.code || n.digit, left(n.prefix || regexp_replace(c.name, '^(Xã|Phường) ', ''), 27), c.id
                 FROM commune c CROSS JOIN (VALUES ('1', 'Bưu điện '), ('2', 'Viettel ')) AS n (digit, prefix)
                 WHERE c.valid_to IS NULL ON CONFLICT (code) DO NOTHING""")
    )
