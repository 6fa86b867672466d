"""What two officers together may do to the ledger: one asks and says why, another agrees, and only then money moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ussd_app.actions import adjusting
from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import NotAllowed, require
from ussd_app.domain.adjustments import Kind, Line
from ussd_app.domain.ledger import MoreThanThereWas, NotEnoughMoney
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Role
from ussd_app.store import adjustments as store
from ussd_app.store.officers import Officer


@dataclass(frozen=True, slots=True)
class Agreed:
    kind: Kind
    done: int
    total: Dong
    refused: tuple[str, ...]
    """What could not be done, in words; it can be agreed to again, or refused."""


def ask(db: Connection, kind: Kind, lines: Sequence[Line], reason: str, officer: Officer, now: datetime) -> int:
    """The first signature. The number under which another officer agrees; nothing has moved."""
    require(officer, Role.ENTERS)
    if not reason.strip():
        raise NotAllowed("Say why: it is kept.")
    if not lines:
        raise NotAllowed("There is nothing to be done.")
    return store.add(db, kind, lines, reason.strip(), officer.id, now)


def agree(db: Connection, desk: Desk, number: int, officer: Officer, now: datetime) -> Agreed:
    """The second signature, and the movements. What cannot be done now is said in words, and can be agreed to again.

    Raises NotAllowed; whoever asked is refused by the database itself.
    """
    require(officer, Role.APPROVES)
    asked = store.lock(db, number)
    if asked is None:
        raise NotAllowed(f"Nobody has asked for anything under number {number}.")
    if asked.refused_by:
        raise NotAllowed(f"{asked.refused_by} has refused number {number}: it must be asked for anew.")
    if asked.agreed_by not in (None, officer.id):
        raise NotAllowed(f"Somebody else has agreed to number {number} already.")
    try:
        with db.begin_nested():
            store.sign(db, number, officer.id, now)
    except IntegrityError as refused:
        raise NotAllowed(f"{officer.name} asked for number {number}: somebody else must agree.") from refused
    kind = Kind(asked.kind)
    tried = [(each, _do(db, desk, kind, number, each, asked.reason, now)) for each in store.open_lines(db, number)]
    done = [each for each, why in tried if why is None]
    refused = tuple(f"{each.account_code}: {why}" for each, why in tried if why is not None)
    return Agreed(kind, len(done), Dong(sum(each.amount.amount for each in done)), refused)


def refuse(db: Connection, number: int, officer: Officer, because: str, now: datetime) -> None:
    """It is not done, or what is left of it is not: by another officer, or by whoever asked and thought better of it.

    Raises NotAllowed when there is nothing left to refuse.
    """
    if not officer.roles & {Role.ENTERS, Role.APPROVES}:
        raise NotAllowed(f"{officer.name} is not an officer who enters or approves.")
    if not because.strip():
        raise NotAllowed("Say why: it is kept.")
    asked = store.lock(db, number)
    if asked is None:
        raise NotAllowed(f"Nobody has asked for anything under number {number}.")
    if asked.refused_by:
        raise NotAllowed(f"{asked.refused_by} has refused number {number} already.")
    if asked.all_done:
        raise NotAllowed(f"Number {number} is done: what moved is put right by a correction of its own.")
    store.refuse(db, number, officer.id, because.strip(), now)


def _do(db: Connection, desk: Desk, kind: Kind, number: int, line: Line, reason: str, now: datetime) -> str | None:
    """Do one line; why not, when it cannot be done."""
    try:
        with db.begin_nested():
            legs = adjusting.move(db, kind, line, reason)
            if isinstance(legs, str):
                return legs
            store.done(db, line.key, legs, now)
            adjusting.tell(db, desk, kind, number, line, now)
    except NotEnoughMoney:
        return f"less than {line.amount} is there"
    except MoreThanThereWas as problem:
        return str(problem)
    return None
