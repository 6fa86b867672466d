"""Whose it was, what waits in suspense: a person's own cash, a programme's loss, or the provider's mistake; by two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Connection

from ussd_app.actions import adjusting, adjustments
from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.adjustments import Kind, Line
from ussd_app.domain.ledger import NotEnoughMoney
from ussd_app.domain.money import Dong
from ussd_app.store import adjustments as store
from ussd_app.store import ledger, suspense
from ussd_app.store.officers import Officer
from ussd_app.store.suspense import Waiting


class By(StrEnum):
    """Who carries it."""

    PERSON = "person"
    """They had the cash: it leaves their account."""
    PROGRAMME = "programme"
    PROVIDER = "provider"
    """It has taken it back, or pays it back."""


_KINDS = {
    By.PERSON: Kind.CARRY_BY_PERSON,
    By.PROGRAMME: Kind.CARRY_SUSPENSE,
    By.PROVIDER: Kind.CARRY_BY_PROVIDER,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What an officer says of an item: who carries it, and how much where it is not all."""

    item: str
    by: By
    person_id: int | None = None
    programme: str = ""
    amount: Dong | None = None


def ask(db: Connection, wish: Wish, reason: str, officer: Officer, now: datetime) -> tuple[int, Dong]:
    """The first signature: the number to agree to, and how much. Raises NotAllowed for what could not be done now."""
    waiting = [each for each in suspense.waiting(db) if each.item.upper() == wish.item.strip().upper()]
    if not waiting:
        raise NotAllowed(f"Nothing of {wish.item} is in suspense: see `suspense list`.")
    kind = _KINDS[wish.by]
    asked = store.asked_for(db, list(_KINDS.values()), [each.entry_id for each in waiting])
    lines: list[Line] = []
    for each, amount in _shares(waiting, asked, wish):
        lines += _lines(db, each, wish, amount)
    for line in lines:
        if problem := adjusting.rehearse(db, kind, line):
            raise NotAllowed(f"It cannot be carried so: {problem} ({line.account_code}).")
    return adjustments.ask(db, kind, lines, reason, officer, now), Dong(sum(each.amount.amount for each in lines))


def _shares(waiting: Sequence[Waiting], asked: dict[UUID, tuple[int, Dong]], wish: Wish) -> list[tuple[Waiting, Dong]]:
    """How much of each entry: what is not asked for already, the oldest first."""
    free = [(each, each.left.amount - asked.get(each.entry_id, (0, Dong(0)))[1].amount) for each in waiting]
    there = sum(max(0, amount) for _, amount in free)
    if not there:
        number = max(number for number, _ in asked.values())
        raise NotAllowed(f"All of {wish.item} is asked for already: number {number} waits for another officer.")
    left = wish.amount.amount if wish.amount else there
    if left > there:
        raise NotAllowed(f"Only {Dong(there)} of {wish.item} is in suspense and not asked for.")
    shares: list[tuple[Waiting, Dong]] = []
    for each, amount in free:
        part = min(left, max(0, amount))
        left -= part
        shares += [(each, Dong(part))] if part else []
    return shares


def _lines(db: Connection, each: Waiting, wish: Wish, amount: Dong) -> list[Line]:
    match wish.by:
        case By.PROVIDER:
            accounts = [(f"clearing:{each.provider}", amount)]
        case By.PROGRAMME:
            accounts = [(f"waived:{_programme(each, wish)}", amount)]
        case By.PERSON:
            accounts = _persons(db, each, wish, amount)
    person = (wish.person_id or each.person_id) if wish.by is By.PERSON else None
    return [Line(uuid4(), code, part, each.journal_id, person, each.entry_id) for code, part in accounts]


def _programme(each: Waiting, wish: Wish) -> str:
    if each.programme is None and not wish.programme:
        raise NotAllowed(f"Nobody knows whose money {each.item} was: say which programme carries it, --programme CODE.")
    if each.programme and wish.programme not in ("", each.programme):
        raise NotAllowed(f"{each.item} was paid out of {each.programme}: no other programme carries it.")
    return each.programme or wish.programme


def _persons(db: Connection, each: Waiting, wish: Wish, amount: Dong) -> list[tuple[str, Dong]]:
    if each.person_id is not None and wish.person_id not in (None, each.person_id):
        raise NotAllowed(f"{each.item} was asked for by {each.full_name}: it is not another person's.")
    person = wish.person_id or each.person_id
    if person is None:
        raise NotAllowed(f"Say whose cash {each.item} was: --person.")
    if each.programme:
        return [(f"beneficiary:{person}:{each.programme}", amount)]
    try:
        return [(account.code, part) for account, part in ledger.sources(db, person, amount)]
    except NotEnoughMoney as problem:
        raise NotAllowed(f"This person has less than {amount}: it may be somebody else's.") from problem
