"""What two officers together may do to the ledger: one asks and says why, another agrees, and only then money moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from ussd_app.actions.payments import NotAllowed, require
from ussd_app.domain import ledger
from ussd_app.domain.ledger import Account, AccountKind, MoreThanThereWas, NotEnoughMoney, Transfer
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Role
from ussd_app.store import ledger as ledger_store
from ussd_app.store import unclaimed
from ussd_app.store.officers import Officer


class Kind(StrEnum):
    RETURN_UNCLAIMED = "return_unclaimed"
    """What nobody claimed goes back to the state. It stays its owner's: see CLAIM_AGAIN."""
    CLAIM_AGAIN = "claim_again"
    CORRECT = "correct"
    """What was granted by mistake, and is still there, goes back to the treasury."""
    CARRY_SUSPENSE = "carry_suspense"
    """The programme carries what a provider paid after we had given it back."""


@dataclass(frozen=True, slots=True)
class Line:
    """One movement that is asked for; `key` is made by whoever asks. `journal_id` is another's for what takes back."""

    key: UUID
    account_code: str
    amount: Dong
    journal_id: UUID
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    kind: Kind
    done: int
    total: Dong
    refused: tuple[str, ...]
    """What could not be done, in words; it can be agreed to again."""


def ask(db: Connection, kind: Kind, lines: Sequence[Line], reason: str, officer: Officer, now: datetime) -> int:
    """The first signature. The number under which another officer agrees; nothing has moved."""
    require(officer, Role.ENTERS)
    if not reason.strip():
        raise NotAllowed("Say why: it is kept.")
    if not lines:
        raise NotAllowed("There is nothing to be done.")
    number = db.execute(
        text("INSERT INTO adjustment (kind, reason, asked_by, asked_at) VALUES (:kind, :why, :by, :now) RETURNING id"),
        {"kind": kind.value, "why": reason.strip(), "by": officer.id, "now": now},
    ).scalar_one()
    db.execute(
        text("""INSERT INTO adjustment_line (key, adjustment_id, person_id, account_code, journal_id, amount)
                VALUES (:key, :number, :person, :account, :journal, :amount)"""),
        [
            {
                "key": each.key,
                "number": number,
                "person": each.person_id,
                "account": each.account_code,
                "journal": each.journal_id,
                "amount": each.amount.amount,
            }
            for each in lines
        ],
    )
    return int(number)


def agree(db: Connection, number: int, officer: Officer, now: datetime) -> Agreed:
    """The second signature, and the movements. What cannot be done now is said in words, and can be agreed to again.

    Raises NotAllowed; whoever asked is refused by the database itself.
    """
    require(officer, Role.APPROVES)
    asked = db.execute(
        text("SELECT kind, reason, agreed_by FROM adjustment WHERE id = :id FOR UPDATE"), {"id": number}
    ).first()
    if asked is None:
        raise NotAllowed(f"Nobody has asked for anything under number {number}.")
    if asked.agreed_by not in (None, officer.id):
        raise NotAllowed(f"Somebody else has agreed to number {number} already.")
    try:
        with db.begin_nested():
            db.execute(
                text("UPDATE adjustment SET agreed_by = :by, agreed_at = coalesce(agreed_at, :now) WHERE id = :id"),
                {"by": officer.id, "now": now, "id": number},
            )
    except IntegrityError as refused:
        raise NotAllowed(f"{officer.name} asked for number {number}: somebody else must agree.") from refused
    kind = Kind(asked.kind)
    lines = _open_lines(db, number)
    refused = [(each, why) for each in lines if (why := _do(db, kind, each, asked.reason, now))]
    done = [each for each in lines if each not in [line for line, _ in refused]]
    total = Dong(sum(each.amount.amount for each in done))
    return Agreed(kind, len(done), total, tuple(f"{each.account_code}: {why}" for each, why in refused))


def _open_lines(db: Connection, number: int) -> list[Line]:
    rows = db.execute(
        text("""SELECT key, account_code, amount, journal_id, person_id FROM adjustment_line
                WHERE adjustment_id = :number AND done_at IS NULL ORDER BY account_code, key FOR UPDATE"""),
        {"number": number},
    )
    return [Line(row.key, row.account_code, Dong(row.amount), row.journal_id, row.person_id) for row in rows]


def _do(db: Connection, kind: Kind, line: Line, reason: str, now: datetime) -> str | None:
    """Do one line; why not, when it cannot be done."""
    try:
        with db.begin_nested():
            if why := _move(db, kind, line, reason):
                return why
            db.execute(text("UPDATE adjustment_line SET done_at = :now WHERE key = :key"), {"now": now, "key": line.key})
    except NotEnoughMoney:
        return f"less than {line.amount} is there"
    except MoreThanThereWas as problem:
        return str(problem)
    return None


def _move(db: Connection, kind: Kind, line: Line, reason: str) -> str | None:
    match kind:
        case Kind.RETURN_UNCLAIMED:
            return _return(db, line, reason)
        case Kind.CLAIM_AGAIN:
            ledger_store.claim_again(db, line.journal_id, line.key, line.amount, reason)
        case Kind.CORRECT:
            ledger_store.correct(db, line.journal_id, line.key, line.amount, reason)
        case Kind.CARRY_SUSPENSE:
            _, provider, programme = line.account_code.split(":")
            waits, carries = ledger.suspense(provider, programme), ledger.waived(programme)
            ledger_store.move(db, Transfer(line.key, carries, waits, line.amount, line.journal_id, reason))
    return None


def _return(db: Connection, line: Line, reason: str) -> str | None:
    owned = unclaimed.lock_owned(db, line.account_code)
    if owned is None:
        return "this is nobody's account"
    if owned.held_anywhere:
        return "a cash-out or a pay-out session of this person is under way"
    kind = AccountKind(owned.kind)
    source = Account(owned.code, kind, programme=owned.programme)
    ledger_store.move(
        db, Transfer(line.key, source, ledger.returned(owned.programme), line.amount, line.journal_id, reason)
    )
    return None
