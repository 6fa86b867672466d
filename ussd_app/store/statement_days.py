"""Each local day of which a provider's statement is here: what it comes to, what our books say, and how it was closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from ussd_app.domain.closing import Movement, money_out
from ussd_app.domain.money import Dong
from ussd_app.domain.statements import LineKind
from ussd_app.store.close_items import Closed, closes_between

_SIDES = text("""
    WITH covered AS (
        SELECT DISTINCT provider, (at AT TIME ZONE :zone)::date AS day FROM statement_line
        UNION SELECT provider, day FROM statement_day WHERE read_at IS NOT NULL
    )
    SELECT c.provider, c.day, s.side, s.kind, coalesce(s.amount, 0)::bigint AS amount
    FROM (SELECT * FROM covered WHERE day < :today) c LEFT JOIN (
        SELECT provider, (at AT TIME ZONE :zone)::date AS day, 'statement' AS side, kind, sum(amount) AS amount
        FROM statement_line GROUP BY 1, 2, 4
        UNION ALL
        SELECT provider, (at AT TIME ZONE :zone)::date, 'books', kind, sum(amount) FROM provider_movement GROUP BY 1, 2, 4
    ) s USING (provider, day) ORDER BY c.provider, c.day
""")


@dataclass(slots=True)
class StatementDay:
    """Đồng that went out less those that came in. `closed` is None while nobody has closed the day."""

    provider: str
    day: date
    by_statement: int = 0
    by_books: int = 0
    closed: Closed | None = None


def every(db: Connection, zone: str, today: date) -> list[StatementDay]:
    """All days before today of which a statement is here, whole as the provider gave it; the oldest first."""
    days: dict[tuple[str, date], StatementDay] = {}
    for row in db.execute(_SIDES, {"zone": zone, "today": today}):
        one = days.setdefault((row.provider, row.day), StatementDay(row.provider, row.day))
        if row.side == "statement":
            one.by_statement += _out(row)
        elif row.side == "books":
            one.by_books += _out(row)
    for closed in _closes(db, list(days.values())):
        if one := days.get((closed.provider, closed.day)):
            one.closed = closed
    return list(days.values())


def _out(row: Row[Any]) -> int:
    return money_out(Movement("", "", LineKind(row.kind), Dong(row.amount), row.day))


def _closes(db: Connection, days: list[StatementDay]) -> Iterator[Closed]:
    for provider in {each.provider for each in days}:
        mine = [each.day for each in days if each.provider == provider]
        yield from closes_between(db, provider, min(mine), max(mine))
