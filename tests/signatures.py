"""Two officers at work: one asks, another agrees, and what is agreed to twice is done once."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text

from ussd_app.actions import adjustments
from ussd_app.actions.desk import Desk
from ussd_app.domain.adjustments import Kind, Line
from ussd_app.domain.payments import Role
from ussd_app.store import officers, suspense
from ussd_app.store.database import Database

NOW = datetime(2027, 1, 25, 5, 0, tzinfo=UTC)


def by_two(database: Database, desk: Desk, kind: Kind, line: Line, *, enough: bool) -> UUID | None:
    """What it wrote, once however often it is agreed to; nothing where there is not enough."""
    with database.begin() as db:
        an, binh = (officers.add(db, name, frozenset(Role)) for name in ("an", "binh"))
        number = adjustments.ask(db, kind, [line], "it was wrong", an, NOW)
    for done in (int(enough), 0):
        with database.begin() as db:
            assert adjustments.agree(db, desk, number, binh, NOW).done == done
    with database.begin() as db:
        wrote = text("SELECT transfer_id FROM adjustment_transfer WHERE key = :key")
        return db.execute(wrote, {"key": line.key}).scalar()


def in_suspense(database: Database, journal: UUID) -> list[tuple[str, UUID, int]]:
    """(account, entry, đồng) of what a cash-out has in suspense."""
    with database.begin() as db:
        found = [each for each in suspense.waiting(db) if each.journal_id == journal]
    return [(each.account, each.entry_id, each.left.amount) for each in found]
