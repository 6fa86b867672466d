"""Whether our clearing accounts say what the providers' statements say, on every day of which one is here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ussd_app.actions.closing import items_of_day, span_of
from ussd_app.store import close_items, statement_days
from ussd_app.store.ledger_check import Finding
from ussd_app.store.statement_days import StatementDay

INVARIANT = "what our books moved at each provider is what its statements say, or an officer has settled the difference"


def against_statements(db: Connection, zone: ZoneInfo, now: datetime) -> tuple[Finding, Sequence[StatementDay]]:
    """A closed day is held to its close, and what is open on its board is a breach; any other day is compared as the
    daily close would. Writes nothing.
    """
    days = statement_days.every(db, zone.key, now.astimezone(zone).date())
    breaches = [breach for each in days for breach in _of_day(db, each, zone)]
    covered = {(each.provider, each.day) for each in days}
    breaches += [
        f"{each.provider} {each.item.day}, item {each.id}: {each.item.words} ({each.item.difference:+,} đồng, open)"
        for each in close_items.open_items(db)
        if each.item.difference and (each.provider, each.item.day) in covered
    ]
    return Finding(INVARIANT, tuple(breaches)), days


def _of_day(db: Connection, each: StatementDay, zone: ZoneInfo) -> Iterator[str]:
    name, closed = f"{each.provider} {each.day}", each.closed
    if closed is None:
        _, _, items = items_of_day(db, span_of(each.provider, each.day, zone))
        for item in items:
            if item.difference and not item.explained:
                yield f"{name}: {item.words} ({item.difference:+,} đồng; `close day {each.day}`)"
        return
    if closed.unnamed:
        yield f"{name}: {closed.unnamed:+,} đồng of its difference have no name"
    if (closed.by_statement, closed.by_books) != (each.by_statement, each.by_books):
        yield f"{name}: more is known since it was closed; `close day {each.day}`"
