"""The ledger's entries one by one, as an officer looks for them: by id, by payment, by person, by cash-out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from ussd_app.domain.ledger import Account, AccountKind, TransferKind
from ussd_app.domain.money import Dong


@dataclass(frozen=True, slots=True)
class Entry:
    """One transfer. `back` is how much of it has come back and not gone again."""

    id: UUID
    kind: TransferKind
    debit: Account
    credit: Account
    amount: Dong
    back: Dong
    journal_id: UUID
    reverses_id: UUID | None
    reverses_a_reversal: bool
    created_at: datetime
    reason: str
    person_id: int | None

    @property
    def left(self) -> Dong:
        return self.amount - self.back

    @property
    def way(self) -> tuple[AccountKind, AccountKind]:
        return self.debit.kind, self.credit.kind


NET = """coalesce((SELECT sum(r.amount - coalesce((SELECT sum(u.amount) FROM transfer u WHERE u.reverses_id = r.id), 0))
                   FROM transfer r WHERE r.reverses_id = t.id), 0)::bigint"""
"""What of transfer `t` has come back and not gone again."""

_ENTRY = f"""
    SELECT t.id, t.kind, t.amount, t.journal_id, t.reverses_id, t.created_at, t.reason, {NET} AS back,
           f.reverses_id IS NOT NULL AS twice, coalesce(d.person_id, c.person_id, d.kept_for, c.kept_for) AS person_id,
           d.code AS debit, d.kind AS debit_kind, d.programme AS debit_programme,
           c.code AS credit, c.kind AS credit_kind, c.programme AS credit_programme
    FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
    LEFT JOIN transfer f ON f.id = t.reverses_id"""


def lock(db: Connection, id: UUID) -> Entry | None:
    """Locked, so that what has come back of it cannot change until the transaction ends."""
    db.execute(text("SELECT 1 FROM transfer WHERE id = :id FOR NO KEY UPDATE"), {"id": id})
    row = db.execute(text(f"{_ENTRY} WHERE t.id = :id"), {"id": id}).first()
    return _entry(row) if row else None


def beginning_with(db: Connection, first: UUID, last: UUID) -> list[UUID]:
    """The entries whose id lies between these two; more than two are not read."""
    asked = {"first": first, "last": last}
    rows = db.execute(text("SELECT id FROM transfer WHERE id BETWEEN :first AND :last LIMIT 2"), asked)
    return [row.id for row in rows]


def of_journal(db: Connection, journal_id: UUID) -> list[Entry]:
    return _read(db, "t.journal_id = :journal", {"journal": journal_id})


def of_person(db: Connection, person_id: int, most: int) -> list[Entry]:
    """A person's newest entries, the oldest of them first."""
    mine = "SELECT id FROM account WHERE person_id = :person OR kept_for = :person"
    return _read(db, f"t.debit_id IN ({mine}) OR t.credit_id IN ({mine})", {"person": person_id}, most)


def of_month(db: Connection, programme: str, cycle: str, most: int) -> list[Entry]:
    """What the state paid in for a month, and took back."""
    wanted = "(d.kind, c.kind) IN (('state', 'treasury'), ('treasury', 'state')) AND :cycle IN (d.cycle, c.cycle)"
    return _read(db, f"{wanted} AND d.programme = :programme", {"programme": programme, "cycle": cycle}, most)


def _read(db: Connection, wanted: str, values: dict[str, object], most: int = 1_000) -> list[Entry]:
    rows = db.execute(
        text(f"""SELECT * FROM ({_ENTRY} WHERE {wanted} ORDER BY t.created_at DESC, t.id LIMIT :most) e
                 ORDER BY created_at, id"""),
        {**values, "most": most},
    )
    return [_entry(row) for row in rows]


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        row.id,
        TransferKind(row.kind),
        Account(row.debit, AccountKind(row.debit_kind), programme=row.debit_programme),
        Account(row.credit, AccountKind(row.credit_kind), programme=row.credit_programme),
        Dong(row.amount),
        Dong(row.back),
        row.journal_id,
        row.reverses_id,
        row.twice,
        row.created_at,
        row.reason,
        row.person_id,
    )
