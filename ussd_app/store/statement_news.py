"""What statements tell of cash-outs that our books do not know yet: what came back, and what was paid after all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.domain.money import Dong


@dataclass(frozen=True, slots=True)
class CameBack:
    """One reversal of a cash-out, as a statement has it."""

    line_key: str
    provider_reference: str
    amount: Dong


def came_back(db: Connection, provider: str, line_keys: Sequence[str]) -> dict[UUID, set[str]]:
    """The paid cash-outs that these lines say something came back of, each with its lines; none that names two orders."""
    rows = db.execute(
        text("""SELECT e.cash_out_id, e.line_key FROM statement_entry e JOIN cash_out c ON c.id = e.cash_out_id
                WHERE e.provider = :provider AND e.line_key = ANY(:keys) AND e.kind = 'reversed' AND NOT e.mixed
                  AND e.provider_reference <> '' AND e.amount > 0
                  AND c.provider = e.provider AND c.state IN ('paid', 'reversed') ORDER BY 1"""),
        {"provider": provider, "keys": list(line_keys)},
    )
    found: dict[UUID, set[str]] = {}
    for row in rows:
        found.setdefault(row.cash_out_id, set()).add(row.line_key)
    return found


_LINES_OF = text("""
    SELECT l.line_key, l.provider_reference, l.amount FROM statement_line l
    WHERE l.provider = :provider AND l.kind = 'reversed'
      AND (l.attempt_id = ANY(ARRAY(SELECT CAST(:id AS uuid) UNION SELECT attempt_id FROM cash_out WHERE id = :id
                                    UNION SELECT attempt_id FROM spent_attempt WHERE cash_out_id = :id))
           OR l.reference = (SELECT reference FROM cash_out WHERE id = :id)
           OR l.original_reference = (SELECT nullif(provider_reference, '') FROM cash_out WHERE id = :id))
    ORDER BY l.at, l.id
""")


def lines_of(db: Connection, provider: str, cash_out_id: UUID) -> tuple[Dong, list[CameBack]]:
    """How much of it came back by our books, and every reversal that any statement has of it, the earliest first."""
    booked = db.execute(text("SELECT reversed_amount FROM cash_out WHERE id = :id"), {"id": cash_out_id}).scalar_one()
    rows = db.execute(_LINES_OF, {"provider": provider, "id": cash_out_id})
    return Dong(booked), [CameBack(row.line_key, row.provider_reference, Dong(row.amount)) for row in rows]


def look_again(db: Connection, provider: str, since: datetime, now: datetime) -> int:
    """Have ended cash-outs asked about at once of which lines read since then tell what our books do not. How many."""
    return db.execute(
        text("""UPDATE cash_out c SET watch_at = least(c.watch_at, :now)
                FROM (SELECT cash_out_id AS id, bool_or(kind = 'paid_out') AS paid, bool_or(kind = 'reversed') AS back
                      FROM statement_entry WHERE provider = :provider AND read_at >= :since
                        AND kind IN ('paid_out', 'reversed') AND cash_out_id IS NOT NULL GROUP BY 1) told
                WHERE c.id = told.id AND c.provider = :provider
                  AND (c.state IN ('paid', 'reversed') AND told.back AND c.reversed_amount < c.amount
                       OR c.state = 'failed' AND told.paid AND NOT EXISTS (SELECT FROM cash_out_finding f
                           WHERE f.cash_out_id = c.id AND f.kind = 'late_success'))"""),
        {"provider": provider, "since": since, "now": now},
    ).rowcount
