"""Every message there is: its category, and that it costs one part for everyone who may get it."""

from dataclasses import fields
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sms.every import EVERY_NOTICE, NoSuchNotice, facts_needed, notice_for
from sms.gsm import cost, is_gsm7
from sms.kinds import Category, Lane
from sms.notices import CashOutCode
from sms.payment_notices import HandOutDay, PaymentReturned, ReceiptAskedByDialling
from sms.replies import Said
from sms.wording import wording
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import MOST_IN_ONE_PAYMENT, PROGRAMMES, Cycle
from ussd_app.domain.people import Gender, Language, PayoutMethod

DAY, HOUR = date(2026, 12, 31), datetime(2026, 12, 31, 23, 59)  # noqa: DTZ001 - already local, as the page shows it

GREATEST: dict[str, Any] = {
    "given_name": "Nghiêng",
    "amount": MOST_IN_ONE_PAYMENT,
    "balance": Dong(999_999_999),
    "fee": Dong(99_999),
    "cycle": Cycle(2026, 12),
    "programme": max(PROGRAMMES, key=lambda code: len(PROGRAMMES[code].vi)),
    "method": PayoutMethod.BANK,
    "paid_on": DAY,
    "expected_on": DAY,
    "on_day": DAY,
    "from_day": DAY,
    "object_before": DAY,
    "at": HOUR,
    "paid_at": HOUR,
    "returned_at": HOUR,
    "expires_at": HOUR,
    "changed_at": HOUR,
    "used_at": HOUR,
    "cut_at": HOUR,
    "code": "48219375",
    "pin": "482193",
    "minutes": 999,
    "phone_ending": "101",
    "reference": "R1234567",
    "due": "31/12",
    "point_name": "Bưu điện văn hóa xã Đồng Hỷ",
    "place": "Nhà văn hóa xã Nghinh Tường",
    "commune_name": "Phường Phan Đình Phùng",
    "reason": "account_closed",
    "said": Said.WRONG_AMOUNT,
    "ussd_code": "*88999#",
    "ring_if_received": "02083855688",
    "ring_if_not": "02083855689",
}

SENT_BEFORE_THIS_RELEASE = {
    "payment_arrived": Category.MONEY,
    "cash_out_code": Category.CODE,
    "cash_out_receipt": Category.MONEY,
    "cash_out_failed": Category.MONEY,
    "news_waiting": Category.MONEY,
    "pin_reset": Category.CODE,
    "session_cut": Category.SERVICE,
    "receipt_asked_by_reply": Category.REMINDER,
    "receipt_asked_by_dialling": Category.REMINDER,
    "receipt_asked_by_ringing": Category.REMINDER,
    "payment_late": Category.SERVICE,
    "payment_returned": Category.MONEY,
    "payout_changed": Category.SERVICE,
    "ticket_answered": Category.SERVICE,
    "tet_gift": Category.CAMPAIGN,
    "hand_out_day": Category.REMINDER,
    "sim_at_risk": Category.SERVICE,
    "point_moved": Category.SERVICE,
    "welcome": Category.SERVICE,
}


def test_what_each_is_for():
    """A name and its category may be added, never changed: rows in a database say them."""
    assert {kind: EVERY_NOTICE[kind].category for kind in SENT_BEFORE_THIS_RELEASE} == SENT_BEFORE_THIS_RELEASE
    assert all(kind == each.kind for kind, each in EVERY_NOTICE.items())


def test_the_category_decides_lane_opt_out_and_night():
    assert {each.lane for each in EVERY_NOTICE.values() if each.category is Category.CODE} == {Lane.CODE}
    assert all(each.lane is each.category.lane for each in EVERY_NOTICE.values())
    assert [each for each in Category if each.can_be_stopped] == [Category.REMINDER, Category.CAMPAIGN]
    assert [each for each in Category if each.rests_at_night] == [Category.REMINDER, Category.CAMPAIGN]


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", EVERY_NOTICE)
def test_one_part_with_the_longest_of_everything(kind: str, language: Language, shared: bool):
    for gender in Gender:
        notice = notice_for(kind, GREATEST | {"gender": gender, "shared": shared})
        for brand, hotline in (("ASXH", "18001234"), ("ThaiNguyenM", "02083855688")):
            words = notice.text(language, brand, hotline)
            assert cost(words).parts == 1
            assert is_gsm7(words) or language is Language.ACCENTED
            assert words.startswith(f"{brand}: ")
            assert "{" not in words
            assert "  " not in words
        assert not shared or not _speaks_to_someone(kind) or "Nghi" in notice.text(language, "ASXH", "18001234")


def _speaks_to_someone(kind: str) -> bool:
    return "{xh}" in wording(Language.VIETNAMESE).texts[kind].lower()


@given(
    kind=st.sampled_from(sorted(EVERY_NOTICE)),
    language=st.sampled_from(Language),
    shared=st.booleans(),
    gender=st.sampled_from(Gender),
    words=st.text(st.sampled_from("aăâđêôơưưừứửữựNGHIÊNG MWẾ😀漢#["), max_size=60),
    amount=st.integers(0, MOST_IN_ONE_PAYMENT.amount),
)
@settings(max_examples=400, deadline=None)
def test_one_part_whatever_is_written_in_it(
    kind: str, language: Language, shared: bool, gender: Gender, words: str, amount: int
):
    told = {"given_name": words, "point_name": words, "place": words, "commune_name": words, "amount": Dong(amount)}
    notice = notice_for(kind, GREATEST | told | {"shared": shared, "gender": gender})
    said = notice.text(language, "ThaiNguyenM", "02083855688")
    assert cost(said).parts == 1
    assert "amount" not in {each.name for each in fields(notice)} or str(Dong(amount)).removesuffix("đ") in said


def test_on_a_shared_phone_a_message_says_whose_it_is():
    code = CashOutCode(
        gender=Gender.FEMALE,
        given_name="Đào",
        shared=True,
        code="48219375",
        amount=Dong(500_000),
        point_name="Bưu điện xã Đồng Hỷ",
        expires_at=HOUR,
    )
    assert "Khong phai ba Dao rut: goi 18001234." in code.text(Language.VIETNAMESE, "ASXH", "18001234")
    assert "Not Ms Dao? Call" in code.text(Language.ENGLISH, "ASXH", "18001234")


def test_a_return_names_its_reason_and_says_that_the_money_is_kept():
    told = PaymentReturned(gender=Gender.MALE, cycle=Cycle(2026, 12), reason="account_closed", commune_name="xã Đồng Hỷ")
    assert told.text(Language.VIETNAMESE, "ASXH", "18001234") == (
        "ASXH: Tien ky 12/2026 bi tra lai vi tai khoan da dong. Tien van giu cho ong. Xin mang can cuoc den xa Dong Hy"
        " hoac goi 18001234 mien phi."
    )
    unheard = PaymentReturned(cycle=Cycle(2026, 12), reason="E4711", commune_name="xã Đồng Hỷ")
    assert "vi noi nhan bao loi" in unheard.text(Language.VIETNAMESE, "ASXH", "18001234")


def test_the_question_and_the_day():
    asked = ReceiptAskedByDialling(
        gender=Gender.FEMALE, given_name="Đào", amount=Dong(500_000), cycle=Cycle(2026, 12), ussd_code="*8899#"
    )
    assert asked.text(Language.VIETNAMESE, "ASXH", "18001234").startswith(
        "ASXH: Ba Dao da nhan du 500.000d ky 12/2026 chua?"
    )
    day = HandOutDay(
        cycle=Cycle(2026, 12), amount=Dong(500_000), commune_name="xã Đồng Hỷ", on_day=DAY, place="Nhà văn hóa xóm 3"
    )
    assert "do xa Dong Hy nhan ho, phat ngay 31/12 tai Nha van hoa xom 3." in day.text(
        Language.VIETNAMESE, "ASXH", "18001234"
    )


def test_facts_beyond_what_is_needed_do_no_harm_and_missing_ones_are_named():
    assert notice_for("sim_at_risk", GREATEST).kind == "sim_at_risk"
    assert facts_needed("payment_late") == {"cycle", "expected_on"}
    with pytest.raises(NoSuchNotice, match="'payment_late' needs expected_on"):
        notice_for("payment_late", {"cycle": Cycle(2026, 12)})
    with pytest.raises(NoSuchNotice, match="no message called 'payment_early'"):
        notice_for("payment_early", {})
