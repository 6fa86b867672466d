"""The sheet of a payment batch balances to the unit, whatever became of each message; what never arrived is work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.village import Village
from ussd_app.domain.payments import Role
from ussd_app.domain.phone import Phone
from ussd_app.store import sheets, sms_costs, undelivered
from ussd_app.store.sheets import Place
from workers.campaigns import NO_LONGER

STATES = ("waiting", "sending", "sent", "delivered", "undelivered", "refused", "expired", "unsure")


@pytest.fixture
def paid(village: Village) -> Village:
    """Eight people, each of whose messages stands in another state, and one without a phone."""
    people = [village.person(phone=Phone(f"+8491210{each:04d}")) for each in range(len(STATES))]
    village.pay(*people, village.person(phone=None))
    for each, state in enumerate(STATES):
        set_state(village, f"+8491210{each:04d}", state)
    return village


def set_state(village: Village, e164: str, state: str, when: timedelta = timedelta(0)) -> None:
    with village.database.begin() as db:
        db.execute(
            text("UPDATE sms_message SET state = :state, changed_at = :at, sending_at = :at WHERE e164 = :e164"),
            {"state": state, "at": village.now + when, "e164": e164},
        )


def test_every_payment_stands_in_one_place(paid: Village):
    with paid.database.begin() as db:
        sheet = sheets.sheet(db, 1)
        failed = sheets.remainder(db, 1, Place.FAILED)
        no_phone = sheets.remainder(db, 1, Place.NO_PHONE)
    assert sheet is not None
    assert sheet.balances
    assert (sheet.listed, sheet.paid, sheet.people) == (9, 9, 9)
    assert sheet.by_place == {
        Place.DELIVERED: 1,
        Place.ACCEPTED: 1,
        Place.TO_SEND: 2,
        Place.FAILED: 3,
        Place.UNSURE: 1,
        Place.NO_PHONE: 1,
    }
    assert len(failed) == 3
    assert [row.commune_code for row in no_phone] == ["05443"]


def test_there_is_no_sheet_of_no_batch(village: Village):
    with village.database.begin() as db:
        assert sheets.sheet(db, 77) is None


def test_what_never_arrived_is_work_once_and_ends_by_itself_when_it_arrives_after_all(paid: Village):
    with paid.database.begin() as db:
        assert undelivered.open_new(db, paid.now) == 3
        assert undelivered.open_new(db, paid.now) == 0
        assert undelivered.open_new(db, paid.now + timedelta(hours=25)) == 1  # nobody ever said what came of it
        assert len(undelivered.still_open(db, "05443")) == 4
        assert undelivered.still_open(db, "05440") == []
    set_state(paid, "+84912100004", "delivered")
    with paid.database.begin() as db:
        assert undelivered.close_arrived(db, paid.now) == 1
        first = undelivered.still_open(db)[0]
    hoa = paid.officer("hoa", Role.ENTERS)
    with paid.database.begin() as db:
        assert undelivered.close(db, first.message_id, hoa.id, "told at home", paid.now)
        assert not undelivered.close(db, first.message_id, hoa.id, "told again", paid.now)
        assert len(undelivered.still_open(db)) == 2


def test_a_number_that_nothing_reaches_is_doubted(village: Village):
    person = village.person(phone=Phone("+84912100000"))
    with village.database.begin() as db:
        db.execute(text("UPDATE person_phone SET since = '2026-01-01'"))
    for month in (1, 2, 3):
        village.pay(person, cycle=f"2027-0{month}")
        assert not silent(village)
        set_state(village, "+84912100000", "undelivered")
    assert silent(village) == ["+84912100000"]
    village.rows("UPDATE sms_message SET state = 'delivered' WHERE id = (SELECT max(id) FROM sms_message) RETURNING 1")
    assert not silent(village)
    assert NO_LONGER


def silent(village: Village) -> list[str]:
    with village.database.begin() as db:
        return undelivered.silent_phones(db, village.now - timedelta(hours=1))


def test_what_a_month_cost_by_programme_and_commune(paid: Village):
    with paid.database.begin() as db:
        paid_for = sms_costs.by(db, "2027-01", sms_costs.By.PROGRAMME, zone="Asia/Ho_Chi_Minh", price=400)
        by_commune = sms_costs.by(db, "2027-01", sms_costs.By.COMMUNE, zone="Asia/Ho_Chi_Minh", price=400)
        assert sms_costs.spent(db, "2027-01", zone="Asia/Ho_Chi_Minh", price=400) == 4 * 400
        assert sms_costs.spent(db, "2026-12", zone="Asia/Ho_Chi_Minh", price=400) == 0
    assert [(each.what, each.messages, each.dong) for each in paid_for] == [("tet_gift", 4, 1_600)]
    assert [each.what.split()[0] for each in by_commune] == ["05443"]
