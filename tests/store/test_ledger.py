"""The ledger: holds, posts and voids, guards, and the trigger that keeps it append-only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ussd_app.domain.ledger import (
    Account,
    NotEnoughMoney,
    ReusedWithOtherContent,
    Transfer,
    beneficiary,
    clearing,
    treasury,
)
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.store import ledger, ledger_check
from ussd_app.store.database import Database

TREASURY = treasury("tet_gift", Cycle(2027, 1))
PROVIDER = clearing("gsma")


def person(database: Database) -> Account:
    with database.begin() as db:
        number = db.execute(
            text("""INSERT INTO person (person_code, full_name, gender, commune_id, payout_method, language)
                    SELECT :code, 'Nguyễn Thị Phương', 'F', min(id), 'cash', 'vi' FROM commune RETURNING id"""),
            {"code": str(uuid4())},
        ).scalar_one()
    return beneficiary(number, "tet_gift")


def grant(database: Database, owner: Account, amount: int, id: UUID | None = None) -> bool:
    id = id or uuid4()
    with database.begin() as db:
        return ledger.move(db, Transfer(id, TREASURY, owner, Dong(amount), id, "payment released"))


def available(database: Database, account: Account) -> int:
    with database.begin() as db:
        return db.execute(
            text("SELECT credits_posted - debits_posted - debits_pending FROM account WHERE code = :code"),
            {"code": account.code},
        ).scalar_one()


def hold(database: Database, owner: Account, amount: int, journal: UUID) -> None:
    with database.begin() as db:
        ledger.hold(db, journal, [(owner, Dong(amount))], PROVIDER, "cash-out asked")


def closes(database: Database) -> bool:
    """True when every invariant of the ledger holds."""
    with database.begin() as db:
        return not any(each.breaches for each in ledger_check.check(db))


def test_a_hold_is_spoken_for_then_paid(database: Database) -> None:
    owner, journal = person(database), uuid4()
    grant(database, owner, 900_000)
    hold(database, owner, 500_000, journal)
    assert available(database, owner) == 400_000
    with database.begin() as db:
        assert ledger.post(db, journal, "cash handed over")
    assert available(database, owner) == 400_000
    assert closes(database)


def test_a_hold_given_back_is_whole_again(database: Database) -> None:
    owner, journal = person(database), uuid4()
    grant(database, owner, 900_000)
    hold(database, owner, 500_000, journal)
    with database.begin() as db:
        assert ledger.void(db, journal, "expired")
    assert available(database, owner) == 900_000
    assert closes(database)


def test_nobody_spends_what_is_not_there(database: Database) -> None:
    owner = person(database)
    grant(database, owner, 400_000)
    with pytest.raises(NotEnoughMoney):
        hold(database, owner, 400_001, uuid4())
    assert available(database, owner) == 400_000
    assert closes(database)


def test_asking_twice_is_asking_once(database: Database) -> None:
    owner, id = person(database), uuid4()
    assert grant(database, owner, 400_000, id)
    assert not grant(database, owner, 400_000, id)
    assert available(database, owner) == 400_000


def test_a_known_id_with_another_amount_is_refused(database: Database) -> None:
    owner, id = person(database), uuid4()
    grant(database, owner, 400_000, id)
    with pytest.raises(ReusedWithOtherContent):
        grant(database, owner, 400_001, id)


def test_a_hold_is_resolved_only_once(database: Database) -> None:
    owner, journal = person(database), uuid4()
    grant(database, owner, 500_000)
    hold(database, owner, 500_000, journal)
    with database.begin() as db:
        ledger.post(db, journal, "cash handed over")
    with pytest.raises(IntegrityError, match="transfer_pending_id_key"), database.begin() as db:
        ledger.void(db, journal, "too late")
    assert closes(database)


@pytest.mark.parametrize(
    "statement", ["UPDATE transfer SET amount = 1", "DELETE FROM transfer", "TRUNCATE transfer CASCADE"]
)
def test_the_ledger_is_append_only(database: Database, statement: str) -> None:
    grant(database, person(database), 500_000)
    with pytest.raises(IntegrityError, match="append-only"), database.begin() as db:
        db.execute(text(statement))


def test_many_hands_on_one_account_take_no_more_than_there_is(database: Database) -> None:
    owner = person(database)
    grant(database, owner, 1_000_000)

    def take(_: int) -> bool:
        try:
            hold(database, owner, 100_000, uuid4())
        except NotEnoughMoney:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(take, range(40)))
    assert sum(taken) == 10
    assert available(database, owner) == 0
    assert closes(database)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), st.integers(0, 1), st.integers(1, 900_000)),
        st.tuples(st.just("hold"), st.integers(0, 1), st.integers(1, 900_000)),
        st.tuples(st.just("post"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("void"), st.integers(0, 9), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_is_done_in_whatever_order_it_closes(database: Database, steps: list[tuple[str, int, int]]) -> None:
    people = [person(database), person(database)]
    journals: list[UUID] = []
    expected = [0, 0]
    held: dict[UUID, tuple[int, int]] = {}
    for what, which, amount in steps:
        match what:
            case "grant":
                grant(database, people[which], amount)
                expected[which] += amount
            case "hold":
                journal = uuid4()
                if amount <= expected[which]:
                    hold(database, people[which], amount, journal)
                    expected[which] -= amount
                    held[journal] = (which, amount)
                    journals.append(journal)
                else:
                    with pytest.raises(NotEnoughMoney):
                        hold(database, people[which], amount, journal)
            case _ if which < len(journals) and journals[which] in held:
                owner, amount = held.pop(journals[which])
                with database.begin() as db:
                    (ledger.post if what == "post" else ledger.void)(db, journals[which], what)
                if what == "void":
                    expected[owner] += amount
            case _:
                pass
    for number, owner in enumerate(people):
        if expected[number]:
            assert available(database, owner) == expected[number]
    assert closes(database)
