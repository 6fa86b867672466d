"""Of the twenty-seven ways to pay twice or lose a payment, those of lists, signatures, statements and numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.close_days import Days
from tests.village import PHUONG, POINT, Village
from ussd_app.actions import guessing
from ussd_app.actions.payments import NotAllowed, PaymentEntry, approve
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Role
from ussd_app.lists.payments import PAYMENTS, PaymentRow, read_payment
from ussd_app.lists.table import open_table
from ussd_app.store import guesses
from ussd_app.store.keepers import PointPhone
from workers.mobile_money.json_reading import read_amount

DAY = date(2027, 1, 25)
NOON = datetime(2027, 1, 25, 5, tzinfo=UTC)
BEFORE_MIDNIGHT = datetime(2027, 1, 25, 16, 59, 30, tzinfo=UTC)  # 23:59:30 in Thái Nguyên


def test_16_code_guessed(village: Village) -> None:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    with village.database.begin() as db:
        db.execute(text("UPDATE cash_out SET state = 'issued'"))
    keeper = PointPhone("+84912000900", POINT, "Bưu điện")
    for _ in range(5):
        with village.database.begin() as db:
            assert not guesses.locked(db, keeper.e164, POINT, village.now)
            guessing.wrong_code(db, village.desk, keeper, village.now)
    with village.database.begin() as db:
        assert guesses.locked(db, keeper.e164, POINT, village.now + timedelta(minutes=4))
    assert village.rows("SELECT e164 FROM sms_message WHERE kind LIKE '%guess%'") == [(PHUONG.e164,)]
    assert village.breaches() == []


def test_20_one_bad_row_submitted_twice_two_legitimate_equal_payments(village: Village, tmp_path: Path) -> None:
    person = village.person()
    with village.database.begin() as db:
        db.execute(text("UPDATE person SET person_code = 'T1'"))
    path = tmp_path / "list.csv"
    rows = ["T1,tet_gift,2027-01,500000", "T1,tet_gift,2027-02,500000", "T1,tet_gift,2027-03,5e5"]
    path.write_text("\n".join(["person_code,programme,cycle,amount", *rows]) + "\n", "utf-8")
    batches = {_entered(village, path) for _ in range(2)}
    (batch,) = batches
    assert village.rows("SELECT amount FROM payment ORDER BY cycle") == [(500_000,), (500_000,)]
    village.release(batch)
    assert village.balance(person) == 1_000_000, "two equal payments are two"
    assert village.breaches() == []


def _entered(village: Village, path: Path) -> int:
    officer = village.officer("lan", Role.ENTERS)
    with open_table(path, PAYMENTS) as table, village.database.begin() as db:
        entry = PaymentEntry(db, village.desk.vault, officer=officer, list_name=path.name, file_hash=b"one file")
        entry.enter([each for row in table.rows if isinstance(each := read_payment(row), PaymentRow)])
    return entry.batch_id or entry.earlier_batch_id or 0


def test_21_maker_is_checker(village: Village) -> None:
    batch = village.batch(village.person(), by="lan")
    lan = village.officer("lan", Role.ENTERS, Role.APPROVES)
    with pytest.raises(NotAllowed, match="lan entered batch"), village.database.begin() as db:
        approve(db, batch, lan, village.now)
    with pytest.raises(IntegrityError), village.database.begin() as db:
        db.execute(text("UPDATE payment_batch SET state = 'approved', approved_by = entered_by, content_hash = 'x'"))


def test_21_approval_after_an_edit_of_the_batch(village: Village) -> None:
    batch = village.batch(village.person(), by="lan")
    with village.database.begin() as db:
        approve(db, batch, village.officer("minh", Role.APPROVES), village.now)
    with pytest.raises(IntegrityError), village.database.begin() as db:
        db.execute(text("UPDATE payment SET amount = amount + 1"))


def test_23_statement_lines_and_transfers_that_do_not_meet(village: Village) -> None:
    days = Days(village)
    days.it_is(NOON)
    people = [village.person() for _ in range(3)]
    village.pay(*people)
    unseen, twice, late = (
        days.paid(person, 100_000 * number, at)
        for number, (person, at) in enumerate(zip(people, (NOON, NOON, BEFORE_MIDNIGHT), strict=True), start=1)
    )
    same = days.line(twice, 200_000, NOON)
    again = days.line(twice, 200_000, NOON)
    after_midnight = days.line(late, 300_000, BEFORE_MIDNIGHT + timedelta(minutes=1))
    days.read(same, again, after_midnight, days.line(None, 400_000, NOON), now=NOON + timedelta(days=2))
    days.close(DAY)
    buckets = {bucket: state for bucket, _, state in days.items(DAY)}
    assert set(buckets) == {"only_in_books", "only_in_statement", "line_twice", "another_day"}
    assert [name for name, state in buckets.items() if state != "open"] in ([], ["another_day"])
    assert unseen is not None


@pytest.mark.parametrize(
    ("written", "amount"),
    [("500000.00", Dong(500_000)), ("500000.5", None), ("5e5", None), ("-1", None), (str(2**63), None)],
)
def test_25_amounts(written: str, amount: Dong | None) -> None:
    assert read_amount(written) == amount
