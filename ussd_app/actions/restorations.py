"""After a backup was restored: nothing goes out until the provider has said what happened in the lost hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.caller import STILL_ON_ITS_WAY
from ussd_app.domain.ledger import Account, AccountKind, Transfer, clearing
from ussd_app.domain.money import Dong, total
from ussd_app.store import ledger, restorations, statements
from ussd_app.store.officers import Officer
from ussd_app.store.restorations import ForeignLine

RESEND_WITHIN = timedelta(hours=24)
"""After the provider has said that it never saw an order, it may be sent for so long; later a person decides."""
_MOST_DAYS = 62


@dataclass(frozen=True, slots=True)
class Begun:
    to_ask: int
    messages: int
    """Messages that waited in the backup, and are not sent again from here."""
    days: int
    """Days whose statement is read once more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is still to be known."""

    not_answered: tuple[str, ...]
    days_not_read: tuple[date, ...]
    foreign: tuple[ForeignLine, ...]

    @property
    def in_suspense(self) -> Dong:
        return total(tuple(each.amount for each in self.foreign))


def begin(db: Connection, provider: str, backup_of: datetime, officer: Officer, zone: ZoneInfo, now: datetime) -> Begun:
    """From here on nothing is sent, to the provider or by SMS. Raises NotAllowed: one is open, or a moment to come."""
    if backup_of >= now or now - backup_of > timedelta(days=_MOST_DAYS):
        raise NotAllowed(f"A backup is of the past, and of at most {_MOST_DAYS} days ago.")
    try:
        with db.begin_nested():
            restorations.begin(db, backup_of, officer.id, now)
    except IntegrityError as known:
        raise NotAllowed("A restored backup is being gone through already: restore show") from known
    to_ask = restorations.ask_about_all(db, now, now + RESEND_WITHIN, now + STILL_ON_ITS_WAY)
    messages = restorations.doubt_messages(db, backup_of, now)
    first, today = backup_of.astimezone(zone).date(), now.astimezone(zone).date()
    days = [first + timedelta(days=each) for each in range((today - first).days + 1)]
    for day in days:
        statements.ask_for(db, provider, day, now)
    return Begun(to_ask, messages, len(days))


def standing(db: Connection, provider: str) -> Standing:
    """Raises NotAllowed when no restored backup is being gone through."""
    open_one = restorations.current(db)
    if open_one is None:
        raise NotAllowed("No restored backup is being gone through.")
    return Standing(
        tuple(restorations.not_answered(db)),
        tuple(restorations.days_not_read(db, provider, open_one.begun_at)),
        tuple(restorations.foreign_lines(db, provider, open_one.backup_of)),
    )


def end(db: Connection, provider: str, officer: Officer, now: datetime, by_hand: str = "") -> Standing:
    """Everything was asked: what was paid under lost orders goes to suspense, and sending goes on.

    `by_hand` says how the statements were read where the provider could not be asked for them. Raises NotAllowed
    while something is still to be known.
    """
    open_one = restorations.current(db)
    there = standing(db, provider)
    if there.not_answered:
        some = ", ".join(there.not_answered[:5])
        raise NotAllowed(f"The provider has still to tell about {len(there.not_answered)} cash-outs: {some} …")
    if there.days_not_read and not by_hand.strip():
        raise NotAllowed(
            f"The statement of {there.days_not_read[0]} has not been read again ({len(there.days_not_read)} days in all):"
            " wait for it, or import it and say so with --by-hand WORDS."
        )
    for line in there.foreign:  # nobody's yet: the books say what was paid, and the daily close finds it there
        _to_suspense(db, provider, line)
    if open_one is not None:
        restorations.doubt_what_carriers_reported(db, open_one.begun_at, now)
    restorations.end(db, officer.id, by_hand, now)
    return there


def _to_suspense(db: Connection, provider: str, line: ForeignLine) -> None:
    id = restorations.suspense_id(db, line.line_id)
    reason = f"paid by the provider before a backup was restored: line {line.line_key}"
    ledger.move(db, Transfer(id, _suspense(provider), clearing(provider), line.amount, line.order, reason))


def _suspense(provider: str) -> Account:
    return Account(f"suspense:{provider}:restored", AccountKind.SUSPENSE)
