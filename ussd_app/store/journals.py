"""What a journal has moved so far: its holds, what became of them, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.domain.ledger import Account, AccountKind, ReusedWithOtherContent, TransferKind
from ussd_app.domain.money import Dong
from ussd_app.store.entries import NET


@dataclass(frozen=True, slots=True)
class Moved:
    """One transfer of a journal. `reversed` is how much of it has come back and not gone again."""

    id: UUID
    debit: Account
    credit: Account
    amount: Dong
    journal_id: UUID
    reversed: Dong


def moved_in(db: Connection, journal_id: UUID, *kinds: TransferKind) -> list[Moved]:
    """A journal's own transfers of these kinds, in the order in which money is taken; reversals are not among them.

    Locks them, so that what has come back of each cannot change until the transaction ends.
    """
    asked = {"journal": journal_id, "kinds": [each.value for each in kinds]}
    # Two statements: what is read beside a lock that had to be waited for would be older than the wait.
    db.execute(
        text("""SELECT 1 FROM transfer WHERE journal_id = :journal AND kind = ANY(:kinds) AND reverses_id IS NULL
                ORDER BY id FOR NO KEY UPDATE"""),
        asked,
    )
    rows = db.execute(
        text(f"""SELECT t.id, t.amount, d.code AS debit, d.kind AS debit_kind, c.code AS credit, c.kind AS credit_kind,
                       d.programme, c.programme AS credit_programme,
                       {NET} AS reversed
                FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
                LEFT JOIN programme p ON p.code = d.programme
                WHERE t.journal_id = :journal AND t.kind = ANY(:kinds) AND t.reverses_id IS NULL
                ORDER BY c.kind, coalesce(p.priority, 99), d.id, t.id"""),
        asked,
    )
    return [
        Moved(
            row.id,
            Account(row.debit, AccountKind(row.debit_kind), programme=row.programme),
            Account(row.credit, AccountKind(row.credit_kind), programme=row.credit_programme),
            Dong(row.amount),
            journal_id,
            Dong(row.reversed),
        )
        for row in rows
    ]


def posted_in(db: Connection, journal_id: UUID) -> Dong:
    """How much of a journal's holds was paid, fees apart and before reversals."""
    paid = db.execute(
        text("""SELECT coalesce(sum(t.amount), 0)::bigint FROM transfer t JOIN account c ON c.id = t.credit_id
                WHERE t.journal_id = :journal AND t.kind = 'post' AND c.kind <> 'fees'"""),
        {"journal": journal_id},
    ).scalar_one()
    return Dong(int(paid))


def came_back(db: Connection, journal_id: UUID, legs: Sequence[UUID], amount: Dong) -> bool:
    """True when this giving back, told by the ids of its legs, is in the ledger already with this amount.

    Raises ReusedWithOtherContent when it is there with another amount or for another journal.
    """
    rows = db.execute(text("SELECT amount, journal_id FROM transfer WHERE id = ANY(:legs)"), {"legs": list(legs)}).all()
    if not rows:
        return False
    if sum(row.amount for row in rows) != amount.amount or any(row.journal_id != journal_id for row in rows):
        raise ReusedWithOtherContent(f"what came back to journal {journal_id} under this id was another amount")
    return True
