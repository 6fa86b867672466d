"""Limits and fees are held to when money is asked for, whatever a page said before and however many ask at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from tests.village import PHUONG, POINT, Village
from ussd_app.actions import cash_out_rules, cash_outs
from ussd_app.actions.dialogue import Press, carry_out
from ussd_app.domain.cash_out_rules import Bound, CashOutRules, Fee, Limits, Used
from ussd_app.domain.commands import RequestCashOut
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.payments import Role
from ussd_app.store import cash_out_rules as rules
from ussd_app.store import periods
from ussd_app.store.officers import Officer

TODAY = date(2027, 1, 1)


@pytest.fixture
def person(village: Village) -> int:
    person = village.person()
    village.pay(person, amount=5_000_000)
    return person


def approver(village: Village) -> Officer:
    return village.officer("quang", Role.APPROVES)


def limit(village: Village, **limits: int) -> None:
    officer = approver(village)
    with village.database.begin() as db:
        named = Limits(**{name: Dong(amount) for name, amount in limits.items()})
        cash_out_rules.set_limits(db, "gsma", TODAY, named, "a letter of the provider", officer, village.now)


def ask(village: Village, person: int, amount: int, fee: int = 0, now: datetime | None = None) -> bool:
    with village.database.begin() as db:
        press = Press(PHUONG, now or village.now, uuid4())
        return bool(carry_out(db, village.desk, press, RequestCashOut(person, Dong(amount), POINT, Dong(fee))).cash_out_id)


def end(village: Village, how: str) -> None:
    """The one that is live ends: paid, or failed."""
    (live,) = village.rows("SELECT id FROM cash_out WHERE state = 'held'")[0]
    with village.database.begin() as db:
        if how == "paid":
            cash_outs.pay(db, village.desk, live, provider_reference=str(live), paid_at=village.now, now=village.now)
        else:
            cash_outs.fail(db, village.desk, live, reason="no_cash", now=village.now)


def test_a_days_limit_counts_what_was_paid_and_not_what_failed(village: Village, person: int) -> None:
    limit(village, per_day=1_000_000)
    assert ask(village, person, 600_000)
    end(village, "failed")
    assert ask(village, person, 600_000)
    end(village, "paid")
    assert not ask(village, person, 500_000)
    assert ask(village, person, 400_000)
    end(village, "paid")
    tomorrow = village.now + timedelta(hours=12)  # 12:00 in Thái Nguyên is 17:00 before midnight there
    assert not ask(village, person, 10_000)
    assert ask(village, person, 1_000_000, now=tomorrow)
    assert village.breaches() == []


def test_a_month_ends_at_midnight_in_vietnam(village: Village, person: int) -> None:
    limit(village, per_month=1_000_000)
    last_evening = datetime(2027, 1, 31, 16, 59, tzinfo=village.now.tzinfo)
    assert ask(village, person, 1_000_000, now=last_evening)
    end(village, "paid")
    assert not ask(village, person, 10_000, now=last_evening)
    assert ask(village, person, 1_000_000, now=last_evening + timedelta(minutes=1))


def test_what_came_back_may_be_taken_again(village: Village, person: int) -> None:
    limit(village, per_day=500_000)
    assert ask(village, person, 500_000)
    end(village, "paid")
    ((paid,),) = village.rows("SELECT id FROM cash_out")
    with village.database.begin() as db:
        assert cash_outs.reverse(
            db, village.desk, paid, reversal_id=uuid4(), amount=Dong(200_000), provider_reference="R1", now=village.now
        )
    assert not ask(village, person, 300_000)
    assert ask(village, person, 200_000)
    assert village.breaches() == []


@pytest.mark.parametrize(("amount", "may"), [(40_000, False), (50_000, True), (300_000, True), (310_000, False)])
def test_one_cash_out_has_a_least_and_a_most(village: Village, person: int, amount: int, may: bool) -> None:
    limit(village, least=50_000, most=300_000)
    assert ask(village, person, amount) is may


def test_two_people_of_one_provider_have_their_own_limits(village: Village, person: int) -> None:
    limit(village, per_day=500_000)
    other = village.person(phone=None)
    village.release(village.batch(other, cycle="2027-02"))
    assert ask(village, person, 500_000)
    assert ask(village, other, 500_000)


def test_many_asked_for_at_once_never_pass_a_limit_together(village: Village, person: int) -> None:
    limit(village, per_day=500_000)
    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(lambda _: ask(village, person, 300_000), range(16)))
    assert sum(done) == 1
    assert village.balance(person) == 4_700_000
    assert village.breaches() == []


def test_the_limit_is_that_of_the_day(village: Village) -> None:
    with village.database.begin() as db:
        cash_out_rules.set_limits(
            db, "gsma", date(2027, 2, 1), Limits(per_day=Dong(1)), "a letter", approver(village), village.now
        )
        before, after = (rules.on(db, "gsma", day).limits for day in (date(2027, 1, 31), date(2027, 2, 1)))
        pilot = rules.on(db, "another", date(2025, 12, 31)).limits
    assert (before.per_day, before.per_month) == (None, Dong(100_000_000)), "Decree 368/2025"
    assert after == Limits(per_day=Dong(1))
    assert pilot.per_month == Dong(10_000_000)


def test_a_fee_is_its_own_leg_of_the_same_journal(village: Village, person: int) -> None:
    with village.database.begin() as db:
        cash_out_rules.set_fee(db, "gsma", TODAY, Fee(1_000, 50), "a contract", approver(village), village.now)
    assert not ask(village, person, 500_000), "shown without a fee: none may be taken"
    assert not ask(village, person, 4_999_000, fee=25_995), "the fee does not fit any more"
    assert ask(village, person, 500_000, fee=3_500)
    assert village.balance(person) == 4_496_500
    end(village, "paid")
    assert village.rows("SELECT fee FROM cash_out") == [(3_500,)]
    fees = "SELECT credits_posted::int FROM account WHERE kind = 'fees'"
    assert village.rows(fees) == [(3_500,)]
    assert village.breaches() == []


def test_a_waived_fee_costs_its_owner_nothing() -> None:
    waived = Fee(1_000, 50, "the province")
    assert (waived.of(Dong(500_000)), waived.most_within(Dong(500_000))) == (NOTHING, Dong(500_000))
    assert (waived.carried(Dong(500_000)), waived.carried(NOTHING)) == (Dong(3_500), NOTHING)
    assert Fee(1_000, 50, "provider").carried(Dong(500_000)) == NOTHING, "nobody charges it"
    assert Fee(1_000, 50).carried(Dong(500_000)) == NOTHING, "its owner pays it"


def test_a_fee_that_the_state_bears_is_booked_to_the_programme_once_it_is_paid(village: Village, person: int) -> None:
    with village.database.begin() as db:
        fee = Fee(1_000, 50, "the province")
        cash_out_rules.set_fee(db, "gsma", TODAY, fee, "a contract", approver(village), village.now)
    booked = "SELECT coalesce(sum(debits_posted), 0)::int FROM account WHERE kind = 'waived'"
    assert ask(village, person, 300_000)
    end(village, "failed")
    assert village.rows(booked) == [(0,)], "what is not paid costs nothing"
    assert ask(village, person, 500_000)
    with village.database.begin() as db:  # what holds from tomorrow changes nothing of what was asked for today
        cash_out_rules.set_fee(db, "gsma", TODAY, Fee(9_000), "another contract", approver(village), village.now)
    end(village, "paid")
    assert village.balance(person) == 4_500_000
    assert village.rows(booked) == [(3_500,)]
    assert village.rows("SELECT fee, fee_carried FROM cash_out WHERE state = 'paid'") == [(0, 3_500)]
    assert village.rows("SELECT kind, amount FROM provider_movement ORDER BY kind") == [
        ("fee", 3_500),
        ("paid_out", 500_000),
    ]
    assert village.breaches() == []
    with village.database.begin() as db:
        assert [each.missing for each in periods.programmes(db)] == [0]


def test_everything_there_is_pays_its_own_fee() -> None:
    fee = Fee(1_000, 50)
    for balance in (0, 999, 1_000, 1_001, 500_000, 1_234_567):
        most = fee.most_within(Dong(balance))
        assert not most or most.amount + fee.of(most).amount <= balance
        one_more = Dong(most.amount + 1)
        assert one_more.amount + fee.of(one_more).amount > balance


def test_what_bounds_is_said() -> None:
    rules = CashOutRules(Limits(Dong(50_000), Dong(3_000_000), Dong(1_000_000), Dong(2_000_000)))
    assert rules.possible(Dong(800_000), Used()).bound is Bound.BALANCE
    assert rules.possible(Dong(5_000_000), Used()).bound is Bound.DAY
    assert rules.possible(Dong(5_000_000), Used(NOTHING, Dong(1_500_000))).bound is Bound.MONTH
    nearly = rules.possible(Dong(5_000_000), Used(Dong(960_000), Dong(960_000)))
    assert (nearly.most, nearly.bound) == (NOTHING, Bound.DAY), "40.000 are left, and less than the least of one"
    assert replace(nearly, most=Dong(1)).least == Dong(50_000)
