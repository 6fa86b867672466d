"""What goes out without being asked for: did it come, where you are paid has changed, your ticket is settled."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from tests.village import PHUONG, Village
from ussd_app.actions import tickets
from ussd_app.actions.payees import tell_changes
from ussd_app.actions.payments import NotAllowed
from ussd_app.actions.people import PayeeChange, PeopleEntry
from ussd_app.actions.receipts import Asking, ask_some
from ussd_app.domain.payments import Role
from ussd_app.domain.people import BirthDate, Gender, Language, PayoutMethod, Precision
from ussd_app.domain.phone import Phone
from ussd_app.lists.people import PersonRow
from ussd_app.store import opt_outs, phones
from ussd_app.store.messages import BODY

DIALLING = Asking(after_days=3)
OTHER = Phone("+84912000102")


def inbox(village: Village, kind: str, phone: Phone = PHUONG) -> list[str]:
    with village.database.begin() as db:
        rows = db.execute(
            text("SELECT body_sealed FROM sms_message WHERE e164 = :phone AND kind LIKE :kind ORDER BY id"),
            {"phone": phone.e164, "kind": kind},
        )
        return [village.desk.vault.open(BODY, bytes(row.body_sealed)) for row in rows]


def asked(village: Village, asking: Asking = DIALLING, days: float = 3) -> int:
    with village.database.begin() as db:
        return ask_some(db, village.desk, asking, village.now + timedelta(days=days))


# ---- did the money come? ---------------------------------------------------------------------------------


def test_the_question_comes_once_after_three_days(village: Village):
    village.pay(village.person())
    assert asked(village, days=2.9) == 0
    assert asked(village) == 1
    assert asked(village, days=4) == 0
    (question,) = inbox(village, "receipt_asked%")
    assert question == (
        "ASXH: Ba Phuong da nhan du 900.000d ky 01/2027 chua? Xin bam *8899# roi chon 3 de tra loi,"
        " hoac goi 18001234. Deu mien phi."
    )
    assert village.rows("SELECT lane FROM sms_message WHERE kind LIKE 'receipt%'") == [(2,)]


def test_nobody_is_asked_at_night_nor_when_the_setting_says_so(village: Village):
    village.pay(village.person())
    assert asked(village, days=3.5) == 0
    assert asked(village, Asking()) == 0
    assert asked(village, days=40) == 0


@pytest.mark.parametrize(
    ("asking", "words"),
    [
        (Asking(3, can_reply=True), "Nhan lai 1 la du, 2 la chua nhan, 3 la sai so tien."),
        (
            Asking(3, True, "02083855688", "02083855689"),
            "nhay may 02083855688. Chua nhan hoac thieu: nhay may 0208385568",
        ),
    ],
)
def test_in_the_way_that_can_be_answered(village: Village, asking: Asking, words: str):
    village.pay(village.person())
    asked(village, asking)
    assert words in inbox(village, "receipt_asked%")[0]


def test_on_a_shared_phone_the_screen_asks(village: Village):
    village.pay(village.person(), village.person(name="Trần Văn Nam"))
    asked(village, Asking(3, can_reply=True))
    assert [each.split(" da nhan")[0] for each in inbox(village, "receipt_asked_by_dialling")] == [
        "ASXH: Ba Phuong",
        "ASXH: Ba Nam",
    ]


def test_one_question_at_a_time_the_newest_first(village: Village):
    person = village.person()
    village.pay(person, cycle="2026-12")
    village.pay(person, cycle="2027-01")
    assert asked(village) == 1
    assert asked(village, days=4) == 0
    assert asked(village, days=6) == 1
    assert ["01/2027" in each for each in inbox(village, "receipt_asked%")] == [True, False]


def test_who_stopped_reminders_who_answered_and_who_is_doubted_is_not_asked(village: Village):
    stopped, answered, doubted = (
        village.person(phone=Phone(f"+8491200020{number}"), name="Lê Thị Hoa") for number in range(3)
    )
    village.pay(stopped, answered, doubted)
    with village.database.begin() as db:
        opt_outs.stop(db, "+84912000200", via="sms", now=village.now)
        db.execute(text("UPDATE payment SET receipt = 'received' WHERE person_id = :id"), {"id": answered})
        phones.doubt(db, "+84912000202", because="silent", officer_id=None, now=village.now)
    asked(village)
    assert village.rows("SELECT 1 FROM sms_message WHERE kind LIKE 'receipt%'") == []


def test_the_dead_are_told_nothing(village: Village):
    person = village.person()
    village.pay(person)
    with village.database.begin() as db:
        db.execute(text("UPDATE person SET deceased_on = '2027-01-26' WHERE id = :id"), {"id": person})
    asked(village)
    assert inbox(village, "receipt_asked%") == []


# ---- where somebody is paid or reached -------------------------------------------------------------------


def row(phone: Phone = PHUONG, method: PayoutMethod = PayoutMethod.CASH, account: str = "") -> PersonRow:
    return PersonRow(
        line=2,
        national_id=None,
        person_code="DAO-1",
        full_name="Nguyễn Thị Đào",
        birth=BirthDate(date(1948, 3, 12), Precision.DAY),
        gender=Gender.FEMALE,
        commune_code="05443",
        phone=phone,
        phone_converted=False,
        payout_method=method,
        payout_account=account,
        language=Language.VIETNAMESE,
        doubts=(),
    )


def enter(village: Village, *rows: PersonRow) -> None:
    def told(db: object, changes: object) -> None:
        tell_changes(db, village.desk, changes, village.now)  # pyright: ignore[reportArgumentType]

    with village.database.begin() as db:
        PeopleEntry(village.desk.vault, told).enter(db, rows)


def test_a_list_that_sends_the_money_elsewhere_is_told_to_its_owner(village: Village):
    enter(village, row())
    assert inbox(village, "payout_changed") == []
    enter(village, row(method=PayoutMethod.BANK, account="0123456789"))
    enter(village, row(method=PayoutMethod.BANK, account="0123456789"))
    assert inbox(village, "payout_changed") == [
        "ASXH: Noi nhan tien cua ba vua doi sang tai khoan ngan hang luc 12:00 25/01. Neu khong phai ba yeu cau,"
        " goi ngay 18001234 mien phi."
    ]


def test_a_new_number_is_told_to_the_old_one_and_to_the_new(village: Village):
    enter(village, row())
    enter(village, row(phone=OTHER))
    (told,) = inbox(village, "payout_changed")
    assert "vua doi sang so may duoi 102 luc 12:00 25/01" in told
    assert inbox(village, "payout_changed", OTHER) == [told]


def test_a_change_of_name_is_no_change_of_payment(village: Village):
    enter(village, row())
    with village.database.begin() as db:
        assert tell_changes(db, village.desk, [], village.now) == 0
        assert tell_changes(db, village.desk, [PayeeChange(999_999, PayoutMethod.BANK)], village.now) == 0


# ---- tickets ---------------------------------------------------------------------------------------------


def ticket(village: Village, person: int) -> str:
    with village.database.begin() as db:
        return db.execute(
            text("""INSERT INTO complaint (reference, kind, person_id, due_on, opened_at)
                    VALUES ('Y0000001', 'call_back', :person, '2027-01-30', :now) RETURNING reference"""),
            {"person": person, "now": village.now},
        ).scalar_one()


def test_a_ticket_is_closed_once_and_its_owner_is_told(village: Village):
    reference = ticket(village, village.person())
    officer = village.officer("lan", Role.ENTERS)
    with village.database.begin() as db:
        assert [each.reference for each in tickets.waiting(db)] == [reference]
        assert tickets.waiting(db, "00000") == []
        until = tickets.close(db, village.desk, "y0000001", officer, because="called her", now=village.now)
        assert tickets.waiting(db) == []
    assert until == date(2027, 2, 4)
    assert inbox(village, "ticket_answered") == [
        "ASXH: Phieu Y0000001 cua ba da giai quyet. Can bo se goi giai thich. Chua dong y, xin goi 18001234 mien phi"
        " truoc ngay 04/02."
    ]
    assert village.rows("SELECT state, closed_because, closed_by FROM complaint") == [("closed", "called her", officer.id)]
    with pytest.raises(NotAllowed, match="no open ticket Y0000001"), village.database.begin() as db:
        tickets.close(db, village.desk, reference, officer, because="again", now=village.now)


def test_a_ticket_of_someone_without_a_phone_is_closed_all_the_same(village: Village):
    ticket(village, village.person(phone=None))
    with village.database.begin() as db:
        tickets.close(db, village.desk, "Y0000001", village.officer("lan", Role.ENTERS), because="visited", now=village.now)
    assert village.rows("SELECT 1 FROM sms_message") == []
