"""What waits in suspense: paid by a provider, and nobody's until two officers say whose it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.domain.money import Dong


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry of suspense and what is left of it."""

    item: str
    """The cash-out's reference, or the number of the statement's line where the order is lost."""
    entry_id: UUID
    journal_id: UUID
    account: str
    provider: str
    programme: str | None
    """None where the order is lost: then nobody knows whose programme paid."""
    since: datetime
    paid: Dong
    left: Dong
    reason: str
    person_id: int | None
    full_name: str


_WAITING = text("""
    WITH doubtful AS (
        SELECT id, code, programme FROM account WHERE kind = 'suspense' AND debits_posted <> credits_posted
    ), entry AS (
        SELECT t.id, t.journal_id, t.amount, t.created_at, t.reason, d.id AS account_id, d.code, d.programme
        FROM transfer t JOIN doubtful d ON d.id = t.debit_id
        WHERE t.kind = 'single' AND t.reverses_id IS NULL AND (CAST(:entry AS uuid) IS NULL OR t.id = :entry)
    )
    SELECT e.id, e.journal_id, e.code, split_part(e.code, ':', 2) AS provider, e.programme, e.created_at, e.amount,
           e.amount - coalesce(b.back, 0) AS left_over, e.reason, c.person_id, coalesce(p.full_name, '') AS full_name,
           coalesce(c.reference, (SELECT l.id::text FROM statement_line l
                                  WHERE md5('bam:suspense:' || l.id)::uuid = e.id), left(e.id::text, 8)) AS item
    FROM entry e
    LEFT JOIN LATERAL (SELECT sum(CASE WHEN t.credit_id = e.account_id THEN t.amount ELSE -t.amount END) AS back
                       FROM transfer t WHERE t.journal_id = e.journal_id AND e.account_id IN (t.debit_id, t.credit_id)
                         AND t.id <> e.id AND t.kind = 'single') b ON true
    LEFT JOIN cash_out c ON c.id = e.journal_id LEFT JOIN person p ON p.id = c.person_id
    WHERE e.amount > coalesce(b.back, 0) ORDER BY e.created_at, e.id
""")


def waiting(db: Connection, entry_id: UUID | None = None) -> list[Waiting]:
    """All that is in suspense, the oldest first; or what is left of one entry."""
    rows = db.execute(_WAITING, {"entry": entry_id})
    return [
        Waiting(
            row.item, row.id, row.journal_id, row.code, row.provider, row.programme, row.created_at, Dong(row.amount),
            Dong(int(row.left_over)), row.reason, row.person_id, row.full_name,
        )
        for row in rows
    ]  # fmt: skip


def lock(db: Connection, entry_id: UUID) -> Waiting | None:
    """What is left of one entry, locked, so that no two carry the same đồng. None when nothing is."""
    db.execute(text("SELECT 1 FROM transfer WHERE id = :id FOR NO KEY UPDATE"), {"id": entry_id})
    return next(iter(waiting(db, entry_id)), None)
