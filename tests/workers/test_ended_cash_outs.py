"""What has ended is looked at again: taken back after it was paid, or paid after it had failed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.village import Village
from tests.workers.provider import ScriptedMoney
from tests.workers.test_cash_out import Day, office_of, paid
from ussd_app.domain.money import Dong
from ussd_app.store import attempts, cash_outs
from workers import cash_out
from workers.mobile_money.port import Failed, Paid, Refused, Reversed, StillUnsure


@pytest.fixture
def person(village: Village) -> int:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    return person


def days_go_by(village: Village, money: ScriptedMoney, day: Day, days: int) -> None:
    office = office_of(village, money, day)
    for _ in range(days * 24):
        cash_out.drain(office)
        day.now += timedelta(hours=1)


def state(village: Village) -> object:
    return village.rows("SELECT state FROM cash_out")[0][0]


def called_back(village: Village, day: Day) -> None:
    id = village.rows("SELECT id FROM cash_out")[0][0]
    with village.database.begin() as db:
        cash_outs.keep_callback(
            db,
            village.desk.vault,
            provider="gsma",
            event_key=str(day.now),
            cash_out_id=id,  # type: ignore[arg-type] - a row's value
            body="{}",
            now=day.now,
        )


@pytest.mark.parametrize("amount", [500_000, 200_000])
def test_what_was_taken_back_is_its_owners_again_once(village: Village, person: int, amount: int) -> None:
    money = ScriptedMoney(enquiries=[paid(village), Reversed("REV-1", Dong(amount), "MM1")])
    days_go_by(village, money, Day(village.now), days=2)
    assert village.balance(person) == 400_000 + amount
    assert village.number("SELECT count(*) FROM sms_message WHERE kind = 'cash_out_reversed'") == 1
    assert village.breaches() == []


def test_what_is_taken_back_in_parts_comes_back_part_by_part(village: Village, person: int) -> None:
    first = Reversed("REV-1", Dong(100_000), "MM1")
    both = Reversed("REV-2", Dong(50_000), "MM1", before=(first,))
    money, day = ScriptedMoney(enquiries=[paid(village), first, first, both]), Day(village.now)
    days_go_by(village, money, day, days=1)
    assert (state(village), village.balance(person)) == ("reversed", 500_000)
    called_back(village, day)
    cash_out.drain(office_of(village, money, day))
    called_back(village, Day(day.now + timedelta(seconds=1)))
    day.now += timedelta(seconds=1)
    cash_out.drain(office_of(village, money, day))
    assert village.balance(person) == 550_000
    assert village.number("SELECT count(*) FROM sms_message WHERE kind = 'cash_out_reversed'") == 2
    assert village.breaches() == []


def test_a_callback_while_we_ask_is_not_forgotten(village: Village, person: int) -> None:
    money, day = ScriptedMoney(enquiries=[paid(village), Paid("MM1", None)]), Day(village.now)
    office = office_of(village, money, day)
    for _ in range(3):
        cash_out.drain(office)
        day.now += timedelta(seconds=10)
    day.now += timedelta(hours=1)
    with village.database.begin() as db:
        (claimed,) = attempts.claim_watched(db, village.desk.vault, now=day.now, lease=timedelta(0), limit=1)
    called_back(village, day)
    with village.database.begin() as db:
        attempts.watch(db, claimed.id, day.now + timedelta(days=1))
    assert village.rows("SELECT watch_at FROM cash_out") == [(day.now,)]


def test_taken_back_before_it_was_known_to_be_paid(village: Village, person: int) -> None:
    days_go_by(village, ScriptedMoney(enquiries=[Reversed("REV-1", Dong(500_000), "MM1")]), Day(village.now), days=1)
    assert (state(village), village.balance(person)) == ("reversed", 900_000)
    assert village.rows("SELECT provider_reference FROM cash_out") == [("MM1",)]
    assert village.breaches() == []


def test_a_callback_after_the_end_makes_us_ask_at_once(village: Village, person: int) -> None:
    money, day = ScriptedMoney(enquiries=[paid(village)]), Day(village.now)
    office = office_of(village, money, day)
    for _ in range(3):
        cash_out.drain(office)
        day.now += timedelta(seconds=10)
    assert state(village) == "paid"
    money.enquiries = [Reversed("REV-1", Dong(500_000), "MM1")]
    called_back(village, day)
    cash_out.drain(office)
    assert (state(village), village.balance(person)) == ("reversed", 900_000)


def test_paid_after_it_had_failed_waits_for_a_person_and_takes_nothing(village: Village, person: int) -> None:
    money, day = ScriptedMoney(submits=[Refused("over_limit")]), Day(village.now)
    cash_out.drain(office_of(village, money, day))
    assert (state(village), village.balance(person)) == ("failed", 900_000)
    money.enquiries = [Paid("MM1", None)]
    called_back(village, day)
    cash_out.drain(office_of(village, money, day))
    assert (state(village), village.balance(person)) == ("failed", 900_000)
    assert village.rows("SELECT kind FROM cash_out_finding") == [("late_success",)]
    assert village.breaches() == []


@pytest.mark.parametrize("answer", [StillUnsure("http_503"), Failed("expired"), Paid("MM1", None)])
def test_after_a_week_of_the_same_answer_nobody_asks_any_more(
    village: Village, person: int, answer: StillUnsure | Failed | Paid
) -> None:
    money, day = ScriptedMoney(enquiries=[paid(village), answer]), Day(village.now)
    days_go_by(village, money, day, days=8)
    assert state(village) == "paid"
    assert village.rows("SELECT watch_at FROM cash_out") == [(None,)]
    assert village.balance(person) == 400_000


def test_a_callback_long_afterwards_is_asked_about_until_there_is_an_answer(village: Village, person: int) -> None:
    money, day = ScriptedMoney(enquiries=[paid(village)]), Day(village.now)
    days_go_by(village, money, day, days=8)
    money.enquiries = [StillUnsure("http_503")] * 30 + [Reversed("REV-1", Dong(500_000), "MM1")]
    called_back(village, day)
    days_go_by(village, money, day, days=2)
    assert (state(village), village.balance(person)) == ("reversed", 900_000)
