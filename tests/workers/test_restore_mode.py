"""The database was set back to yesterday: the provider is asked about every order before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tests.close_days import Days
from tests.village import Village
from tests.workers.provider import ScriptedMoney, ScriptedSms
from ussd_app.actions import adjustments, restorations, suspense
from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.caller import STILL_ON_ITS_WAY
from ussd_app.domain.payments import Role
from ussd_app.domain.statements import LineKind
from ussd_app.store import messages, statements
from workers import cash_out, lost_attempts
from workers.mobile_money.port import Failed, Issued, NotFound, Order, Paid, Pending, Refused, State, StillUnsure
from workers.office import Office
from workers.orders import next_attempt_id

NOON = datetime(2027, 1, 25, 5, tzinfo=UTC)
BACKUP = NOON - timedelta(hours=20)
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def person(village: Village) -> int:
    """Somebody whose cash-out was asked for, and not yet sent, when the backup was made."""
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    return person


def begin(village: Village) -> restorations.Begun:
    lan = village.officer("lan", Role.ENTERS)
    with village.database.begin() as db:
        return restorations.begin(db, ["gsma"], BACKUP, lan, village.desk.zone, NOON)


def end(village: Village, by_hand: str = "read from paper") -> restorations.Standing:
    lan = village.officer("lan", Role.ENTERS)
    with village.database.begin() as db:
        return restorations.end(db, lan, LATER, by_hand)


def work(village: Village, money: ScriptedMoney, now: datetime = LATER, times: int = 3) -> None:
    for number in range(times):
        moment = now + timedelta(minutes=10 * number)
        office = Office(
            database=village.database,
            desk=village.desk,
            sms=ScriptedSms(),
            mobile_money=money,
            clock=lambda moment=moment: moment,
            worker="test",
            code_lifetime_s=172_800,
            stop=Event(),
        )
        cash_out.drain(office)


def state(village: Village) -> str:
    return str(village.rows("SELECT state FROM cash_out ORDER BY asked_at LIMIT 1")[0][0])


# What the provider says of an order that the backup has as held -> what it is then; and how often it was sent in the end.
ANSWERS: list[tuple[str, State, str, int]] = [
    ("it was paid meanwhile", Paid("MM1", NOON), "paid", 0),
    ("it failed meanwhile", Failed("expired"), "failed", 0),
    ("its code is out", Issued("48219375", NOON + timedelta(days=2), "code-1"), "issued", 0),
    ("it is under way", Pending(), "unknown", 0),
    ("they never saw it", NotFound(), "held", 1),
]


@pytest.mark.parametrize(("answer", "then", "sent"), [each[1:] for each in ANSWERS], ids=[each[0] for each in ANSWERS])
def test_each_order_is_asked_about_before_it_may_be_sent(
    village: Village, person: int, answer: State, then: str, sent: int
) -> None:
    assert begin(village).to_ask == 1
    money = ScriptedMoney(enquiries=[answer])
    work(village, money)
    assert (state(village), money.orders) == (then, [])
    end(village)
    work(village, money, LATER + timedelta(hours=1), times=1)
    assert len(money.orders) == sent
    assert village.breaches() == []


def test_as_long_as_the_provider_does_not_answer_nothing_goes_on(village: Village, person: int) -> None:
    begin(village)
    money = ScriptedMoney(enquiries=[StillUnsure("timeout")])
    work(village, money)
    with pytest.raises(NotAllowed, match="has still to tell about 1 cash-outs"):
        end(village)
    assert money.orders == []


def test_a_statement_that_was_not_read_again_keeps_the_restoration_open(village: Village) -> None:
    assert begin(village).days == 2
    with pytest.raises(NotAllowed, match="has not been read again"):
        end(village, by_hand="")
    with village.database.begin() as db:
        db.execute(text("UPDATE statement_day SET read_at = :now"), {"now": LATER})
    assert end(village, by_hand="").foreign == ()


def test_what_is_asked_for_meanwhile_waits_with_its_money_held(village: Village) -> None:
    begin(village)
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    money = ScriptedMoney()
    work(village, money)
    assert (state(village), village.balance(person), money.orders) == ("held", 400_000, [])
    end(village)
    work(village, money, LATER + timedelta(hours=1), times=1)
    assert len(money.orders) == 1


def test_every_provider_is_asked_what_it_did_in_the_lost_hours(village: Village) -> None:
    lan = village.officer("lan", Role.ENTERS)
    with village.database.begin() as db:
        restorations.begin(db, ["gsma", "mtn_momo"], BACKUP, lan, village.desk.zone, NOON)
        assert {each.provider for each in restorations.standing(db).days_not_read} == {"gsma", "mtn_momo"}
    into_a_wallet = replace(Days(village).line(uuid4(), 300_000, NOON - timedelta(hours=1)), provider="mtn_momo")
    with village.database.begin() as db:
        statements.keep(db, [into_a_wallet], source="a file", now=NOON)
    assert [each.provider for each in end(village).foreign] == ["mtn_momo"]
    held = "SELECT debits_posted FROM account WHERE code = 'suspense:mtn_momo:restored'"
    assert village.number(held) == 300_000


@pytest.mark.parametrize(("back", "left"), [(300_000, []), (100_000, [200_000])])
def test_what_came_back_of_a_lost_pay_out_is_nobodys_to_give(village: Village, back: int, left: list[int]) -> None:
    """A provider's own clerk takes it back, under an id that we have never heard of."""
    begin(village)
    days = Days(village)
    lost = days.line(uuid4(), 300_000, NOON - timedelta(hours=1))
    taken = days.line(uuid4(), back, NOON, LineKind.REVERSED)
    days.read(lost, replace(taken, original=lost.provider_reference), now=NOON)
    assert [each.amount.amount for each in end(village).foreign] == left


def test_only_one_restoration_at_a_time_and_of_the_past(village: Village) -> None:
    begin(village)
    with pytest.raises(NotAllowed, match="already"):
        begin(village)
    lan = village.officer("lan", Role.ENTERS)
    with pytest.raises(NotAllowed, match="of the past"), village.database.begin() as db:
        restorations.begin(db, ["gsma"], LATER, lan, village.desk.zone, NOON)


def test_what_was_paid_under_a_lost_order_is_in_suspense_until_it_is_somebodys(village: Village) -> None:
    days = Days(village)
    days.it_is(NOON - timedelta(hours=1))
    person = village.person()
    village.pay(person)
    begin(village)
    lost = days.line(uuid4(), 300_000, NOON - timedelta(hours=1))
    days.read(lost, now=NOON)
    closed, (item,) = days.close(NOON.date())
    assert (item.item.bucket.value, closed.difference) == ("only_in_statement", 300_000)
    (foreign,) = end(village).foreign
    closed, (item,) = days.close(NOON.date())
    assert (closed.difference, item.state) == (0, "explained")
    assert village.number("SELECT debits_posted FROM account WHERE kind = 'suspense'") == 300_000
    an, binh = village.officer("an", Role.ENTERS), village.officer("binh", Role.APPROVES)
    with village.database.begin() as db:
        wish = suspense.Wish(str(foreign.line_id), suspense.By.PERSON, person)
        number, _ = suspense.ask(db, wish, "her receipt", an, NOON)
    assert village.balance(person) == 900_000, "one officer alone moves nothing"
    with village.database.begin() as db:
        assert adjustments.agree(db, village.desk, number, binh, NOON).done == 1
    assert village.balance(person) == 600_000
    with pytest.raises(NotAllowed, match="in suspense"), village.database.begin() as db:
        suspense.ask(db, wish, "a guess", an, NOON)
    assert village.number("SELECT sum(credits_posted - debits_posted)::bigint FROM account WHERE kind = 'suspense'") == 0
    assert village.breaches() == []


def test_messages_that_waited_in_the_backup_are_not_sent_from_here(village: Village, person: int) -> None:
    waiting = village.number("SELECT count(*) FROM sms_message WHERE state = 'waiting'")
    assert begin(village).messages == waiting > 0
    assert village.rows("SELECT DISTINCT state FROM sms_message") == [("unsure",)]


def test_while_it_is_open_no_message_is_taken_up(village: Village) -> None:
    begin(village)
    village.pay(village.person())

    def taken() -> int:
        with village.database.begin() as db:
            lanes = list(messages.Lane)
            lease = timedelta(seconds=45)
            return len(messages.claim(db, village.desk.vault, lanes=lanes, worker="w", limit=9, now=LATER, lease=lease))

    assert taken() == 0
    end(village)
    assert taken() == 1


# ---- an order may have gone on under later ids in the lost hours ---------------------------------------------


class ByItsIds(ScriptedMoney):
    """Answers by the id that it is asked about, and has never seen any other."""

    known: dict[UUID, State]

    def enquire(self, order: Order) -> State:
        return self.known.get(order.attempt_id, NotFound())


@pytest.mark.parametrize("first", [Failed("insufficient_float"), NotFound()], ids=["it fails", "it is not remembered"])
def test_what_went_on_under_a_later_id_is_found_there_and_not_paid_again(
    village: Village, person: int, first: State
) -> None:
    """The account was short twice; then it was filled. Sent again, or given back, the same money would go out twice."""
    (id,) = village.rows("SELECT id FROM cash_out")[0]
    assert isinstance(id, UUID)
    money = ByItsIds()
    money.known = {id: first, next_attempt_id(id, 1): Issued("48219375", NOON + timedelta(days=2), "code-1")}
    village.rows(f"UPDATE cash_out SET asked_at = '{NOON - timedelta(hours=30)}' RETURNING 1")
    begin(village)
    work(village, money)
    assert (state(village), village.balance(person), money.orders) == ("issued", 400_000, [])
    assert set(village.rows("SELECT attempt_id FROM spent_attempt")) == {(id,), (next_attempt_id(id, 0),)}
    assert end(village).not_answered == ()


def test_a_later_id_that_nobody_can_tell_about_yet_is_asked_about_again(village: Village, person: int) -> None:
    (id,) = village.rows("SELECT id FROM cash_out")[0]
    assert isinstance(id, UUID)
    money = ByItsIds()
    money.known = {next_attempt_id(id, 2): StillUnsure("timeout")}
    begin(village)
    work(village, money)
    assert state(village) == "unknown"
    with pytest.raises(NotAllowed, match="has still to tell"):
        end(village)


def test_a_refusal_is_not_believed_while_an_order_of_the_lost_hours_may_still_arrive(village: Village, person: int) -> None:
    begin(village)
    money = ScriptedMoney(enquiries=[NotFound()], submits=[Refused("over_limit")])
    work(village, money, NOON + timedelta(minutes=1), times=1)
    end(village)
    work(village, money, NOON + timedelta(minutes=20), times=1)
    assert (state(village), village.balance(person), len(money.orders)) == ("unknown", 400_000, 1)
    work(village, money, NOON + STILL_ON_ITS_WAY + timedelta(minutes=1), times=2)
    assert (state(village), village.balance(person)) == ("failed", 900_000)


@pytest.mark.parametrize(
    ("lost", "ids"), [(timedelta(), 3), (timedelta(minutes=1), 5), (timedelta(hours=3), 18), (timedelta(days=9), 100)]
)
def test_so_many_later_ids_as_the_pauses_between_two_tries_allow(lost: timedelta, ids: int) -> None:
    assert lost_attempts.most_within(lost) == ids
