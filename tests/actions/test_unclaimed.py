"""Money that nobody fetched: it ages where all can see it, stays its owner's, and goes back only by two hands."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.village import Village
from ussd_app.actions import adjustments
from ussd_app.actions.adjustments import Agreed
from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.adjustments import Kind, Line
from ussd_app.domain.ledger import beneficiary, clearing
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Role
from ussd_app.store import ledger, periods, unclaimed
from ussd_app.store.officers import Officer


def account(person: int) -> str:
    return f"beneficiary:{person}:tet_gift"


def two(village: Village) -> tuple[Officer, Officer]:
    return village.officer("an", Role.ENTERS, Role.APPROVES), village.officer("binh", Role.ENTERS, Role.APPROVES)


def ask(village: Village, kind: Kind, *lines: Line) -> int:
    with village.database.begin() as db:
        return adjustments.ask(db, kind, lines, "budget year 2027 is closed", two(village)[0], village.now)


def agree(village: Village, number: int) -> Agreed:
    with village.database.begin() as db:
        return adjustments.agree(db, village.desk, number, two(village)[1], village.now)


def back_to_the_state(village: Village, person: int, amount: int = 900_000) -> Line:
    key = uuid4()
    line = Line(key, account(person), Dong(amount), key, person)
    assert agree(village, ask(village, Kind.RETURN_UNCLAIMED, line)).done == 1
    return line


def test_what_is_taken_is_the_oldest_so_what_waits_is_the_newest(village: Village) -> None:
    person = village.person()
    for cycle in ("2026-11", "2026-12", "2027-01"):
        village.pay(person, cycle=cycle)
    with village.database.begin() as db:
        journal = uuid4()
        ledger.hold(db, journal, [(beneficiary(person, "tet_gift"), Dong(1_000_000))], clearing("gsma"), "asked")
        ledger.post(db, journal, "cash handed over")
        found = unclaimed.waiting(db, datetime.now(village.now.tzinfo) + timedelta(days=40))
        assert [(each.cycle, each.amount) for each in found] == [
            ("2026-12", Dong(800_000)),
            ("2027-01", Dong(900_000)),
        ]
        assert {each.days for each in found} == {40}
        assert [each.with_people for each in periods.periods(db)] == [0, 800_000, 900_000]


def test_younger_money_and_other_communes_are_left_out_when_asked(village: Village) -> None:
    village.pay(village.person())
    now = datetime.now(village.now.tzinfo) + timedelta(days=10)
    with village.database.begin() as db:
        assert len(unclaimed.waiting(db, now, commune_code="05443")) == 1
        assert not unclaimed.waiting(db, now, commune_code="05440")
        assert not unclaimed.waiting(db, now, older_than=timedelta(days=11))


def test_it_goes_back_only_when_a_second_officer_agrees(village: Village) -> None:
    person, key = village.person(), uuid4()
    village.pay(person)
    number = ask(village, Kind.RETURN_UNCLAIMED, Line(key, account(person), Dong(900_000), key, person))
    assert village.balance(person) == 900_000
    with pytest.raises(NotAllowed, match="an asked for number"), village.database.begin() as db:
        adjustments.agree(db, village.desk, number, two(village)[0], village.now)
    assert agree(village, number).done == 1
    assert agree(village, number).done == 0
    assert village.balance(person) == 0
    assert village.number("SELECT credits_posted FROM account WHERE kind = 'returned'") == 900_000
    assert not village.breaches()


def test_its_owner_claims_it_again_once(village: Village) -> None:
    person = village.person()
    village.pay(person)
    returned = back_to_the_state(village, person)
    again = [Line(uuid4(), account(person), Dong(900_000), returned.journal_id, person) for _ in range(2)]
    assert agree(village, ask(village, Kind.CLAIM_AGAIN, again[0])).done == 1
    assert village.balance(person) == 900_000
    (refused,) = agree(village, ask(village, Kind.CLAIM_AGAIN, again[1])).refused
    assert "has not come back" in refused
    assert village.balance(person) == 900_000
    assert not village.breaches()


def test_nothing_goes_back_while_a_hold_is_live(village: Village) -> None:
    person, key = village.person(), uuid4()
    village.pay(person)
    number = ask(village, Kind.RETURN_UNCLAIMED, Line(key, account(person), Dong(100_000), key, person))
    village.ask_for_cash(person)
    (refused,) = agree(village, number).refused
    assert "is under way" in refused
    assert village.balance(person) == 400_000


def test_no_more_goes_back_than_is_there(village: Village) -> None:
    person, key = village.person(), uuid4()
    village.pay(person)
    number = ask(village, Kind.RETURN_UNCLAIMED, Line(key, account(person), Dong(900_001), key, person))
    assert agree(village, number).refused == (f"{account(person)}: less than 900.001đ is there",)
    assert village.balance(person) == 900_000


def test_a_part_that_a_commune_keeps_can_go_back_too(village: Village) -> None:
    person, key = village.person(method="focal"), uuid4()
    village.pay(person)
    number = ask(village, Kind.RETURN_UNCLAIMED, Line(key, f"trust:05443:{person}:tet_gift", Dong(900_000), key, person))
    assert agree(village, number).done == 1
    assert not village.breaches()


def test_a_payment_made_by_mistake_goes_back_to_the_treasury(village: Village) -> None:
    person = village.person()
    village.pay(person)
    grant = village.rows("SELECT grant_id FROM payment")[0][0]
    number = ask(village, Kind.CORRECT, Line(uuid4(), account(person), Dong(300_000), grant, person))  # type: ignore[arg-type] - a row
    assert agree(village, number).done == 1
    assert village.balance(person) == 600_000
    with village.database.begin() as db:
        (period,) = periods.periods(db)
    assert (period.granted, period.with_people, period.gone_out) == (600_000, 600_000, 0)
    assert not village.breaches()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE adjustment SET agreed_by = asked_by, agreed_at = now()",
        "UPDATE adjustment SET reason = 'another'",
        "UPDATE adjustment_line SET amount = 1",
        "UPDATE adjustment_line SET done_at = now()",
    ],
)
def test_the_database_itself_refuses_what_no_command_offers(village: Village, statement: str) -> None:
    person, key = village.person(), uuid4()
    village.pay(person)
    ask(village, Kind.RETURN_UNCLAIMED, Line(key, account(person), Dong(1), key, person))
    with pytest.raises(IntegrityError), village.database.begin() as db:
        db.execute(text(statement))
