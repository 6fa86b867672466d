"""The ledger in PostgreSQL: append-only transfers, counters moved with them, guards held by conditional UPDATEs."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, Row, text

from ussd_app.domain.ledger import (
    Account,
    NotEnoughMoney,
    ReusedWithOtherContent,
    Transfer,
    TransferKind,
    leg_id,
)
from ussd_app.domain.money import Dong

_INSERT_TRANSFER = text("""
    INSERT INTO transfer (id, kind, debit_id, credit_id, amount, pending_id, journal_id, reason)
    VALUES (:id, :kind, :debit_id, :credit_id, :amount, :pending_id, :journal_id, :reason)
    ON CONFLICT (id) DO NOTHING RETURNING id
""")

# The guard is in the statement itself: PostgreSQL re-reads the row after waiting for its lock.
_MOVE = {
    TransferKind.SINGLE: (
        text("""UPDATE account SET debits_posted = debits_posted + :amount WHERE id = :id
                AND (NOT guarded OR credits_posted - debits_posted - debits_pending >= :amount)"""),
        text("UPDATE account SET credits_posted = credits_posted + :amount WHERE id = :id"),
    ),
    TransferKind.PENDING: (
        text("""UPDATE account SET debits_pending = debits_pending + :amount WHERE id = :id
                AND (NOT guarded OR credits_posted - debits_posted - debits_pending >= :amount)"""),
        text("UPDATE account SET credits_pending = credits_pending + :amount WHERE id = :id"),
    ),
    TransferKind.POST: (
        text("""UPDATE account SET debits_pending = debits_pending - :amount, debits_posted = debits_posted + :amount
                WHERE id = :id"""),
        text("""UPDATE account SET credits_pending = credits_pending - :amount,
                credits_posted = credits_posted + :amount WHERE id = :id"""),
    ),
    TransferKind.VOID: (
        text("UPDATE account SET debits_pending = debits_pending - :amount WHERE id = :id"),
        text("UPDATE account SET credits_pending = credits_pending - :amount WHERE id = :id"),
    ),
}


def account_id(db: Connection, account: Account) -> int:
    """The account's row, made at its first use."""
    values = {
        "code": account.code,
        "kind": account.kind.value,
        "person": account.person_id,
        "programme": account.programme,
        "guarded": account.guarded,
    }
    found = db.execute(text("SELECT id FROM account WHERE code = :code"), values).scalar()
    if found is None:
        db.execute(
            text("""INSERT INTO account (code, kind, person_id, programme, guarded)
                    VALUES (:code, :kind, :person, :programme, :guarded) ON CONFLICT (code) DO NOTHING"""),
            values,
        )
        found = db.execute(text("SELECT id FROM account WHERE code = :code"), values).scalar_one()
    return int(found)


def move(db: Connection, transfer: Transfer) -> bool:
    """Write one single or pending transfer. False when this very transfer was written before: nothing is done.

    Raises NotEnoughMoney, and ReusedWithOtherContent for a known id with another content.
    """
    row = {
        "id": transfer.id,
        "kind": transfer.kind.value,
        "debit_id": account_id(db, transfer.debit),
        "credit_id": account_id(db, transfer.credit),
        "amount": transfer.amount.amount,
        "pending_id": None,
        "journal_id": transfer.journal_id,
        "reason": transfer.reason,
    }
    return _write(db, transfer.kind, row)


def hold(db: Connection, journal_id: UUID, sources: list[tuple[Account, Dong]], credit: Account, reason: str) -> None:
    """Hold money on several accounts under one journal: all of it, or NotEnoughMoney and nothing."""
    for number, (source, amount) in enumerate(sources):
        leg = leg_id(journal_id, "hold", number)
        move(db, Transfer(leg, source, credit, amount, journal_id, reason, TransferKind.PENDING))


def post(db: Connection, journal_id: UUID, reason: str) -> bool:
    """Turn every hold of a journal into money paid. False when it was posted before."""
    return _resolve(db, journal_id, TransferKind.POST, reason)


def void(db: Connection, journal_id: UUID, reason: str) -> bool:
    """Give every hold of a journal back to its owner. False when it was given back before."""
    return _resolve(db, journal_id, TransferKind.VOID, reason)


def _resolve(db: Connection, journal_id: UUID, kind: TransferKind, reason: str) -> bool:
    holds = db.execute(
        text("""SELECT id, debit_id, credit_id, amount FROM transfer
                WHERE journal_id = :journal AND kind = 'pending' ORDER BY id"""),
        {"journal": journal_id},
    ).all()
    written = [_resolve_one(db, each, journal_id, kind, reason) for each in holds]
    return any(written)


def _resolve_one(
    db: Connection, held: Row[tuple[UUID, int, int, int]], journal: UUID, kind: TransferKind, why: str
) -> bool:
    row = {
        "id": leg_id(held.id, kind.value, 0),
        "kind": kind.value,
        "debit_id": held.debit_id,
        "credit_id": held.credit_id,
        "amount": held.amount,
        "pending_id": held.id,
        "journal_id": journal,
        "reason": why,
    }
    return _write(db, kind, row)


def _write(db: Connection, kind: TransferKind, row: dict[str, object]) -> bool:
    if db.execute(_INSERT_TRANSFER, row).first() is None:
        _check_same(db, row)
        return False
    debit, credit = _MOVE[kind]
    steps = [(row["debit_id"], debit, True), (row["credit_id"], credit, False)]
    # Always the lower account first: two transfers over the same pair can wait for each other, never both.
    for account, statement, is_debit in sorted(steps, key=lambda step: int(str(step[0]))):
        moved = db.execute(statement, {"id": account, "amount": row["amount"]}).rowcount
        if is_debit and moved == 0:
            raise NotEnoughMoney(f"account {account} has less than {row['amount']} đồng")
    return True


def _check_same(db: Connection, row: dict[str, object]) -> None:
    known = db.execute(
        text("""SELECT 1 FROM transfer WHERE id = :id AND kind = :kind AND debit_id = :debit_id
                AND credit_id = :credit_id AND amount = :amount AND journal_id = :journal_id"""),
        row,
    ).first()
    if known is None:
        raise ReusedWithOtherContent(f"transfer {row['id']} is known with another content")
