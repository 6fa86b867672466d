"""A cash-out against a provider that says everything a provider can say: one payment or none, and the truth by SMS."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event

import pytest

from tests.village import Village
from tests.workers.provider import ScriptedMoney, ScriptedSms
from ussd_app.actions import declarations
from ussd_app.actions.closing import close_day
from ussd_app.domain.payments import Role
from workers import cash_out
from workers.mobile_money.port import (
    Accepted,
    Busy,
    Failed,
    Issued,
    NotFound,
    Paid,
    Pending,
    Refused,
    State,
    StillUnsure,
    Submitted,
    Unsure,
)
from workers.office import Office


class Day:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def office_of(village: Village, money: ScriptedMoney, day: Day) -> Office:
    return Office(village.database, village.desk, ScriptedSms(), money, day, "worker", 172_800, Event())


def live_through(village: Village, money: ScriptedMoney, hours: int = 3) -> Office:
    """Let the worker look again and again while hours go by."""
    day = Day(village.now)
    office = office_of(village, money, day)
    for _ in range(hours * 12):
        cash_out.drain(office)
        day.now += timedelta(minutes=5)
    return office


def issued(village: Village) -> Issued:
    return Issued("48219375", village.now + timedelta(hours=48), "code-1")


def paid(village: Village) -> Paid:
    return Paid("MM1", village.now)


@pytest.fixture
def person(village: Village) -> int:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    return person


def told(village: Village) -> list[str]:
    return [str(row[0]) for row in village.rows("SELECT kind FROM sms_message WHERE kind LIKE 'cash_out%' ORDER BY id")]


def state(village: Village) -> str:
    return str(village.rows("SELECT state FROM cash_out")[0][0])


def test_asked_held_sent_issued_paid(village: Village, person: int) -> None:
    assert village.balance(person) == 400_000
    live_through(village, ScriptedMoney(enquiries=[Pending(), issued(village), issued(village), paid(village)]))
    assert state(village) == "paid"
    assert told(village) == ["cash_out_code", "cash_out_receipt"]
    assert village.balance(person) == 400_000
    assert village.breaches() == []


@pytest.mark.parametrize("reason", ["no_wallet", "over_limit", "bad_order"])
def test_a_clear_refusal_gives_the_money_back(village: Village, person: int, reason: str) -> None:
    live_through(village, ScriptedMoney(submits=[Refused(reason)]))
    assert (state(village), village.balance(person)) == ("failed", 900_000)
    assert told(village) == ["cash_out_failed"]
    assert village.breaches() == []


@pytest.mark.parametrize("first", [Unsure("ReadTimeout"), Unsure("duplicate: ask"), Accepted("theirs")])
def test_no_answer_is_not_a_failure(village: Village, person: int, first: Submitted) -> None:
    money = ScriptedMoney(submits=[first], enquiries=[StillUnsure("ReadTimeout")])
    live_through(village, money, hours=40)
    assert state(village) in ("sent", "unknown")
    assert len(money.orders) == 1
    assert village.balance(person) == 400_000, "the money stays held while nobody knows"
    assert told(village) == []
    assert village.breaches() == []


def test_a_provider_that_is_busy_gets_the_same_order_later(village: Village, person: int) -> None:
    money = ScriptedMoney(submits=[Busy("no_connection"), Busy("503"), Accepted("theirs")], enquiries=[paid(village)])
    live_through(village, money)
    assert state(village) == "paid"
    assert len({order.attempt_id for order in money.orders}) == 1
    assert village.breaches() == []


def test_an_order_that_never_arrived_is_sent_again_under_the_same_id(village: Village, person: int) -> None:
    money = ScriptedMoney(submits=[Unsure("reset")], enquiries=[NotFound(), issued(village), paid(village)])
    live_through(village, money)
    assert len(money.orders) == 2
    assert len({order.attempt_id for order in money.orders}) == 1
    assert state(village) == "paid"
    assert village.breaches() == []


def test_however_late_a_refusal_comes_an_earlier_sending_may_have_arrived(village: Village, person: int) -> None:
    """Never seen, then arrived, and hours later the same order is refused at the door: only an enquiry tells."""
    money = ScriptedMoney(submits=[Unsure("ReadTimeout"), Refused("bad_order")], enquiries=[NotFound(), issued(village)])
    day = Day(village.now)
    office = office_of(village, money, day)
    for pause in (timedelta(), timedelta(minutes=44), timedelta(hours=11), timedelta(minutes=10), timedelta(minutes=10)):
        day.now += pause
        cash_out.drain(office)
    assert state(village) == "issued"
    assert village.balance(person) == 400_000, "nothing went back while a code is live"
    assert village.breaches() == []


def test_a_refusal_is_believed_once_the_earlier_sending_cannot_arrive_any_more(village: Village, person: int) -> None:
    money = ScriptedMoney(submits=[Unsure("ReadTimeout"), Refused("bad_order")], enquiries=[NotFound()])
    live_through(village, money, hours=5)
    assert (state(village), village.balance(person)) == ("failed", 900_000)
    assert village.breaches() == []


def test_after_a_day_a_person_decides_about_an_order_nobody_knows(village: Village, person: int) -> None:
    money = ScriptedMoney(submits=[Unsure("reset")], enquiries=[StillUnsure("down")])
    day = Day(village.now)
    office = office_of(village, money, day)
    cash_out.drain(office)
    money.enquiries = [NotFound()]
    day.now += timedelta(hours=25)
    for _ in range(20):
        cash_out.drain(office)
        day.now += timedelta(hours=2)
    assert len(money.orders) == 1
    assert (state(village), village.balance(person)) == ("unknown", 400_000)


@pytest.mark.parametrize("answer", [Failed("expired"), Failed("cancelled")])
def test_a_code_nobody_redeemed_goes_back_whole(village: Village, person: int, answer: State) -> None:
    live_through(village, ScriptedMoney(enquiries=[issued(village), answer]))
    assert (state(village), village.balance(person)) == ("failed", 900_000)
    assert told(village) == ["cash_out_code", "cash_out_failed"]
    assert village.rows("SELECT code_sealed FROM cash_out") == [(None,)]
    assert village.breaches() == []


def test_paid_before_the_code_was_ever_seen(village: Village, person: int) -> None:
    live_through(village, ScriptedMoney(enquiries=[paid(village)]))
    assert state(village) == "paid"
    assert told(village) == ["cash_out_receipt"]
    assert village.breaches() == []


def test_a_worker_killed_between_marking_and_sending_asks_first(village: Village, person: int) -> None:
    money = ScriptedMoney(enquiries=[NotFound(), paid(village)])
    day = Day(village.now)

    class Killed(BaseException):
        pass

    def killed(order: object) -> Submitted:
        raise Killed

    dying = ScriptedMoney()
    dying.submit = killed  # type: ignore[method-assign] - the process ends inside the call
    with pytest.raises(Killed):
        cash_out.drain(office_of(village, dying, day))
    assert state(village) == "sent"
    for _ in range(12):
        day.now += timedelta(seconds=60)
        cash_out.drain(office_of(village, money, day))
    assert (state(village), len(money.orders)) == ("paid", 1)
    assert village.breaches() == []


def test_a_person_has_one_live_cash_out(village: Village, person: int) -> None:
    village.ask_for_cash(person, 100_000)
    assert village.number("SELECT count(*) FROM cash_out") == 1
    assert village.balance(person) == 400_000
    assert village.breaches() == []


def test_more_than_there_is_holds_nothing(village: Village) -> None:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person, 900_001)
    assert village.number("SELECT count(*) FROM cash_out") == 0
    assert village.balance(person) == 900_000
    assert village.breaches() == []


def test_money_of_two_programmes_pays_one_cash_out(village: Village) -> None:
    person = village.person()
    village.pay(person, amount=400_000, cycle="2027-01")
    batch = village.batch(person, amount=300_000, cycle="2027-02")
    with village.database.begin() as db:
        db.exec_driver_sql(f"UPDATE payment SET programme = 'merit' WHERE batch_id = {batch}")
    village.release(batch)
    village.ask_for_cash(person, 600_000)
    assert village.rows("SELECT amount FROM transfer WHERE kind = 'pending' ORDER BY amount") == [(200_000,), (400_000,)]
    live_through(village, ScriptedMoney(enquiries=[paid(village)]))
    assert village.balance(person) == 100_000
    assert village.breaches() == []


def test_an_order_that_cannot_be_handled_keeps_nobody_else_waiting(village: Village, person: int) -> None:
    other = village.person(phone=None)
    village.release(village.batch(other, cycle="2027-02"))
    money, day = ScriptedMoney(enquiries=[Paid("MM-1", None)]), Day(village.now)
    office = office_of(village, money, day)
    cash_out.drain(office)
    day.now += timedelta(seconds=30)
    cash_out.drain(office)
    village.pay(person, cycle="2027-03")
    village.ask_for_cash(person)  # its provider gives it the reference of another payment: nothing of it can be true
    village.ask_for_cash(other)
    for _ in range(4):
        cash_out.drain(office)
        money.enquiries = [Paid("MM-1", None), Paid("MM-2", None)]
        day.now += timedelta(seconds=30)
    states = village.rows("SELECT person_id, state, reason FROM cash_out WHERE provider_reference IS DISTINCT FROM 'MM-1'")
    assert sorted(states) == [(person, "sent", "step_failed"), (other, "paid", "")]
    assert village.breaches() == []


def test_a_code_that_its_provider_has_lost_is_a_persons_to_decide_after_its_end(village: Village, person: int) -> None:
    money = ScriptedMoney(enquiries=[issued(village), NotFound()])
    office = live_through(village, money, hours=1)
    (ends,) = village.rows("SELECT code_expires_at FROM cash_out")[0]
    assert isinstance(ends, datetime) and state(village) == "issued"
    reference = str(village.rows("SELECT reference FROM cash_out")[0][0])
    day = ends + timedelta(days=1)
    with village.database.begin() as db:
        assert declarations.unknown(db, day - timedelta(seconds=1)) == []
        close_day(db, "gsma", day.astimezone(office.desk.zone).date(), office.desk.zone, day + timedelta(days=1))
    assert village.rows("SELECT bucket FROM close_item WHERE state = 'open' AND kind = 'paid_out'") == [("unknown_long",)]
    for name in ("lan", "minh"):
        officer = village.officer(name, Role.APPROVES)
        with village.database.begin() as db:
            declarations.declare(db, village.desk, reference, "failed", officer, because="their letter", now=day)
    assert (state(village), village.balance(person)) == ("failed", 900_000)
    assert village.breaches() == []
