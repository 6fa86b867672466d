"""Fetching every provider's statements, a local day at a time, and closing the days that are over."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from itertools import islice
from typing import cast

from sqlalchemy.exc import OperationalError

from ussd_app.actions import statement_news as actions
from ussd_app.actions.closing import close_day, span_of
from ussd_app.domain.statements import LineKind
from ussd_app.store import statement_news, statements
from workers.mobile_money.port import MobileMoney, Offer, StatementCut, Statements
from workers.office import Office

log = logging.getLogger(__name__)

LINES_AT_ONCE = 500
WAIT_FOR_STRAGGLERS = timedelta(minutes=30)
"""After midnight, so that a provider has written down the evening."""
LOOK_BACK = 3  # days fetched anew each night: what is written down late is found
MOST_MISSED = 62
"""Days without a clock that are made up for; older ones an officer asks for by name."""


def read_statements(office: Office) -> None:
    """What the clock does every few minutes, beside its other work."""
    now = office.clock()
    for provider in with_statements(office):
        try:
            ask_for_last_night(office, provider.name, now)
            fetch(office, provider, now)
        except OperationalError:
            log.warning("the database does not answer; statements are read later")
            return
        except Exception:  # whatever is wrong with one of them, the others are read
            log.exception("statements of %s cannot be read; they are tried again", provider.name)


def with_statements(office: Office) -> tuple[MobileMoney, ...]:
    """Of the others, somebody brings the statement as a file."""
    return tuple(each for each in (office.mobile_money, *office.further) if Offer.STATEMENT in each.offers)


def yesterday(office: Office, now: datetime) -> date:
    return (office.desk.local(now) - WAIT_FOR_STRAGGLERS).date() - timedelta(days=1)


def ask_for_last_night(office: Office, provider: str, now: datetime) -> None:
    """Once a night: the day that is over, the few before it, and every day for which no clock ran."""
    last = yesterday(office, now)
    over = span_of(provider, last, office.desk.zone).ends
    with office.database.begin() as db:
        if statements.was_asked(db, provider, last, over):
            return
        before = statements.latest_day(db, provider, last)
        missed = (last - before).days if before else 0
        for back in range(min(max(LOOK_BACK, missed), MOST_MISSED)):
            statements.ask_for(db, provider, last - timedelta(days=back), now)


def fetch(office: Office, provider: MobileMoney, now: datetime) -> int:
    """Read every day that was asked for, and close those that are over. How many days were read to their end."""
    with office.database.begin() as db:
        days = statements.to_fetch(db, provider.name)
    return sum(_fetch_day(office, provider, day, now) for day in days)


def _fetch_day(office: Office, provider: MobileMoney, day: date, now: datetime) -> bool:
    name = provider.name
    span = span_of(name, day, office.desk.zone)
    read, note, back = 0, "", list[str]()
    try:
        lines = cast(Statements, provider).statement(span.begins, span.ends)
        while some := list(islice(lines, LINES_AT_ONCE)):
            with office.database.begin() as db:
                kept = statements.keep(db, some, source="asked of the provider", now=now)
            read += len(some)
            back += [each.line_key for each in some if each.kind is LineKind.REVERSED and each not in kept.contradicted]
            for each in kept.contradicted:
                log.error("statement of %s, %s: line %s tells another story than before", name, day, each.line_key)
    except StatementCut as problem:
        note = str(problem) or "cut short"
        log.warning("statement of %s, %s: %s; it is read again", name, day, note)
    _take_up(office, name, back, now)
    with office.database.begin() as db:
        statements.fetched(db, name, day, read, note, now)
        if not note and now >= span.ends:
            close_day(db, name, day, office.desk.zone, now)
    return not note


def _take_up(office: Office, provider: str, back: list[str], now: datetime) -> None:
    """Before the day is closed: what our books lack of what came back; and whatever else differs is asked about."""
    with office.database.begin() as db:
        paid = statement_news.came_back(db, provider, back) if back else {}
    for id, lines in paid.items():
        with office.database.begin() as db:
            actions.take_back(db, office.desk, provider, id, lines, now)
    with office.database.begin() as db:
        statement_news.look_again(db, provider, now, now)
