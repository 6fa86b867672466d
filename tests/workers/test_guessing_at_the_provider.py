"""Codes tried at the provider's own terminal: its word is confirmed, and everyone whose code lies there is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.village import PHUONG, POINT, Village
from tests.workers.provider import ScriptedMoney
from tests.workers.test_cash_out import Day, office_of
from ussd_app.actions import points
from workers import cash_out
from workers.mobile_money.port import Issued, Pending, State
from workers.office import Office


@pytest.fixture
def person(village: Village) -> int:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    return person


def code(village: Village) -> Issued:
    return Issued("48219375", village.now + timedelta(hours=48), "code-1")


def asked(village: Village, *answers: State) -> tuple[Office, Day]:
    """The worker asks until it has heard each of these answers, and the last one a few times more."""
    day = Day(village.now)
    office = office_of(village, ScriptedMoney(enquiries=[Pending(), *answers]), day)
    look_again(office, day, len(answers) + 4)
    return office, day


def look_again(office: Office, day: Day, times: int = 4) -> None:
    for _ in range(times):
        cash_out.drain(office)
        day.now += timedelta(minutes=3)


def told(village: Village) -> list[tuple[object, ...]]:
    return village.rows("SELECT e164 FROM sms_message WHERE kind = 'code_guessed'")


def test_the_owner_of_a_code_is_told_once_however_often_the_provider_says_so(village: Village, person: int) -> None:
    asked(village, code(village), replace(code(village), guessed_at=village.now + timedelta(minutes=4)))
    assert told(village) == [(PHUONG.e164,)]
    assert village.rows("SELECT point_code, how_often FROM cash_out_finding") == [(POINT, 1)]
    assert village.rows("SELECT state FROM cash_out") == [("issued",)], "the code stays good"
    assert village.breaches() == []


def test_no_word_of_guessing_tells_nobody(village: Village, person: int) -> None:
    asked(village, code(village))
    assert told(village) == []


def test_a_code_that_was_tried_before_we_heard_of_it_is_told_of_too(village: Village, person: int) -> None:
    asked(village, replace(code(village), guessed_at=village.now))
    assert village.number("SELECT count(*) FROM sms_message WHERE kind = 'cash_out_code'") == 1
    assert told(village) == [(PHUONG.e164,)]


def test_a_further_lock_in_the_same_spell_is_seen_by_officers_and_not_told_again(village: Village, person: int) -> None:
    office, day = asked(village, replace(code(village), guessed_at=village.now))
    office.mobile_money.enquiries[:] = [replace(code(village), guessed_at=day.now)]  # type: ignore[attr-defined]
    look_again(office, day)
    assert told(village) == [(PHUONG.e164,)]
    assert village.rows("SELECT point_code, how_often FROM cash_out_finding") == [(POINT, 2)]


def test_what_an_officer_has_closed_is_not_opened_by_the_same_word(village: Village, person: int) -> None:
    office, day = asked(village, replace(code(village), guessed_at=village.now))
    officer = village.officer("chi")
    with village.database.begin() as db:
        points.unlock(db, POINT, officer, because="looked into", now=day.now)
    look_again(office, day)
    assert village.number("SELECT count(*) FROM cash_out_finding") == 1
    assert told(village) == [(PHUONG.e164,)]


def test_a_provider_whose_clock_is_ahead_is_believed_once(village: Village, person: int) -> None:
    asked(village, replace(code(village), guessed_at=village.now + timedelta(days=300)))
    assert village.rows("SELECT count(*)::int FROM cash_out_finding") == [(1,)]
    assert told(village) == [(PHUONG.e164,)]
