"""What is doubtful is held at release and asked about, while everybody else is paid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.village import PHUONG, Village
from ussd_app.actions import deaths
from ussd_app.actions.decisions import decide
from ussd_app.actions.holds import look_through
from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.payments import Cycle, Role
from ussd_app.store import exclusions, safety

TWIN_BIRTHDAY = "1944-04-04"

# What is done to the second of two people, and the doubt that holds (or only remarks on) their payment.
DOUBTS = [
    ("deceased", "UPDATE person SET deceased_on = '2027-01-03' WHERE id = {second}", "held"),
    ("no_account", "UPDATE person SET payout_method = 'bank', payee_changed_at = NULL WHERE id = {second}", "held"),
    ("other_name", "UPDATE person SET holder_name = 'NGUYEN THI PHUONG' WHERE id = {second}", "held"),
    ("other_name", "UPDATE payment SET name_on_list = 'Trần Văn Tuấn' WHERE person_id = {second}", "held"),
    (
        "same_person",
        f"UPDATE person SET birth_date = '{TWIN_BIRTHDAY}', full_name = 'DAO THI  LUA' WHERE id IN ({{first}}, {{second}})",
        "held",
    ),
    ("just_changed", "UPDATE person SET payout_method = 'focal', payee_changed_at = '2027-01-24 12:00Z'", "held"),
    ("many_on_one_phone", "UPDATE person SET payout_method = 'mobile_money' WHERE id = {second}", "held"),
    ("unproven_phone", "UPDATE person_phone SET unproven_at = now() WHERE person_id = {second}", "only remarked on"),
    ("no_phone", "DELETE FROM person_phone WHERE person_id = {second}", "only remarked on"),
]


@pytest.fixture
def two(village: Village) -> tuple[int, int]:
    return village.person(name="Hoàng Thị Lụa"), village.person(name="Đào Thị Lụa")


@pytest.mark.parametrize(("doubt", "done", "then"), DOUBTS, ids=[f"{each[0]}-{at}" for at, each in enumerate(DOUBTS)])
def test_each_doubt_holds_its_own_payment_and_no_other(
    village: Village, two: tuple[int, int], doubt: str, done: str, then: str
) -> None:
    first, second = two
    batch = village.batch(first, second)
    with village.database.begin() as db:
        if doubt == "many_on_one_phone":
            for _ in range(4):
                village.person(name="Ma Thị Hà")
        db.execute(text(done.format(first=first, second=second)))
        if "payout_method" in done:
            db.execute(text("UPDATE person SET payee_changed_at = NULL WHERE payee_changed_at > '2027-01-25'"))
            if "2027-01-24" in done:
                db.execute(text(f"UPDATE person SET payee_changed_at = '2027-01-24 12:00Z' WHERE id = {second}"))
                db.execute(text(f"UPDATE person SET payee_changed_at = NULL WHERE id = {first}"))
    with village.database.begin() as db:
        doubtful = look_through(db, batch, village.now)
    found = {(each.facts.payment_id, one.doubt.value, one.holds) for each in doubtful for one in each.findings}
    payment = village.number(f"SELECT id FROM payment WHERE person_id = {second}")
    assert (payment, doubt, then == "held") in found
    village.release(batch)
    states = dict(village.rows("SELECT person_id, state FROM payment"))
    assert states == {first: "released", second: "held" if then == "held" else "released"}
    assert village.rows("SELECT state FROM payment_batch") == [("released",)]
    assert village.balance(second) == 0 if then == "held" else True
    assert village.breaches() == []


def test_the_plain_case_has_nothing_to_remark_on(village: Village, two: tuple[int, int]) -> None:
    batch = village.batch(*two)
    with village.database.begin() as db:
        assert look_through(db, batch, village.now) == []


def test_a_name_written_without_accents_is_the_same_name(village: Village, two: tuple[int, int]) -> None:
    batch = village.batch(*two)
    with village.database.begin() as db:
        db.execute(text("UPDATE payment SET name_on_list = 'DAO  THI LUA' WHERE person_id = :id"), {"id": two[1]})
        assert look_through(db, batch, village.now) == []


def test_one_account_that_feeds_many_is_asked_about(village: Village) -> None:
    people = [village.person(method="bank", name=f"Ma Thị {name}") for name in ("Hà", "Lan", "Mai", "Nga", "Oanh", "Tâm")]
    with village.database.begin() as db:
        db.execute(text("UPDATE person SET payout_account_lookup = '\\xaa'"))
        db.execute(text("UPDATE person SET payee_changed_at = NULL"))
    village.release(village.batch(*people))
    assert village.rows("SELECT DISTINCT kind FROM payment_finding") == [("many_on_one_account",)]
    assert village.number("SELECT count(*) FROM payment WHERE state = 'held'") == 6


@pytest.mark.parametrize(
    ("amount", "part", "held"), [(500_000, "", 0), (600_000, "", 1), (1_000_000, "", 1), (1_000_000, "arrears", 0)]
)
def test_an_amount_that_the_programme_does_not_pay_is_asked_about(
    village: Village, amount: int, part: str, held: int
) -> None:
    batch = village.batch(village.person(), amount=amount)
    with village.database.begin() as db:
        db.execute(text("UPDATE payment SET programme = 'social_pension', part = :part"), {"part": part})
    village.release(batch)
    assert village.rows("SELECT kind FROM payment_finding") == [("odd_amount",)] * held


# ---- programmes that exclude each other ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("programmes", "held"),
    [
        (("social_pension", "pension"), 1),
        (("poor_household", "near_poor_household"), 1),
        (("merit", "social_pension"), 0),
    ],
)
def test_of_two_that_exclude_each_other_the_first_is_paid(village: Village, programmes: tuple[str, str], held: int) -> None:
    person = village.person()
    for programme in programmes:
        batch = village.batch(person, amount=500_000)
        with village.database.begin() as db:
            db.execute(text("UPDATE payment SET programme = :name WHERE batch_id = :id"), {"name": programme, "id": batch})
        village.release(batch)
    assert village.balance(person) == (500_000 if held else 1_000_000)
    assert village.number("SELECT count(*) FROM payment WHERE state = 'held'") == held
    assert village.breaches() == []


def test_an_exclusion_holds_for_its_months_only(village: Village) -> None:
    lan = village.officer("lan", Role.ENTERS)
    with village.database.begin() as db:
        assert exclusions.add(db, "social_pension", "merit", Cycle(2027, 1), "a decree of ours", lan.id)
        assert not exclusions.add(db, "merit", "social_pension", Cycle(2027, 3), "the same again", lan.id)
        assert exclusions.end(db, "merit", "social_pension", Cycle(2027, 1))
    person = village.person()
    for cycle in ("2026-12", "2027-01", "2027-02"):
        for programme in ("merit", "social_pension"):
            batch = village.batch(person, amount=500_000, cycle=cycle)
            with village.database.begin() as db:
                db.execute(text("UPDATE payment SET programme = :p WHERE batch_id = :id"), {"p": programme, "id": batch})
            village.release(batch)
    assert village.rows("SELECT cycle, programme FROM payment WHERE state = 'held'") == [("2027-01", "social_pension")]


# ---- decisions -------------------------------------------------------------------------------------------


@pytest.fixture
def held(village: Village, two: tuple[int, int]) -> int:
    """A held payment of the second person, entered by lan."""
    batch = village.batch(*two)
    with village.database.begin() as db:
        db.execute(text("UPDATE payment SET name_on_list = 'Trần Văn Tuấn' WHERE person_id = :id"), {"id": two[1]})
    village.release(batch)
    return village.number("SELECT id FROM payment WHERE state = 'held'")


def test_a_held_payment_waits_with_its_reason(village: Village, held: int) -> None:
    with village.database.begin() as db:
        (waiting,) = safety.held(db)
    assert (waiting.payment_id, waiting.full_name, waiting.reasons) == (
        held,
        "Đào Thị Lụa",
        ("the list says Trần Văn Tuấn, the register Đào Thị Lụa",),
    )
    assert village.number("SELECT count(*) FROM sms_message") == 1  # nobody is told of money that is not there


def test_paid_by_another_officer_it_is_credited_once_and_announced(
    village: Village, two: tuple[int, int], held: int
) -> None:
    hoa = village.officer("hoa", Role.RELEASES)
    with village.database.begin() as db:
        decide(db, village.desk, held, hoa, pay=True, because="the card was looked at", now=village.now)
    assert village.balance(two[1]) == 900_000
    assert village.number("SELECT count(*) FROM sms_message") == 2
    with pytest.raises(NotAllowed, match="is released"), village.database.begin() as db:
        decide(db, village.desk, held, hoa, pay=False, because="changed my mind", now=village.now)
    assert village.breaches() == []


def test_refused_it_stays_on_record_and_leaves_its_place_to_the_right_one(
    village: Village, two: tuple[int, int], held: int
) -> None:
    hoa = village.officer("hoa", Role.RELEASES)
    with village.database.begin() as db:
        decide(db, village.desk, held, hoa, pay=False, because="another Tuấn is meant", now=village.now)
    assert village.balance(two[1]) == 0
    village.pay(two[1], amount=400_000)
    assert village.balance(two[1]) == 400_000
    assert village.rows("SELECT state FROM payment ORDER BY id") == [("released",), ("refused",), ("released",)]
    assert village.breaches() == []


@pytest.mark.parametrize(
    ("who", "roles", "why"),
    [
        ("lan", (Role.ENTERS, Role.APPROVES, Role.RELEASES), "lan entered batch"),
        ("tam", (Role.ENTERS,), "is not an officer who approves or releases"),
    ],
)
def test_whoever_entered_it_does_not_decide(
    village: Village, held: int, who: str, roles: tuple[Role, ...], why: str
) -> None:
    officer = village.officer(who, *roles)
    with pytest.raises(NotAllowed, match=why), village.database.begin() as db:
        decide(db, village.desk, held, officer, pay=True, because="it is me", now=village.now)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payment SET state = 'released', released_at = now() WHERE state = 'held'",
        "UPDATE payment SET state = 'refused' WHERE state = 'held'",
        "UPDATE payment SET state = 'entered' WHERE state = 'held'",
        "INSERT INTO payment_decision SELECT p.id, true, 'mine', b.entered_by, now()"
        " FROM payment p JOIN payment_batch b ON b.id = p.batch_id WHERE p.state = 'held'",
    ],
)
def test_the_database_itself_wants_the_decision_written_down(village: Village, held: int, statement: str) -> None:
    with pytest.raises(IntegrityError), village.database.begin() as db:
        db.execute(text(statement))


# ---- after a death ---------------------------------------------------------------------------------------


def test_after_a_death_money_waits_for_the_heirs_and_nothing_more_is_sent(village: Village) -> None:
    person = village.person(method="mobile_money")
    village.pay(person)
    lan = village.officer("lan", Role.ENTERS)
    with village.database.begin() as db:
        estate = deaths.record_death(
            db, person, village.now.date() - timedelta(days=1), lan, document="certificate 12/2027", now=village.now
        )
        deaths.record_death(
            db, person, village.now.date() - timedelta(days=1), lan, document="certificate 12/2027", now=village.now
        )
    assert (estate.left.amount, estate.document) == (900_000, "certificate 12/2027")
    village.ask_for_cash(person)
    village.pay(person, cycle="2027-02")
    assert village.balance(person) == 900_000
    assert village.number("SELECT count(*) FROM cash_out") == 0
    assert village.rows("SELECT DISTINCT state FROM sms_message") == [("expired",)]
    assert village.rows("SELECT cycle, state FROM payment ORDER BY cycle") == [("2027-01", "released"), ("2027-02", "held")]
    assert village.number("SELECT count(*) FROM death_notice") == 1
    held = village.number("SELECT id FROM payment WHERE state = 'held'")
    hoa = village.officer("hoa", Role.RELEASES)
    with pytest.raises(NotAllowed, match="nothing is paid to the dead"), village.database.begin() as db:
        decide(db, village.desk, held, hoa, pay=True, because="the family asks", now=village.now)


def test_a_new_list_does_not_give_the_dead_a_phone_again(village: Village) -> None:
    person = village.person(phone=None)
    lan = village.officer("lan", Role.ENTERS)
    with village.database.begin() as db:
        deaths.record_death(db, person, village.now.date(), lan, document="certificate 13/2027", now=village.now)
        db.execute(text("INSERT INTO person_phone (person_id, e164) VALUES (:p, :e)"), {"p": person, "e": PHUONG.e164})
    assert village.number("SELECT count(*) FROM person_phone WHERE unproven_at IS NULL") == 0


def test_a_notice_that_was_a_mistake_is_taken_back_in_writing(village: Village) -> None:
    person = village.person()
    lan = village.officer("lan", Role.ENTERS)
    with village.database.begin() as db:
        deaths.record_death(db, person, village.now.date(), lan, document="a rumour", now=village.now)
        deaths.take_back(db, person, lan, document="she came to the office", now=village.now)
        assert deaths.estates(db) == []
    village.pay(person)
    assert village.balance(person) == 900_000
    assert village.rows("SELECT died_on IS NULL FROM death_notice ORDER BY id") == [(False,), (True,)]
