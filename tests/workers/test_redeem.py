"""A code at a pay point's own phone: typed, known, taken to the provider by a worker, paid once; and guessed by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.http.line import Clock, Session, Town
from tests.village import PHUONG, POINT, Village
from tests.workers.provider import ScriptedMoney
from tests.workers.test_cash_out import Day, office_of
from ussd_app.actions import cash_outs
from ussd_app.actions.dialogue import Press, carry_out
from ussd_app.domain.commands import RedeemCode
from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from ussd_app.store import keepers
from workers import redeem
from workers.mobile_money.port import NotRedeemed, Redeemed, Redemption, Unsure

CODE, PIN = "48219375", "2580"
COUNTER, SECOND_COUNTER = Phone("+84981000001"), Phone("+84981000002")

Answer = Redeemed | NotRedeemed | Unsure


@dataclass
class AtTheCounter(ScriptedMoney):
    """Answers codes in the order of its script, and goes on with the last."""

    answers: list[Answer] = field(default_factory=lambda: [Redeemed(Dong(500_000), "W1")])
    asked: list[Redemption] = field(default_factory=list)

    def redeem(self, redemption: Redemption) -> Answer:
        self.asked.append(redemption)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def person(village: Village) -> Iterator[int]:
    """Somebody with a live code at a point with two phones."""
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    clerk = village.officer("chi")
    with village.database.begin() as db:
        (id,) = db.execute(text("SELECT id FROM cash_out")).one()
        cash_outs.issue_code(
            db,
            village.desk,
            id,
            code=CODE,
            expires_at=village.now + timedelta(hours=48),
            provider_reference="code-1",
            now=village.now,
        )
        for phone in (COUNTER, SECOND_COUNTER):
            keepers.add(db, phone.e164, POINT, pin="9713", until=village.now, officer_id=clerk.id, now=village.now)
            keepers.propose_pin(db, phone.e164, PIN)
            keepers.adopt_proposed_pin(db, phone.e164)
    yield person
    assert village.breaches() == []


@dataclass
class Stumbling(AtTheCounter):
    """Raises at its first code."""

    def redeem(self, redemption: Redemption) -> Answer:
        if self.asked:
            return super().redeem(redemption)
        self.asked.append(redemption)
        raise TypeError(redemption.code)


def at_the_counter(village: Village, phone: Phone = COUNTER) -> Session:
    town = Town(village.database, village.desk, Clock(village.now))
    session = Session(town, phone, str(uuid4()), "")
    session.page = session.send("")
    session.press(PIN)
    return session


def drain(village: Village, money: ScriptedMoney, minutes: int = 0) -> None:
    day = Day(village.now)
    for _ in range(minutes + 1):
        redeem.drain(office_of(village, money, day))
        day.now += timedelta(minutes=1)


def test_a_code_is_typed_shown_redeemed_and_counted(village: Village, person: int) -> None:
    counter = at_the_counter(village)
    assert "Hom nay da tra" in counter.page
    assert "500.000d" in counter.press("1", "4821 9375")
    assert "CHUA dua tien" in counter.press("1")
    money = AtTheCounter()
    drain(village, money)
    assert "DUOC TRA" in counter.press("1")
    assert "1 luot, tong 500.000d" in counter.press("0", "2")
    assert (money.asked[0].code, money.asked[0].point_code) == (CODE, POINT)
    assert village.rows("SELECT state, provider_reference FROM cash_out") == [("paid", "W1")]
    assert village.balance(person) == 400_000
    assert village.number("SELECT count(*) FROM cash_out WHERE watch_at IS NOT NULL") == 1, "it may be taken back"
    kept = village.rows("SELECT r::text, v.standing FROM redemption r, visit v")
    assert CODE not in str(kept), "the code is nowhere in the clear"


@pytest.mark.parametrize("reason", ["expired", "wrong_point", "try_later"])
def test_a_refusal_says_why_and_the_code_may_be_tried_again(village: Village, person: int, reason: str) -> None:
    counter = at_the_counter(village)
    counter.press("1", CODE, "1")
    drain(village, AtTheCounter(answers=[NotRedeemed(reason)]))
    assert "KHONG dua tien" in counter.press("1")
    assert village.rows("SELECT state FROM cash_out") == [("issued",)]
    assert "CHUA dua tien" in counter.press("0", "1", CODE, "1")


def test_no_answer_is_asked_again_under_the_same_id(village: Village, person: int) -> None:
    counter = at_the_counter(village)
    counter.press("1", CODE, "1")
    money = AtTheCounter(answers=[Unsure("ReadTimeout"), Unsure("ReadTimeout"), Redeemed(Dong(500_000), "W1")])
    drain(village, money, minutes=5)
    assert len({each.attempt_id for each in money.asked}) == 1
    assert len(money.asked) == 3
    assert village.rows("SELECT state FROM redemption") == [("redeemed",)]


def test_whatever_one_code_stumbles_over_it_is_set_aside_and_taken_later(
    village: Village, person: int, caplog: pytest.LogCaptureFixture
) -> None:
    at_the_counter(village).press("1", CODE, "1")
    money = Stumbling()
    drain(village, money)
    assert village.rows("SELECT reason, state FROM redemption") == [("step_failed", "unsure")]
    assert CODE not in caplog.text
    drain(village, money, minutes=16)
    assert village.rows("SELECT state FROM cash_out") == [("paid",)]


@pytest.mark.parametrize(
    ("answer", "said"),
    [(NotRedeemed("already_redeemed"), "KHONG dua tien"), (Redeemed(Dong(500_000), "W1"), "DUOC TRA")],
)
def test_a_code_that_was_paid_meanwhile_is_only_the_keepers_who_was_paid_for_it(
    village: Village, person: int, answer: Answer, said: str
) -> None:
    """Somebody's terminal may have been quicker: nobody hands over cash for money that another point has."""
    counter = at_the_counter(village)
    counter.press("1", CODE, "1")
    money = AtTheCounter(answers=[Unsure("ReadTimeout"), answer])
    drain(village, money)
    ((id,),) = village.rows("SELECT id FROM cash_out")
    with village.database.begin() as db:
        cash_outs.pay(db, village.desk, id, provider_reference="W1", paid_at=village.now, now=village.now)
    assert "CHUA dua tien" in counter.press("1")
    drain(village, money)
    drain(village, money, minutes=170)
    assert said in counter.press("1")
    assert {each.code for each in money.asked[1:]} == {""}


def test_another_amount_than_ours_is_left_to_the_enquiry(village: Village, person: int) -> None:
    at_the_counter(village).press("1", CODE, "1")
    drain(village, AtTheCounter(answers=[Redeemed(Dong(400_000), "W1")]))
    assert village.rows("SELECT state FROM cash_out") == [("issued",)]


def test_of_two_counters_that_redeem_one_code_at_once_one_wins(village: Village, person: int) -> None:
    ((reference,),) = village.rows("SELECT reference FROM cash_out")

    def ask(phone: Phone, together: Barrier) -> None:
        together.wait()
        with village.database.begin() as db:
            carry_out(db, village.desk, Press(phone, village.now, uuid4()), RedeemCode(str(reference)))

    with ThreadPoolExecutor(2) as threads:
        for _ in range(25):
            together = Barrier(2)
            list(threads.map(ask, (COUNTER, SECOND_COUNTER), (together, together)))
            assert village.number("SELECT count(*) FROM redemption WHERE state <> 'refused'") == 1
            drain(village, AtTheCounter(answers=[NotRedeemed("try_later")]))
    money = AtTheCounter()
    ask(COUNTER, Barrier(1))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: drain(village, money), range(4)))
    assert len(money.asked) == 1
    assert village.rows("SELECT state FROM cash_out") == [("paid",)]


def test_a_guesser_is_stopped_told_of_and_seen_and_the_other_counter_goes_on(village: Village, person: int) -> None:
    thief, honest = at_the_counter(village), at_the_counter(village, SECOND_COUNTER)
    thief.press("1")
    for guess in range(10_000_000, 10_000_005):
        thief.press(str(guess))
    assert "Xin cho den" in thief.press(CODE), "not even the right one is looked at now"
    assert "500.000d" in honest.press("1", CODE)
    told = village.rows("SELECT e164 FROM sms_message WHERE kind = 'code_guessed'")
    assert told == [(PHUONG.e164,)]
    assert village.rows("SELECT point_code, how_often FROM cash_out_finding") == [(POINT, 1)]


def test_ten_thousand_guesses_at_every_moment_of_a_month_look_at_few_codes(village: Village, person: int) -> None:
    """Each lock is longer than the one before: what is left is no way to one code of a hundred million."""
    now, looked = village.now, 0
    for _ in range(10_000):
        town = Town(village.database, village.desk, Clock(now))
        with village.database.begin() as db:
            until = db.execute(text("SELECT max(locked_until) FROM code_guess WHERE scope = 'phone'")).scalar()
        if until is not None and until > now:
            now += timedelta(seconds=260)
            continue
        counter = Session(town, COUNTER, str(uuid4()), "")
        counter.send("")
        counter.press(PIN, "1")
        for guess in range(5):
            counter.press(str(20_000_000 + looked + guess))
        looked += 5
    assert now - village.now > timedelta(days=25)
    assert looked <= 200
    assert village.number("SELECT count(*) FROM sms_message WHERE kind = 'code_guessed'") <= 30
