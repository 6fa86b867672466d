"""Money that comes back: part of a hold, a reversal, a payment that bounced; never more than went."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from tests.village import Village
from ussd_app.domain.ledger import (
    MoreThanThereWas,
    ReusedWithOtherContent,
    Transfer,
    beneficiary,
    clearing,
    treasury,
)
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.store import ledger, periods


def paid_out(village: Village, amount: int = 500_000, had: int = 900_000) -> tuple[int, UUID]:
    person, journal = village.person(), uuid4()
    village.pay(person, amount=had)
    with village.database.begin() as db:
        ledger.hold(db, journal, [(beneficiary(person, "tet_gift"), Dong(amount))], clearing("gsma"), "cash-out asked")
        ledger.post(db, journal, "cash handed over")
    return person, journal


def reverse(village: Village, journal: UUID, amount: int, id: UUID | None = None) -> bool:
    with village.database.begin() as db:
        return ledger.reverse(db, journal, id or uuid4(), Dong(amount), "reversed by the provider")


def test_less_is_handed_over_and_the_rest_goes_back(village: Village) -> None:
    person, journal = village.person(), uuid4()
    village.pay(person)
    with village.database.begin() as db:
        ledger.hold(db, journal, [(beneficiary(person, "tet_gift"), Dong(500_000))], clearing("gsma"), "cash-out asked")
    for first_time in (True, False):
        with village.database.begin() as db:
            assert ledger.post(db, journal, "cash handed over", Dong(300_000)) is first_time
    assert village.balance(person) == 600_000
    assert not village.breaches()


def test_more_than_was_held_is_never_paid(village: Village) -> None:
    person, journal = village.person(), uuid4()
    village.pay(person)
    with village.database.begin() as db:
        ledger.hold(db, journal, [(beneficiary(person, "tet_gift"), Dong(500_000))], clearing("gsma"), "cash-out asked")
    with pytest.raises(MoreThanThereWas), village.database.begin() as db:
        ledger.post(db, journal, "cash handed over", Dong(500_001))
    assert village.balance(person) == 400_000


def test_a_reversal_gives_the_money_back_once(village: Village) -> None:
    person, journal = paid_out(village)
    reversal = uuid4()
    assert reverse(village, journal, 500_000, reversal)
    assert not reverse(village, journal, 500_000, reversal)
    assert village.balance(person) == 900_000
    with pytest.raises(MoreThanThereWas):
        reverse(village, journal, 500_000)
    with pytest.raises(ReusedWithOtherContent):
        reverse(village, journal, 400_000, reversal)
    assert village.balance(person) == 900_000
    assert not village.breaches()


def test_reversals_in_parts_add_up_to_no_more_than_was_paid(village: Village) -> None:
    person, journal = paid_out(village)
    assert reverse(village, journal, 200_000)
    assert reverse(village, journal, 300_000)
    with pytest.raises(MoreThanThereWas):
        reverse(village, journal, 1)
    assert village.balance(person) == 900_000


def test_what_is_only_held_cannot_be_reversed(village: Village) -> None:
    person, journal = village.person(), uuid4()
    village.pay(person)
    with village.database.begin() as db:
        ledger.hold(db, journal, [(beneficiary(person, "tet_gift"), Dong(500_000))], clearing("gsma"), "cash-out asked")
    with pytest.raises(MoreThanThereWas):
        reverse(village, journal, 500_000)


def test_two_reversals_at_once_give_back_no_more_than_was_paid(village: Village) -> None:
    person, journal = paid_out(village)

    def back(_: int) -> bool:
        try:
            return reverse(village, journal, 200_000)
        except MoreThanThereWas:
            return False

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(back, range(6))) == 2
    assert village.balance(person) == 800_000
    assert not village.breaches()


def test_the_database_itself_refuses_a_reversal_that_goes_elsewhere(village: Village) -> None:
    _, journal = paid_out(village)
    with pytest.raises(IntegrityError, match="the way the money came"), village.database.begin() as db:
        db.exec_driver_sql(
            """INSERT INTO transfer (id, kind, debit_id, credit_id, amount, journal_id, reason, reverses_id)
               SELECT gen_random_uuid(), 'single', debit_id, credit_id, 1, journal_id, 'wrong way', id
               FROM transfer WHERE journal_id = %(journal)s AND kind = 'post'""",
            {"journal": journal},
        )


def of_two_programmes(village: Village) -> tuple[int, UUID]:
    """500.000đ of each; 800.000đ are held, all of the Tết gift and 300.000đ of the merit allowance."""
    person, journal = village.person(), uuid4()
    with village.database.begin() as db:
        for programme in ("merit", "tet_gift"):
            id = uuid4()
            source, owner = treasury(programme, Cycle(2027, 1)), beneficiary(person, programme)
            ledger.move(db, Transfer(id, source, owner, Dong(500_000), id, "payment released"))
        ledger.hold(db, journal, ledger.sources(db, person, Dong(800_000)), clearing("gsma"), "cash-out asked")
    return person, journal


def each_has(village: Village, person: int) -> dict[str, int]:
    rows = village.rows(
        f"SELECT programme, credits_posted - debits_posted - debits_pending FROM account WHERE person_id = {person:d}"
    )
    return {str(programme): int(str(free)) for programme, free in rows}


def test_what_was_taken_last_comes_back_first(village: Village) -> None:
    person, journal = of_two_programmes(village)
    assert each_has(village, person) == {"tet_gift": 0, "merit": 200_000}
    with village.database.begin() as db:
        ledger.post(db, journal, "cash handed over", Dong(700_000))
    assert each_has(village, person) == {"tet_gift": 0, "merit": 300_000}
    assert reverse(village, journal, 250_000)
    assert each_has(village, person) == {"tet_gift": 50_000, "merit": 500_000}


def test_what_is_paid_after_it_was_given_back_is_nobodys_and_never_the_persons(village: Village) -> None:
    person, journal = of_two_programmes(village)
    with village.database.begin() as db:
        ledger.void(db, journal, "declared failed")
    for first_time in (True, False):
        with village.database.begin() as db:
            assert ledger.suspend(db, journal, "paid after all", Dong(600_000)) is first_time
    assert each_has(village, person) == {"tet_gift": 500_000, "merit": 500_000}
    waits = village.rows("SELECT code, debits_posted FROM account WHERE kind = 'suspense' ORDER BY code")
    assert waits == [("suspense:gsma:merit", 100_000), ("suspense:gsma:tet_gift", 500_000)]
    with pytest.raises(MoreThanThereWas), village.database.begin() as db:
        ledger.suspend(db, uuid4(), "never heard of", Dong(1))
    assert not [each for each in village.breaches() if "payment" not in each]


def test_a_fee_is_its_own_leg_and_a_carried_one_leaves_the_person_alone(village: Village) -> None:
    person, journal = of_two_programmes(village)
    with village.database.begin() as db:
        ledger.hold_fee(db, journal, [(beneficiary(person, "merit"), Dong(2_000))], "gsma", "fee of a cash-out")
        assert ledger.post(db, journal, "cash handed over", Dong(700_000), fee_carried=Dong(1_000))
        assert not ledger.post(db, journal, "cash handed over", Dong(700_000), fee_carried=Dong(1_000))
    assert each_has(village, person) == {"tet_gift": 0, "merit": 300_000 - 2_000}
    shelf = journal.hex[-1]
    assert village.rows(
        "SELECT code, credits_posted - debits_posted FROM account WHERE kind IN ('fees', 'waived') ORDER BY code"
    ) == [
        (f"fees:gsma:{shelf}", 3_000),
        (f"waived:merit:{shelf}", -286),  # of 700.000đ merit paid 200.000đ; the last one carries what does not divide
        (f"waived:tet_gift:{shelf}", -714),
    ]
    with village.database.begin() as db:
        assert all(each.missing == 0 for each in periods.programmes(db))


def test_what_a_bank_sends_back_is_its_owners_again(village: Village) -> None:
    person = village.person(method="bank")
    village.pay(person)
    grant = village.rows("SELECT grant_id FROM payment")[0][0]
    assert isinstance(grant, UUID)
    assert village.balance(person) == 0
    with village.database.begin() as db:
        assert ledger.return_to_owner(db, grant, uuid4(), Dong(900_000), "account_closed")
    assert village.balance(person) == 900_000
    with pytest.raises(MoreThanThereWas), village.database.begin() as db:
        ledger.return_to_owner(db, grant, uuid4(), Dong(1), "account_closed")
    assert not village.breaches()
