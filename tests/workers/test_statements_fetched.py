"""Statements are asked for each night, read to their end or again, and their days closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import UUID

import pytest

from tests.close_days import Days
from tests.village import Village
from tests.workers.provider import ScriptedMoney, ScriptedSms
from ussd_app.actions import cash_outs
from ussd_app.domain.money import Dong
from ussd_app.domain.statements import LineKind, StatementLine, reversal_id
from ussd_app.store import statement_news, statements
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


# ---- what a statement tells that our books do not know ------------------------------------------------------


def came_back(days: Days, id: UUID, amount: int, rev: str, **named: object) -> StatementLine:
    """Told in the statement only, a month after the payment."""
    told = days.line(id, amount, NOON, LineKind.REVERSED, by="reference")
    return replace(told, line_key=f"{rev}/reversed", provider_reference=rev, **named)


def test_what_came_back_by_the_statement_alone_is_its_owners_again_once(
    village: Village, days: Days, provider: Telling
) -> None:
    long_ago = NOON - timedelta(days=30)
    person = village.person()
    village.pay(person, cycle="2026-12")
    whole, parts = (days.paid(person, 100_000, long_ago) for _ in range(2))
    ((theirs,),) = village.rows(f"SELECT provider_reference FROM cash_out WHERE id = '{whole}'")
    provider.lines += [
        came_back(days, whole, 100_000, "REV-1", reference="", original=theirs),
        came_back(days, parts, 30_000, "REV-2"),
        came_back(days, parts, 20_000, "REV-3"),
    ]
    with village.database.begin() as db:  # the second part was heard of before
        cash_outs.reverse(
            db, village.desk, parts, reversal_id=reversal_id("gsma", "REV-3"), amount=Dong(20_000),
            provider_reference="REV-3", now=NOON,
        )  # fmt: skip
    here = office(village, provider)
    days.it_is(AT_NIGHT)
    for _ in range(2):
        read_statements(here)
    states = village.rows(f"SELECT state, reversed_amount::int FROM cash_out WHERE person_id = {person}")
    assert sorted(states) == [("reversed", 50_000), ("reversed", 100_000)]
    assert village.balance(person) == 900_000 - 50_000
    assert village.number("SELECT count(*) FROM sms_message WHERE kind = 'cash_out_reversed'") == 3
    assert village.breaches() == []
    assert {row[0] for row in village.rows("SELECT state FROM close_item WHERE kind = 'reversed'")} <= {"explained"}


def test_more_than_was_paid_and_a_line_that_names_two_orders_are_items_and_nobodys_money(
    village: Village, days: Days, provider: Telling
) -> None:
    (one, other), (person,) = (each.attempt_id for each in provider.lines[:2]), village.rows("SELECT id FROM person")[0]
    assert one and other
    provider.lines += [
        came_back(days, one, 100_001, "REV-1"),
        came_back(days, one, 50_000, "REV-2", attempt_id=other),
    ]
    read_statements(office(village, provider))
    assert village.balance(int(str(person))) == 600_000
    assert village.rows("SELECT kind FROM cash_out_finding") == [("more_back_than_paid",)]
    items = village.rows("SELECT bucket, owner FROM close_item WHERE state = 'open' AND kind = 'reversed'")
    assert [(bucket, str(owner).startswith("Phường")) for bucket, owner in items] == [("only_in_statement", True)] * 2


def test_a_file_moves_no_money_but_makes_us_ask(village: Village, days: Days, provider: Telling) -> None:
    paid = provider.lines[0].attempt_id
    assert paid
    days.read(came_back(days, paid, 100_000, "REV-1"), now=AT_NIGHT)
    with village.database.begin() as db:
        assert statement_news.look_again(db, "gsma", AT_NIGHT, AT_NIGHT) == 1
    assert village.rows(f"SELECT state, watch_at FROM cash_out WHERE id = '{paid}'") == [("paid", AT_NIGHT)]
