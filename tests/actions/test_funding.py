"""What the state pays in is the limit of what is released, where it is written down at all."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.village import Village
from ussd_app.actions import programmes
from ussd_app.actions.funding import fund, take_back
from ussd_app.actions.payments import NotAllowed, approve
from ussd_app.actions.release import begin_release
from ussd_app.domain.ledger import beneficiary
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle, Role
from ussd_app.domain.programmes import DatedAmount
from ussd_app.store import ledger, periods
from ussd_app.store import programmes as programme_store
from ussd_app.store.officers import Officer

TET = Cycle(2027, 1)


def approver(village: Village) -> Officer:
    return village.officer("quang", Role.APPROVES)


def paid_in(village: Village, amount: int) -> None:
    with village.database.begin() as db:
        assert fund(db, uuid4(), "tet_gift", TET, Dong(amount), "", approver(village), village.now)


def test_where_no_funding_is_written_down_everything_is_released_as_before(village: Village) -> None:
    village.pay(village.person())
    with village.database.begin() as db:
        (period,) = periods.periods(db)
    assert (period.funded, period.granted, period.left, period.with_people) == (0, 900_000, -900_000, 900_000)


def test_a_release_beyond_what_was_funded_is_refused_before_anybody_is_paid(village: Village) -> None:
    people = [village.person(), village.person()]
    paid_in(village, 1_799_999)
    batch = village.batch(*people)
    with pytest.raises(NotAllowed, match="short of 1 đồng: 1,799,999 are left"):
        village.release(batch)
    assert [village.balance(each) for each in people] == [0, 0]
    paid_in(village, 1)
    village.release(batch)
    assert [village.balance(each) for each in people] == [900_000, 900_000]
    assert not village.breaches()


def test_two_releases_under_way_do_not_count_on_the_same_money(village: Village) -> None:
    paid_in(village, 900_000)
    first, second = village.batch(village.person()), village.batch(village.person())
    minh, hoa = village.officer("minh", Role.APPROVES), village.officer("hoa", Role.RELEASES)
    with village.database.begin() as db:
        for batch in (first, second):
            approve(db, batch, minh, village.now)
        begin_release(db, first, hoa, village.now)
    with pytest.raises(NotAllowed, match="short of 900,000"), village.database.begin() as db:
        begin_release(db, second, hoa, village.now)


def test_funding_that_comes_after_the_release_covers_it_and_then_is_the_limit(village: Village) -> None:
    village.pay(village.person())
    paid_in(village, 500_000)
    assert village.number("SELECT count(*) FROM account WHERE kind = 'treasury' AND guarded") == 0
    paid_in(village, 400_000)
    assert village.number("SELECT count(*) FROM account WHERE kind = 'treasury' AND guarded") == 1
    with pytest.raises(NotAllowed, match="short of 900,000"):
        village.pay(village.person())


def test_the_state_takes_back_no_more_than_is_left(village: Village) -> None:
    paid_in(village, 1_000_000)
    village.pay(village.person())
    officer = approver(village)
    with pytest.raises(NotAllowed, match="Less than"), village.database.begin() as db:
        take_back(db, uuid4(), "tet_gift", TET, Dong(100_001), "", officer, village.now)
    with village.database.begin() as db:
        assert take_back(db, uuid4(), "tet_gift", TET, Dong(100_000), "", officer, village.now)
        (period,) = periods.periods(db)
        (programme,) = periods.programmes(db)
    assert (period.funded, period.left, programme.from_state, programme.missing) == (900_000, 0, 900_000, 0)


def test_the_same_document_is_written_down_once(village: Village) -> None:
    id, officer = uuid4(), approver(village)
    for first_time in (True, False):
        with village.database.begin() as db:
            assert fund(db, id, "tet_gift", TET, Dong(900_000), "LC 12/2027", officer, village.now) is first_time
    with pytest.raises(NotAllowed, match="another amount"), village.database.begin() as db:
        fund(db, id, "tet_gift", TET, Dong(900_001), "LC 12/2027", officer, village.now)


def test_an_amount_is_set_for_months_to_come_and_never_replaced(village: Village) -> None:
    amount = DatedAmount("social_pension", Cycle(2027, 2), Dong(550_000), "Resolution 7")
    today, officer = date(2027, 1, 25), approver(village)
    with village.database.begin() as db:
        programmes.set_amount(db, amount, officer, today=today, now=village.now)
        assert amount in programme_store.every_amount(db)
    for refused, why in (
        (amount, "is not replaced"),
        (DatedAmount("social_pension", Cycle(2026, 12), Dong(1), "Resolution 8"), "is over"),
    ):
        with pytest.raises(NotAllowed, match=why), village.database.begin() as db:
            programmes.set_amount(db, refused, officer, today=today, now=village.now)
    for statement in ("UPDATE programme_amount SET amount = 1", "DELETE FROM programme_amount"):
        with pytest.raises(IntegrityError, match="stays written down"), village.database.begin() as db:
            db.execute(text(statement))


def test_the_programme_with_the_lower_number_pays_first_whichever_account_is_older(village: Village) -> None:
    person, officer = village.person(), approver(village)
    village.pay(person)
    batch = village.batch(person, cycle="2027-02")
    with village.database.begin() as db:
        db.execute(text("UPDATE payment SET programme = 'merit' WHERE batch_id = :batch"), {"batch": batch})
    village.release(batch)
    for first, second in (("tet_gift", "merit"), ("merit", "tet_gift")):
        with village.database.begin() as db:
            taken = ledger.sources(db, person, Dong(1_000_000))
            assert taken == [(beneficiary(person, first), Dong(900_000)), (beneficiary(person, second), Dong(100_000))]
            programmes.set_priority(db, "merit", 5, officer, village.now)
