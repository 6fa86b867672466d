"""Programmes as rows: whose money a cash-out takes first, and the amounts that officers have set, beside the decreed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.domain.programmes import DECREED, DatedAmount


def priorities(db: Connection) -> dict[str, int]:
    """Programme -> priority; the lowest number pays first."""
    rows = db.execute(text("SELECT code, priority FROM programme ORDER BY priority, code"))
    return {row.code: row.priority for row in rows}


def set_priority(db: Connection, programme: str, priority: int, officer_id: int, now: datetime) -> None:
    db.execute(
        text("UPDATE programme SET priority = :priority, set_by = :officer, set_at = :now WHERE code = :code"),
        {"code": programme, "priority": priority, "officer": officer_id, "now": now},
    )


def every_amount(db: Connection) -> tuple[DatedAmount, ...]:
    """What is decreed, then what officers have set: for the same month the later one counts."""
    rows = db.execute(text("SELECT programme, category, since, amount, source FROM programme_amount ORDER BY since, id"))
    own = tuple(DatedAmount(row.programme, _cycle(row.since), Dong(row.amount), row.source, row.category) for row in rows)
    return (*DECREED, *own)


def _cycle(code: str) -> Cycle:
    year, month = code.split("-")
    return Cycle(int(year), int(month))


def add_amount(db: Connection, amount: DatedAmount, officer_id: int, now: datetime) -> bool:
    """Write an amount down. False when this category has one for this very month: it is never replaced."""
    added = db.execute(
        text("""INSERT INTO programme_amount (programme, category, since, amount, source, set_by, set_at)
                VALUES (:programme, :category, :since, :amount, :source, :officer, :now)
                ON CONFLICT (programme, category, since) DO NOTHING RETURNING id"""),
        {
            "programme": amount.programme,
            "category": amount.category,
            "since": amount.since.code,
            "amount": amount.amount.amount,
            "source": amount.source,
            "officer": officer_id,
            "now": now,
        },
    ).first()
    return added is not None
