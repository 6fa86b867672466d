"""Statements are asked for each night, read to their end or again, and their days closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from tests.close_days import Days
from tests.village import Village
from tests.workers.provider import ScriptedMoney, ScriptedSms
from ussd_app.domain.statements import StatementLine
from ussd_app.store import statements
from workers.mobile_money.port import Funds, Offer, StatementCut, StillUnsure
from workers.office import Office
from workers.statements import ask_for_last_night, fetch, read_statements

NOON = datetime(2027, 1, 25, 5, tzinfo=UTC)
AT_NIGHT = datetime(2027, 1, 25, 17, 45, tzinfo=UTC)  # 00:45 of the 26th in Thái Nguyên


@dataclass
class Telling(ScriptedMoney):
    """Tells the lines it has of a span, and may stop in the middle."""

    offers: frozenset[Offer] = frozenset({Offer.CODE, Offer.STATEMENT})
    lines: list[StatementLine] = field(default_factory=list)
    cut_after: int | None = None

    def statement(self, since: datetime, until: datetime) -> Iterator[StatementLine]:
        for number, each in enumerate(line for line in self.lines if since <= line.at < until):
            if number == self.cut_after:
                raise StatementCut("busy")
            yield each

    def balance(self) -> Funds | StillUnsure:
        return StillUnsure("not asked")


@pytest.fixture
def days(village: Village) -> Days:
    return Days(village)


@pytest.fixture
def provider(days: Days) -> Telling:
    person = days.village.person()
    days.village.pay(person)
    paid = [days.paid(person, 100_000, NOON + timedelta(minutes=each)) for each in range(3)]
    return Telling(lines=[days.line(id, 100_000, NOON) for id in paid])


def office(village: Village, provider: ScriptedMoney) -> Office:
    return Office(
        database=village.database,
        desk=village.desk,
        sms=ScriptedSms(),
        mobile_money=provider,
        clock=lambda: AT_NIGHT,
        worker="test",
        code_lifetime_s=172_800,
        stop=Event(),
    )


def test_the_night_reads_the_day_that_is_over_and_closes_it(village: Village, days: Days, provider: Telling) -> None:
    here = office(village, provider)
    for _ in range(2):
        ask_for_last_night(here, provider.name, AT_NIGHT)
    assert village.number("SELECT count(*) FROM statement_day") == 3
    assert fetch(here, provider, AT_NIGHT) == 3
    assert fetch(here, provider, AT_NIGHT) == 0
    assert village.rows("SELECT by_books, by_statement, named FROM daily_close WHERE by_books > 0") == [
        (300_000, 300_000, 0)
    ]


def test_a_statement_that_is_cut_short_is_read_again(village: Village, days: Days, provider: Telling) -> None:
    here = office(village, provider)
    ask_for_last_night(here, provider.name, AT_NIGHT)
    provider.cut_after = 1
    assert fetch(here, provider, AT_NIGHT) == 2  # the two days before had nothing to tell
    assert village.rows("SELECT note FROM statement_day WHERE read_at IS NULL") == [("busy",)]
    assert village.number("SELECT count(*) FROM daily_close WHERE by_books > 0") == 0
    provider.cut_after = None
    assert fetch(here, provider, AT_NIGHT) == 1
    assert village.rows("SELECT by_books - by_statement FROM daily_close WHERE by_books > 0") == [(0,)]


def test_a_day_asked_for_before_it_was_over_and_days_without_a_clock_are_read_all_the_same(
    village: Village, days: Days, provider: Telling
) -> None:
    here = office(village, provider)
    ask_for_last_night(here, provider.name, AT_NIGHT - timedelta(days=6))
    with village.database.begin() as db:
        statements.ask_for(db, provider.name, NOON.date(), NOON)  # an officer could not wait
    ask_for_last_night(here, provider.name, AT_NIGHT)
    assert fetch(here, provider, AT_NIGHT) == 3 + 6
    assert village.number("SELECT count(*) FROM daily_close WHERE day > '2027-01-19'") == 6


def test_every_provider_that_has_statements_is_read_and_one_that_fails_stops_no_other(
    village: Village, days: Days, provider: Telling
) -> None:
    class Broken(Telling):
        def statement(self, since: datetime, until: datetime) -> Iterator[StatementLine]:
            raise KeyError("what nobody thought of")

    provider.name = "gsma"
    here = office(village, Broken(name="another"))
    read_statements(replace(here, further=(ScriptedMoney(name="without"), provider)))
    asked = village.rows("SELECT provider, count(read_at) FROM statement_day GROUP BY 1 ORDER BY 1")
    assert asked == [("another", 0), ("gsma", 3)]
    assert village.rows("SELECT provider, by_statement FROM daily_close WHERE by_books > 0") == [("gsma", 300_000)]
