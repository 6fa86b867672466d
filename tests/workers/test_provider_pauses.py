"""A provider that cannot take orders: the others wait with the first, nobody's money fails, and it begins again alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.village import Village
from tests.workers.provider import ScriptedMoney
from tests.workers.test_cash_out import Day, issued, office_of, paid
from ussd_app.store import attempts, cash_outs, provider_pauses
from workers import cash_out
from workers.mobile_money.port import (
    Accepted,
    Busy,
    Failed,
    Heartbeat,
    NotFound,
    Offer,
    Pending,
    Refused,
    Service,
    StillUnsure,
    Unsure,
)
from workers.sweep import sweep


@pytest.fixture
def crowd(village: Village) -> list[int]:
    """Three people of one phone who asked for cash at the same time."""
    people = [village.person() for _ in range(3)]
    village.pay(*people)
    for person in people:
        village.ask_for_cash(person)
    return people


def states(village: Village) -> list[str]:
    return [str(row[0]) for row in village.rows("SELECT state FROM cash_out ORDER BY asked_at, id")]


def pauses(village: Village) -> list[tuple[object, ...]]:
    return village.rows("SELECT provider, reason, times FROM provider_pause")


def go_on(village: Village, money: ScriptedMoney, day: Day, *, minutes: int) -> None:
    office = office_of(village, money, day)
    for _ in range(minutes * 4):
        cash_out.drain(office)
        day.now += timedelta(seconds=15)


@pytest.mark.parametrize("reason", ["insufficient_float", "not_authorised", "rate_limit"])
def test_what_stops_one_stops_the_queue(village: Village, crowd: list[int], reason: str) -> None:
    answer = Refused(reason) if reason == "insufficient_float" else Busy(reason)
    money = ScriptedMoney(submits=[answer])
    cash_out.drain(office_of(village, money, Day(village.now)))
    assert len(money.orders) == 1, "the other two are not even tried"
    assert states(village) == ["held"] * 3
    assert pauses(village) == [("gsma", reason, 1)]
    assert [village.balance(person) for person in crowd] == [400_000] * 3
    assert village.breaches() == []


def test_a_float_that_is_filled_again_pays_everybody_under_new_ids(village: Village, crowd: list[int]) -> None:
    money = ScriptedMoney(submits=[Refused("insufficient_float"), Refused("insufficient_float"), Accepted("theirs")])
    money.enquiries = [paid(village)]
    money.unique_references = True
    day = Day(village.now)
    go_on(village, money, day, minutes=30)
    assert states(village) == ["paid"] * 3
    assert len({order.attempt_id for order in money.orders}) == len(money.orders), "a refused id is never sent again"
    assert pauses(village) == []
    assert village.rows("SELECT kind FROM sms_message WHERE kind = 'cash_out_failed'") == []
    assert village.breaches() == []


def test_a_float_that_is_found_short_only_later_is_no_failure_either(village: Village, crowd: list[int]) -> None:
    money = ScriptedMoney(enquiries=[Failed("insufficient_float"), paid(village)])
    money.unique_references = True
    go_on(village, money, Day(village.now), minutes=30)
    assert states(village) == ["paid"] * 3
    assert village.breaches() == []


def test_after_a_day_without_money_the_balance_is_free_again(village: Village, crowd: list[int]) -> None:
    money = ScriptedMoney(submits=[Refused("insufficient_float")])
    day = Day(village.now)
    office = office_of(village, money, day)
    for _ in range(26 * 4):
        cash_out.drain(office)
        sweep(office, day.now)
        day.now += timedelta(minutes=15)
    assert states(village) == ["failed"] * 3
    assert [village.balance(person) for person in crowd] == [900_000] * 3
    assert village.breaches() == []


def test_a_callback_about_an_earlier_attempt_still_finds_its_cash_out(village: Village, crowd: list[int]) -> None:
    money = ScriptedMoney(submits=[Refused("insufficient_float"), Accepted("theirs")])
    go_on(village, money, Day(village.now), minutes=3)
    spent, of = village.rows("SELECT attempt_id, cash_out_id FROM spent_attempt")[0]
    with village.database.begin() as db:
        known = cash_outs.keep_callback(
            db, village.desk.vault, provider="gsma", event_key="k", cash_out_id=spent, body="{}", now=village.now
        )
    assert known
    assert village.rows("SELECT cash_out_id FROM provider_callback") == [(of,)]


def test_a_provider_that_says_it_is_away_gets_nothing_until_it_is_back(village: Village, crowd: list[int]) -> None:
    money = ScriptedMoney(beat=Heartbeat(Service.UNAVAILABLE, village.now + timedelta(minutes=20)))
    money.enquiries = [paid(village)]
    money.unique_references = True
    day = Day(village.now)
    go_on(village, money, day, minutes=19)
    assert (money.orders, states(village)) == ([], ["held"] * 3)
    money.beat = Heartbeat(Service.AVAILABLE)
    go_on(village, money, day, minutes=5)
    assert states(village) == ["paid"] * 3
    assert pauses(village) == []


def test_a_slip_in_the_date_of_their_return_keeps_nobodys_money_for_years(village: Village, crowd: list[int]) -> None:
    money = ScriptedMoney(beat=Heartbeat(Service.UNAVAILABLE, village.now + timedelta(days=9_000)))
    go_on(village, money, Day(village.now), minutes=1)
    assert village.rows("SELECT until < since + interval '2 hours' FROM provider_pause") == [(True,)]


def test_a_wrong_key_stops_the_questions_too(village: Village, crowd: list[int]) -> None:
    money = ScriptedMoney(enquiries=[StillUnsure("not_authorised")])
    day = Day(village.now)
    go_on(village, money, day, minutes=1)
    assert pauses(village) == [("gsma", "not_authorised", 1)]
    with village.database.begin() as db:
        assert not attempts.any_due(db, day.now)
    assert "failed" not in states(village)


def test_a_pause_grows_only_when_it_has_run_out(village: Village) -> None:
    day = Day(village.now)
    with village.database.begin() as db:
        seconds: list[float] = []
        for wait in (0, 1, 5, 30, 60, 60):
            day.now += timedelta(seconds=wait)
            pause = provider_pauses.pause(db, "gsma", "unavailable", steps_s=(5, 20, 60), now=day.now)
            seconds.append((pause.until - day.now).total_seconds())
    assert seconds == [5, 4, 20, 60, 60, 60]


def test_the_person_is_told_that_it_takes_longer_once(village: Village, crowd: list[int]) -> None:
    day = Day(village.now)
    office = office_of(village, ScriptedMoney(submits=[Refused("insufficient_float")]), day)
    for _ in range(8):
        cash_out.drain(office)
        sweep(office, day.now)
        day.now += timedelta(minutes=5)
    assert village.number("SELECT count(*) FROM sms_message WHERE kind = 'cash_out_later'") == 3
    assert states(village) == ["held"] * 3


# ---- which attempt may go out -----------------------------------------------------------------------------


def test_two_workers_with_the_same_order_send_it_once(village: Village, crowd: list[int]) -> None:
    """The lease of the first ran out while it was slow; the second has taken the order since."""
    first, second = ScriptedMoney(), ScriptedMoney()
    day = Day(village.now)
    with village.database.begin() as db:
        claimed = attempts.claim_due(db, village.desk.vault, now=day.now, lease=timedelta(seconds=45), limit=20)
    day.now += timedelta(seconds=60)
    cash_out.drain(office_of(village, second, day))
    for each in claimed:
        cash_out._step(office_of(village, first, day), each)
    assert (len(first.orders), len(second.orders)) == (0, 3)
    assert village.breaches() == []


def test_a_refusal_that_was_overtaken_gives_nothing_back(village: Village) -> None:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    day = Day(village.now)
    code = issued(village)

    class Slow(ScriptedMoney):
        def submit(self, order):  # type: ignore[no-untyped-def]
            day.now += timedelta(minutes=2)
            cash_out.drain(office_of(village, ScriptedMoney(enquiries=[code]), day))
            return Refused("over_limit")

    cash_out.drain(office_of(village, Slow(enquiries=[code]), day))
    assert states(village) == ["issued"]
    assert village.balance(person) == 400_000


def test_asked_as_often_as_they_allow_then_sent_again_under_the_same_id(village: Village) -> None:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    money = ScriptedMoney(submits=[Accepted("a"), Unsure("duplicate: ask")], enquiries=[Pending(3)])
    go_on(village, money, Day(village.now), minutes=10)
    assert 2 <= len(money.orders) <= 10
    assert len({order.attempt_id for order in money.orders}) == 1


def test_a_provider_that_no_setting_names_loses_nobodys_money(village: Village, crowd: list[int]) -> None:
    money = ScriptedMoney(name="another")
    cash_out.drain(office_of(village, money, Day(village.now)))
    assert (money.orders, states(village)) == ([], ["held"] * 3)
    assert pauses(village)[0][:2] == ("gsma", "provider_not_configured")


def test_what_a_provider_does_not_offer_is_not_sent_to_it(village: Village, crowd: list[int]) -> None:
    money = ScriptedMoney(offers=frozenset({Offer.WALLET}))
    cash_out.drain(office_of(village, money, Day(village.now)))
    assert (money.orders, states(village)) == ([], ["failed"] * 3)
    assert village.breaches() == []


def test_unknown_for_more_than_a_day_is_found(village: Village) -> None:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    money = ScriptedMoney(submits=[Unsure("ReadTimeout")], enquiries=[StillUnsure("down")])
    day = Day(village.now)
    cash_out.drain(office_of(village, money, day))
    with village.database.begin() as db:
        assert attempts.unknown_since(db, village.now) == []
        (found,) = attempts.unknown_since(db, village.now + timedelta(seconds=1))
    assert (found.amount.amount, found.provider, found.reason) == (500_000, "gsma", "ReadTimeout")
    assert found.attempt_id == money.orders[0].attempt_id
    money.enquiries = [NotFound()]
