"""Fetching providers' statements, a local day at a time, and closing the days that are over."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from itertools import islice
from typing import cast

from sqlalchemy.exc import OperationalError

from ussd_app.actions.closing import close_day, span_of
from ussd_app.store import statements
from workers.mobile_money.port import Offer, StatementCut, Statements
from workers.office import Office

log = logging.getLogger(__name__)

LINES_AT_ONCE = 500
WAIT_FOR_STRAGGLERS = timedelta(minutes=30)
"""After midnight, so that a provider has written down the evening."""
LOOK_BACK = 3  # days fetched anew each night: what is written down late is found


def read_statements(office: Office) -> None:
    """What the clock does every few minutes, beside its other work."""
    try:
        ask_for_last_night(office, office.clock())
        fetch(office, office.clock())
    except OperationalError:
        log.warning("the database does not answer; statements are read later")


def yesterday(office: Office, now: datetime) -> date:
    return (office.desk.local(now) - WAIT_FOR_STRAGGLERS).date() - timedelta(days=1)


def ask_for_last_night(office: Office, now: datetime) -> None:
    """Once a night: the day that is over, and the few before it."""
    last = yesterday(office, now)
    provider = office.mobile_money.name
    with office.database.begin() as db:
        if statements.was_asked(db, provider, last):
            return
        for back in range(LOOK_BACK):
            statements.ask_for(db, provider, last - timedelta(days=back), now)


def fetch(office: Office, now: datetime) -> int:
    """Read every day that was asked for, and close those that are over. How many days were read to their end."""
    if Offer.STATEMENT not in office.mobile_money.offers:
        return 0
    provider = cast(Statements, office.mobile_money)
    with office.database.begin() as db:
        days = statements.to_fetch(db, office.mobile_money.name)
    return sum(_fetch_day(office, provider, day, now) for day in days)


def _fetch_day(office: Office, provider: Statements, day: date, now: datetime) -> bool:
    name = office.mobile_money.name
    span = span_of(name, day, office.desk.zone)
    read, note = 0, ""
    try:
        lines = provider.statement(span.begins, span.ends)
        while some := list(islice(lines, LINES_AT_ONCE)):
            with office.database.begin() as db:
                kept = statements.keep(db, some, source="asked of the provider", now=now)
            read += len(some)
            for each in kept.contradicted:
                log.error("statement of %s: line %s tells another story than before", day, each.line_key)
    except StatementCut as problem:
        note = str(problem) or "cut short"
        log.warning("statement of %s: %s; it is read again", day, note)
    with office.database.begin() as db:
        statements.fetched(db, name, day, read, note, now)
        if not note and now >= span.ends:
            close_day(db, name, day, office.desk.zone, now)
    return not note
