"""After the provider's word has changed: taken back, paid after all, or decided by two officers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tests.village import PHUONG, Village
from ussd_app.actions import cash_outs, declarations, given
from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.commands import SayGiven
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.payments import Role


@pytest.fixture
def person(village: Village) -> int:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    return person


def the_one(village: Village) -> UUID:
    ((id,),) = village.rows("SELECT id FROM cash_out")
    assert isinstance(id, UUID)
    return id


def reference(village: Village) -> str:
    return str(village.rows("SELECT reference FROM cash_out")[0][0])


def pay(village: Village) -> None:
    with village.database.begin() as db:
        cash_outs.pay(db, village.desk, the_one(village), provider_reference="MM1", paid_at=village.now, now=village.now)


def reverse(village: Village, amount: int, id: UUID) -> bool:
    with village.database.begin() as db:
        return cash_outs.reverse(
            db,
            village.desk,
            the_one(village),
            reversal_id=id,
            amount=Dong(amount),
            provider_reference="RV",
            now=village.now,
        )


def kinds(village: Village) -> list[str]:
    return [str(kind) for (kind,) in village.rows("SELECT kind FROM sms_message WHERE kind LIKE 'cash%' ORDER BY id")]


def test_what_was_paid_and_is_taken_back_is_its_owners_again(village: Village, person: int) -> None:
    pay(village)
    first, second = uuid4(), uuid4()
    assert reverse(village, 200_000, first)
    assert not reverse(village, 200_000, first), "the same reversal is one reversal"
    assert village.balance(person) == 600_000
    assert reverse(village, 300_000, second)
    assert not reverse(village, 1, uuid4()), "more than was paid does not come back"
    assert (village.balance(person), village.rows("SELECT state, reversed_amount FROM cash_out")) == (
        900_000,
        [("reversed", 500_000)],
    )
    assert kinds(village) == ["cash_out_receipt", "cash_out_reversed", "cash_out_reversed"]
    assert village.breaches() == []


def test_nothing_comes_back_of_what_was_never_paid(village: Village, person: int) -> None:
    assert not reverse(village, 500_000, uuid4())
    assert village.balance(person) == 400_000


def test_paid_after_it_was_declared_failed_waits_for_a_person(village: Village, person: int) -> None:
    with village.database.begin() as db:
        cash_outs.fail(db, village.desk, the_one(village), reason="other", now=village.now)
    village.ask_for_cash(person, 900_000)  # the owner has gone on, and has nothing left
    failed = village.rows("SELECT id FROM cash_out WHERE state = 'failed'")[0][0]
    for new in (True, False):
        with village.database.begin() as db:
            late: Any = cash_outs.late_success(db, village.desk, failed, provider_reference="MM9", now=village.now)
        assert late is new
    assert village.balance(person) == 0
    assert village.rows("SELECT kind FROM cash_out_finding") == [("late_success",)]
    assert village.breaches() == []


def unknown_for_a_day(village: Village) -> None:
    with village.database.begin() as db:
        db.execute(
            text("UPDATE cash_out SET state = 'unknown', first_sent_at = :then, resend_until = :then"),
            {"then": village.now - timedelta(hours=1)},
        )


def declare(village: Village, verdict: declarations.Verdict, by: str) -> bool:
    officer = village.officer(by, Role.APPROVES)
    with village.database.begin() as db:
        return declarations.declare(
            db, village.desk, reference(village), verdict, officer, because="their statement", now=village.now
        )


@pytest.mark.parametrize(("verdict", "left"), [("paid", 400_000), ("failed", 900_000)])
def test_two_officers_decide_about_an_order_that_nobody_knows(
    village: Village, person: int, verdict: declarations.Verdict, left: int
) -> None:
    unknown_for_a_day(village)
    assert not declare(village, verdict, "chi")
    with village.database.begin() as db:
        assert [each.declared_by for each in declarations.unknown(db, village.now)] == ["chi"]
    with pytest.raises(NotAllowed, match="another officer"):
        declare(village, verdict, "chi")
    assert declare(village, verdict, "dung")
    assert (village.rows("SELECT state FROM cash_out"), village.balance(person)) == ([(verdict,)], left)
    assert village.breaches() == []


def test_two_officers_who_differ_change_nothing(village: Village, person: int) -> None:
    unknown_for_a_day(village)
    declare(village, "paid", "chi")
    with pytest.raises(NotAllowed, match="chi has declared"):
        declare(village, "failed", "dung")
    with village.database.begin() as db:
        declarations.withdraw(db, village.desk, reference(village), village.officer("chi", Role.APPROVES), village.now)
    assert not declare(village, "failed", "dung")
    assert village.balance(person) == 400_000


def test_nobody_decides_while_the_provider_may_still_answer(village: Village, person: int) -> None:
    with pytest.raises(NotAllowed, match="does not wait"):
        declare(village, "failed", "chi")


def say(village: Village, person: int, amount: int | None) -> None:
    with village.database.begin() as db:
        said = SayGiven(person, reference(village), Dong(amount) if amount is not None else None)
        given.say_given(db, village.desk, said, PHUONG.e164, village.now)


@pytest.mark.parametrize(
    ("amount", "kept", "tickets"),
    [
        (500_000, ("full", 500_000), []),
        (700_000, ("full", 500_000), []),
        (450_000, ("less", 450_000), [("short_cash", "054431", 50_000)]),
        (0, ("nothing", 0), [("short_cash", "054431", 500_000)]),
        (None, ("skipped", None), []),
    ],
)
def test_what_was_handed_over_is_kept_and_a_difference_is_a_ticket_against_the_point(
    village: Village, person: int, amount: int | None, kept: tuple[str, int | None], tickets: list[tuple[object, ...]]
) -> None:
    say(village, person, 1)  # before anything was paid there is nothing to say
    pay(village)
    say(village, person, amount)
    say(village, person, int(NOTHING.amount))  # asked once, answered once
    assert village.rows("SELECT given, given_amount FROM cash_out") == [kept]
    assert village.rows("SELECT kind, point_code, taken_amount FROM complaint") == tickets
    assert village.balance(person) == 400_000, "an answer moves no money"
