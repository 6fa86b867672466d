"""What officers decide about programmes: amounts from a month on, and whose money a cash-out takes first."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from ussd_app.actions.payments import NotAllowed, require
from ussd_app.domain.payments import PROGRAMMES, Cycle, Role
from ussd_app.domain.programmes import DatedAmount
from ussd_app.store import programmes
from ussd_app.store.officers import Officer


def known_programme(written: str) -> str:
    """The code of a programme; raises NotAllowed with those there are."""
    code = written.strip().lower()
    if code not in PROGRAMMES:
        raise NotAllowed(f"There is no programme {written!r}; known are {', '.join(PROGRAMMES)}.")
    return code


def known_cycle(written: str) -> Cycle:
    cycle = Cycle.read(written)
    if cycle is None:
        raise NotAllowed(f"{written!r} is not a month: write it as YYYY-MM.")
    return cycle


def set_amount(db: Connection, amount: DatedAmount, officer: Officer, *, today: date, now: datetime) -> None:
    """Set what a programme pays from a month on. Raises NotAllowed: for a month that is over, or one that has its own."""
    require(officer, Role.APPROVES)
    if amount.since < Cycle(today.year, today.month):
        raise NotAllowed(f"{amount.since.code} is over: what was paid then is not written anew. Begin with this month.")
    if not programmes.add_amount(db, amount, officer.id, now):
        of_what = f"{amount.programme} {amount.category}".strip()
        raise NotAllowed(f"{of_what} has an amount from {amount.since.code} on already: it is not replaced.")


def set_priority(db: Connection, programme: str, priority: int, officer: Officer, now: datetime) -> None:
    """The programme with the lowest number pays a cash-out first. Raises NotAllowed."""
    require(officer, Role.APPROVES)
    if not 1 <= priority <= 99:
        raise NotAllowed("A priority is a number from 1, which pays first, to 99.")
    programmes.set_priority(db, programme, priority, officer.id, now)
