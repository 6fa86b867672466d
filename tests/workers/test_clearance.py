"""Before the first đồng leaves: another SIM, another holder, and answers that come late, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from sms.providers.numbers import Asked, SimSwap, SimSwapTold
from sms.providers.port import Unsure
from tests.village import PHUONG, Village
from tests.workers.provider import ScriptedMoney
from tests.workers.test_cash_out import Day, office_of, paid
from ussd_app.actions.holds import hold_doubtful, look_through
from ussd_app.domain.names import same_name
from ussd_app.domain.phone import Phone
from ussd_app.store import number_checks
from workers import cash_out
from workers.mobile_money.port import Holder, NoWallet, Offer, Refused, StillUnsure
from workers.office import Office

YESTERDAY = date(2027, 1, 24)


@dataclass
class ScriptedChecks:
    answer: SimSwap | Asked | Unsure
    name: str = "africas_talking"
    asked: list[Phone] = field(default_factory=list)

    def sim_swap(self, phone: Phone) -> SimSwap | Asked | Unsure:
        self.asked.append(phone)
        return self.answer

    def read_answer(self, form: object) -> SimSwapTold | None:
        return None


@dataclass
class MoneyThatKnowsHolders(ScriptedMoney):
    offers: frozenset[Offer] = frozenset({Offer.CODE, Offer.WALLET, Offer.HOLDER})
    who: Holder | NoWallet | StillUnsure = field(default_factory=lambda: StillUnsure("http_503"))
    looked: int = 0

    def holder(self, phone: Phone) -> Holder | NoWallet | StillUnsure:
        self.looked += 1
        return self.who


@pytest.fixture
def person(village: Village) -> int:
    person = village.person()
    village.pay(person)
    with village.database.begin() as db:
        db.execute(text("UPDATE person_phone SET since = :since"), {"since": village.now - timedelta(days=90)})
    village.ask_for_cash(person)
    return person


def into_wallet(village: Village) -> None:
    """The cash-out that was asked for goes into the person's own account."""
    with village.database.begin() as db:
        sealed = village.desk.vault.seal("cash-out wallet", PHUONG.e164)
        db.execute(
            text("UPDATE cash_out SET kind = 'wallet', point_code = NULL, wallet_sealed = :w WHERE state = 'held'"),
            {"w": sealed},
        )


def office(village: Village, day: Day, money: ScriptedMoney, checks: ScriptedChecks | None = None) -> Office:
    return replace(office_of(village, money, day), number_checks=checks)


def stands(village: Village) -> tuple[object, ...]:
    return village.rows("SELECT state, reason FROM cash_out")[0]


# ---- the SIM ----------------------------------------------------------------------------------------------


def test_a_swapped_sim_gets_neither_code_nor_money_and_the_number_is_unproven(village: Village, person: int) -> None:
    money, checks = ScriptedMoney(), ScriptedChecks(SimSwap(YESTERDAY))
    cash_out.drain(office(village, Day(village.now), money, checks))
    assert (money.orders, stands(village)) == ([], ("failed", "sim_unverified"))
    assert village.balance(person) == 900_000
    assert village.number("SELECT count(*) FROM person_phone WHERE unproven_at IS NOT NULL") == 1
    assert village.rows("SELECT because FROM phone_event") == [("sim_swapped",)]
    assert village.rows("SELECT kind FROM sms_message WHERE kind LIKE 'cash_out%'") == [], "the new holder learns nothing"
    assert village.breaches() == []


@pytest.mark.parametrize("answer", [SimSwap(None), Unsure("http_503"), SimSwap(date(2026, 1, 1))])
def test_an_old_sim_and_a_question_without_answer_stop_nobody(
    village: Village, person: int, answer: SimSwap | Unsure
) -> None:
    money = ScriptedMoney(enquiries=[paid(village)])
    day = Day(village.now)
    checks = ScriptedChecks(answer)
    for _ in range(3):
        cash_out.drain(office(village, day, money, checks))
        day.now += timedelta(minutes=1)
    assert stands(village)[0] == "paid"
    assert checks.asked == [PHUONG]


def test_changed_lately_on_a_day_they_do_not_say_is_changed_today(village: Village, person: int) -> None:
    money, checks = ScriptedMoney(), ScriptedChecks(SimSwap(None, lately=True))
    cash_out.drain(office(village, Day(village.now), money, checks))
    assert (money.orders, stands(village)) == ([], ("failed", "sim_unverified"))


def test_a_carrier_that_was_away_is_asked_again_by_the_next_cash_out_after_an_hour(village: Village, person: int) -> None:
    checks, day = ScriptedChecks(Unsure("http_503")), Day(village.now)
    cash_out.drain(office(village, day, ScriptedMoney(submits=[Refused("over_limit")]), checks))
    checks.answer = SimSwap(YESTERDAY)
    day.now += timedelta(hours=1, seconds=1)
    village.ask_for_cash(person)
    cash_out.drain(office(village, day, ScriptedMoney(), checks))
    assert village.rows("SELECT reason FROM cash_out ORDER BY ended_at") == [("over_limit",), ("sim_unverified",)]


def test_an_answer_that_is_called_back_in_time_decides(village: Village, person: int) -> None:
    money, checks, day = ScriptedMoney(), ScriptedChecks(Asked("ATSwpid_1")), Day(village.now)
    cash_out.drain(office(village, day, money, checks))
    assert (money.orders, stands(village)[0]) == ([], "held")
    with village.database.begin() as db:
        told = number_checks.answer(
            db, "africas_talking", "ATSwpid_1", outcome="swapped", swapped_on=YESTERDAY, now=day.now
        )
        again = number_checks.answer(db, "africas_talking", "ATSwpid_1", outcome="clear", swapped_on=None, now=day.now)
    assert (told, again) == (PHUONG.e164, None)
    day.now += timedelta(seconds=10)
    cash_out.drain(office(village, day, money, checks))
    assert (money.orders, stands(village)) == ([], ("failed", "sim_unverified"))


def test_an_answer_that_never_comes_is_waited_for_a_minute(village: Village, person: int) -> None:
    money, checks, day = ScriptedMoney(), ScriptedChecks(Asked("ATSwpid_1")), Day(village.now)
    for _ in range(13):
        cash_out.drain(office(village, day, money, checks))
        day.now += timedelta(seconds=5)
    assert len(money.orders) == 1
    assert len(checks.asked) == 1


# ---- the holder -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "reason"), [(Holder("Trần Văn Dũng"), "name_mismatch"), (NoWallet("no_wallet"), "no_wallet")]
)
def test_somebody_elses_wallet_gets_nothing_and_the_money_is_kept(
    village: Village, person: int, who: Holder | NoWallet, reason: str
) -> None:
    into_wallet(village)
    money = MoneyThatKnowsHolders(who=who)
    cash_out.drain(office(village, Day(village.now), money))
    assert (money.orders, stands(village)) == ([], ("failed", reason))
    assert village.balance(person) == 900_000
    assert village.breaches() == []


def test_another_holder_is_an_officers_to_ask_about_and_holds_the_next_payment(village: Village, person: int) -> None:
    money, day = MoneyThatKnowsHolders(who=Holder("TRAN VAN DUNG")), Day(village.now)
    sealed = village.desk.vault.seal("payout account", PHUONG.e164[1:])
    with village.database.begin() as db:
        changed = "UPDATE person SET payout_method = 'mobile_money', payout_account_sealed = :a, payout_account_lookup = :a"
        db.execute(text(changed), {"a": sealed})
        db.execute(text("UPDATE person SET payee_changed_at = NULL"))
    for _ in range(2):
        into_wallet(village)
        cash_out.drain(office(village, day, money))
        village.ask_for_cash(person)
    assert village.rows("SELECT holder_name FROM person") == [("TRAN VAN DUNG",)]
    assert village.rows("SELECT kind, how_often FROM cash_out_finding") == [("name_mismatch", 2)]
    held = village.batch(person, cycle="2027-03")
    with village.database.begin() as db:
        assert hold_doubtful(db, held, village.now) == 1
    assert village.rows("SELECT kind, words FROM payment_finding") == [
        ("other_name", "the account is TRAN VAN DUNG's, the payment Nguyễn Thị Phương's")
    ]
    into_wallet(village)
    cash_out.drain(office(village, day, replace(money, who=Holder("PHUONG NGUYEN THI"))))
    with village.database.begin() as db:
        assert look_through(db, village.batch(person, cycle="2027-04"), village.now) == []


@pytest.mark.parametrize("who", [Holder("NGUYEN THI PHUONG"), Holder(""), StillUnsure("http_503")])
def test_their_own_wallet_and_one_of_which_nothing_is_known_are_paid(
    village: Village, person: int, who: Holder | StillUnsure
) -> None:
    into_wallet(village)
    money = MoneyThatKnowsHolders(who=who)
    cash_out.drain(office(village, Day(village.now), money))
    assert len(money.orders) == 1


def test_a_known_holder_is_not_asked_for_again(village: Village, person: int) -> None:
    into_wallet(village)
    money, day = MoneyThatKnowsHolders(who=Holder("Nguyễn Thị Phương"), enquiries=[paid(village)]), Day(village.now)
    for _ in range(2):
        cash_out.drain(office(village, day, money))
        day.now += timedelta(minutes=1)
    village.pay(person, cycle="2027-02")
    village.ask_for_cash(person)
    with village.database.begin() as db:
        sealed = village.desk.vault.seal("cash-out wallet", PHUONG.e164)
        db.execute(
            text("UPDATE cash_out SET kind = 'wallet', point_code = NULL, wallet_sealed = :w WHERE state = 'held'"),
            {"w": sealed},
        )
    cash_out.drain(office(village, day, money))
    assert len(money.orders) == 2
    assert money.looked == 1


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        ("NGUYEN THI PHUONG", True),
        ("Phương Nguyễn", True),
        ("Nguyễn Phương", True),
        ("Nguyễn Thị Phượng", True),
        ("Nguyễn Thị Hoa", False),
        ("Phương", False),
        ("Nguyễn Thị", False),
        ("Nguyễn Thị Phương Hoa", False),
        ("", False),
    ],
)
def test_what_counts_as_the_same_name(theirs: str, same: bool) -> None:
    assert same_name("Nguyễn Thị Phương", theirs) is same
    assert same_name("Đào Văn Đức", "DAO VAN DUC")
