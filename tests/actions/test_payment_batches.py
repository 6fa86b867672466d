"""A batch is entered, approved and released by three people, once, and pays exactly what was approved."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.village import Village
from ussd_app.actions import release
from ussd_app.actions.payments import NotAllowed, approve
from ussd_app.actions.release import begin_release, finish_release
from ussd_app.domain.payments import Role

EVERY_ROLE = (Role.ENTERS, Role.APPROVES, Role.RELEASES)


def test_three_people_pay_two(village: Village) -> None:
    people = [village.person(), village.person(phone=None)]
    village.pay(*people)
    assert [village.balance(person) for person in people] == [900_000, 900_000]
    assert village.rows("SELECT kind, e164, state FROM sms_message") == [("payment_arrived", "+84912000101", "waiting")]
    assert village.breaches() == []


def test_whoever_entered_it_may_not_approve_it_whatever_roles_they_have(village: Village) -> None:
    batch = village.batch(village.person(), by="lan")
    lan = village.officer("lan", *EVERY_ROLE)
    with pytest.raises(NotAllowed, match="lan entered batch"), village.database.begin() as db:
        approve(db, batch, lan, village.now)


@pytest.mark.parametrize(("who", "why"), [("lan", "lan entered batch"), ("minh", "minh approved batch")])
def test_the_third_signature_is_a_third_persons(village: Village, who: str, why: str) -> None:
    batch = village.batch(village.person(), by="lan")
    minh = village.officer("minh", *EVERY_ROLE)
    signer = village.officer(who, *EVERY_ROLE)
    with village.database.begin() as db:
        approve(db, batch, minh, village.now)
    with pytest.raises(NotAllowed, match=why), village.database.begin() as db:
        begin_release(db, batch, signer, village.now)
    assert village.number("SELECT count(*) FROM transfer") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payment_batch SET state = 'releasing', released_by = approved_by",
        "UPDATE payment_batch SET state = 'releasing', released_by = entered_by",
        "UPDATE payment_batch SET approved_by = entered_by",
        "UPDATE payment_batch SET state = 'released'",
        "UPDATE payment_batch SET state = 'entered', approved_by = NULL, content_hash = NULL",
        "UPDATE payment SET amount = amount + 1",
        "DELETE FROM payment",
    ],
)
def test_the_database_itself_refuses_what_no_screen_offers(village: Village, statement: str) -> None:
    batch = village.batch(village.person())
    minh = village.officer("minh", *EVERY_ROLE)
    village.officer("lan", *EVERY_ROLE)
    with village.database.begin() as db:
        approve(db, batch, minh, village.now)
    with pytest.raises(IntegrityError), village.database.begin() as db:
        db.execute(text(statement))


def test_an_officer_without_the_role_signs_nothing(village: Village) -> None:
    batch = village.batch(village.person())
    with pytest.raises(NotAllowed, match="is not an officer who approves"), village.database.begin() as db:
        approve(db, batch, village.officer("hoa", Role.RELEASES), village.now)


def test_a_release_cut_short_goes_on_and_pays_nobody_twice(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "PAYMENTS_AT_A_TIME", 1)
    people = [village.person(phone=None) for _ in range(3)]
    batch = village.batch(*people)
    with village.database.begin() as db:
        approve(db, batch, village.officer("minh", Role.APPROVES), village.now)
        begin_release(db, batch, village.officer("hoa", Role.RELEASES), village.now)

    def terminal_goes_away(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finish_release(village.database, village.desk, batch, lambda: village.now, terminal_goes_away)
    assert [village.balance(person) for person in people] == [900_000, 0, 0]
    for _ in range(2):
        finish_release(village.database, village.desk, batch, lambda: village.now, lambda _: None)
    assert [village.balance(person) for person in people] == [900_000] * 3
    assert village.rows("SELECT state FROM payment_batch") == [("released",)]
    assert village.breaches() == []


def test_money_of_a_bank_payee_is_handed_over_at_once(village: Village) -> None:
    person = village.person(method="bank")
    village.pay(person)
    assert village.balance(person) == 0
    assert village.number("SELECT credits_posted FROM account WHERE kind = 'handed_over'") == 900_000
    assert village.breaches() == []


def test_the_check_finds_a_dong_that_is_missing(village: Village) -> None:
    """A check that cannot fail checks nothing: here somebody has written to the database behind our back."""
    village.pay(village.person())
    with village.database.begin() as db:
        db.execute(text("UPDATE account SET credits_posted = credits_posted + 1 WHERE kind = 'beneficiary'"))
    assert any("has drifted" in breach for breach in village.breaches())
    assert any(breach.startswith("posted ") for breach in village.breaches())
