"""An approval stands under what was approved: a correction strikes it out, in writing, and two payments are never one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.village import Village
from ussd_app.actions.decisions import correct
from ussd_app.actions.payments import NotAllowed, PaymentEntry, approve
from ussd_app.actions.release import begin_release
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Role
from ussd_app.lists.errors import Reject
from ussd_app.lists.payments import PAYMENTS, PaymentRow, read_payment
from ussd_app.lists.table import open_table


def _approved(village: Village, *people: int) -> int:
    batch = village.batch(*people)
    with village.database.begin() as db:
        approve(db, batch, village.officer("minh", Role.APPROVES), village.now)
    return batch


@pytest.mark.parametrize(("amount", "left"), [(Dong(400_000), [400_000]), (None, [])])
def test_a_correction_strikes_the_approval_out_and_says_by_whom(
    village: Village, amount: Dong | None, left: list[int]
) -> None:
    batch = _approved(village, village.person())
    lan, hoa = village.officer("lan", Role.ENTERS), village.officer("hoa", Role.RELEASES)
    payment = village.number("SELECT id FROM payment")
    with village.database.begin() as db:
        assert correct(db, payment, lan, amount=amount, because="a nought too many", now=village.now)
    assert village.rows("SELECT amount FROM payment") == [(each,) for each in left]
    assert village.rows("SELECT o.name, s.because FROM struck_approval s JOIN officer o ON o.id = s.approved_by") == [
        ("minh", "a nought too many")
    ]
    assert village.number("SELECT was_amount FROM payment_correction") == 900_000
    with pytest.raises(NotAllowed, match="only an approved batch"), village.database.begin() as db:
        begin_release(db, batch, hoa, village.now)
    village.release(batch)  # approved once more, and released
    assert village.number("SELECT coalesce(sum(amount), 0)::bigint FROM transfer") == sum(left)
    assert village.breaches() == []


def test_once_money_moves_nothing_is_corrected_on_the_list(village: Village) -> None:
    village.pay(village.person())
    lan = village.officer("lan", Role.ENTERS)
    payment = village.number("SELECT id FROM payment")
    with pytest.raises(NotAllowed, match="cannot be changed any more"), village.database.begin() as db:
        correct(db, payment, lan, amount=Dong(1), because="too late", now=village.now)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payment_batch SET state = 'entered', approved_by = NULL, content_hash = NULL",
        "UPDATE payment_batch SET content_hash = '\\x00'",
        "UPDATE payment SET amount = amount + 1",
        "UPDATE payment SET part = 'arrears'",
        "UPDATE payment SET name_on_list = 'X'",
        "DELETE FROM payment",
    ],
)
def test_no_statement_edits_what_was_approved(village: Village, statement: str) -> None:
    _approved(village, village.person())
    with pytest.raises(IntegrityError), village.database.begin() as db:
        db.execute(text(statement))


def test_a_struck_approval_is_not_used_to_strike_another(village: Village) -> None:
    batch = _approved(village, village.person())
    lan = village.officer("lan", Role.ENTERS)
    payment = village.number("SELECT id FROM payment")
    with village.database.begin() as db:
        correct(db, payment, lan, amount=Dong(400_000), because="a nought too many", now=village.now)
    with village.database.begin() as db:
        approve(db, batch, village.officer("minh", Role.APPROVES), village.now)
    with pytest.raises(IntegrityError), village.database.begin() as db:
        db.execute(
            text("UPDATE payment_batch SET state = 'entered', approved_by = NULL, approved_at = NULL, content_hash = NULL")
        )


# ---- two rightful equal payments, and one twice ----------------------------------------------------------

HEADER = "person_code,programme,cycle,amount,part"

LISTS = [
    ("the same row twice", ["T1,merit,2027-01,500000,", "T1,merit,2027-01,500000,"], [500_000], 1),
    ("another month", ["T1,merit,2026-12,500000,", "T1,merit,2027-01,500000,"], [500_000] * 2, 0),
    ("another programme", ["T1,merit,2027-01,500000,", "T1,social_pension,2027-01,500000,"], [500_000] * 2, 0),
    ("arrears of the same month", ["T1,merit,2027-01,500000,", "T1,merit,2027-01,500000,arrears"], [500_000] * 2, 0),
    (
        "arrears twice",
        ["T1,merit,2027-01,500000,", "T1,merit,2027-01,500000,arrears", "T1,merit,2027-01,500000,ARREARS"],
        [500_000] * 2,
        1,
    ),
    ("a part that is no word", ["T1,merit,2027-01,500000,truy lĩnh"], [], 1),
]


@pytest.mark.parametrize(("rows", "paid", "rejected"), [each[1:] for each in LISTS], ids=[each[0] for each in LISTS])
def test_two_rightful_payments_are_both_paid_and_one_is_paid_once(
    village: Village, tmp_path: Path, rows: list[str], paid: list[int], rejected: int
) -> None:
    person = village.person()
    with village.database.begin() as db:
        db.execute(text("UPDATE person SET person_code = 'T1'"))
    path = tmp_path / "list.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    batches: set[int | None] = set()
    for _ in range(2):  # the same file a second time changes nothing
        batch, rejects = _enter(village, path)
        batches.add(batch)
        assert len(rejects) == rejected
    assert village.rows("SELECT amount FROM payment") == [(each,) for each in paid]
    assert len(batches) == 1
    for batch in batches - {None}:
        village.release(int(batch or 0))
        assert village.balance(person) == sum(paid)
    assert village.breaches() == []


def _enter(village: Village, path: Path) -> tuple[int | None, list[Reject]]:
    lan = village.officer("lan", Role.ENTERS)
    with open_table(path, PAYMENTS) as table, village.database.begin() as db:
        entry = PaymentEntry(db, village.desk.vault, officer=lan, list_name=path.name, file_hash=b"same file")
        read = [read_payment(row) for row in table.rows]
        rejects = entry.enter([each for each in read if isinstance(each, PaymentRow)])
        unread = [reject for each in read if isinstance(each, tuple) for reject in each]
    return entry.batch_id or entry.earlier_batch_id, rejects + unread
