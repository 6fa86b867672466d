"""What people read, word for word, and that it costs one part whatever it has to carry."""

import json
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sms.gsm import cost, is_gsm7
from sms.kinds import shortened
from sms.notices import (
    NOTICES,
    CashOutCode,
    CashOutFailed,
    CashOutReceipt,
    Lane,
    NewsWaiting,
    Notice,
    PaymentArrived,
    grouped,
)
from sms.wording import wording
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import MOST_IN_ONE_PAYMENT, PROGRAMMES, Cycle
from ussd_app.domain.people import Gender, Language, PayoutMethod

EVENING = datetime(2026, 12, 31, 17, 5)  # noqa: DTZ001 - already local, as the page shows it

ARRIVED = PaymentArrived(
    gender=Gender.FEMALE,
    given_name="Đào",
    amount=Dong(500_000),
    programme="social_pension",
    cycle=Cycle(2026, 12),
    method=PayoutMethod.MOBILE_MONEY,
    paid_on=date(2026, 12, 1),
)
CODE = CashOutCode(code="48219375", amount=Dong(500_000), point_name="Bưu điện xã Đồng Hỷ", expires_at=EVENING)
RECEIPT = CashOutReceipt(
    gender=Gender.MALE,
    given_name="Phúc",
    amount=Dong(500_000),
    point_name="Bưu điện xã Đồng Hỷ",
    paid_at=EVENING,
    balance=Dong(1_200_000),
    reference="R7K2M4",
)
FAILED = CashOutFailed(gender=Gender.MALE, amount=Dong(300_000), reference="R7K2M4", returned_at=EVENING)


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        (
            ARRIVED,
            "ASXH: 01/12 da chuyen 500.000d (huu tri xa hoi 12/2026) cho ba Dao vao Mobile Money."
            " Hoi 18001234 mien phi. Khong cho ai ma PIN, OTP.",
        ),
        (
            CODE,
            "ASXH: Ma rut tien 4821 9375, 500.000d, tai Buu dien xa Dong Hy, han 17:05 31/12."
            " Chi doc ma khi dung tai diem. Khong phai ong/ba rut: goi 18001234.",
        ),
        (
            RECEIPT,
            "ASXH: Ong Phuc da rut 500.000d tai Buu dien xa Dong Hy 17:05 31/12, phi 0d, con 1.200.000d."
            " Ma R7K2M4. Sai xin goi 18001234 mien phi.",
        ),
        (
            FAILED,
            "ASXH: Lenh rut 300.000d ma R7K2M4 khong thanh, tien da tra lai du cho ong luc 17:05 31/12."
            " Hoi 18001234 mien phi.",
        ),
        (NewsWaiting(), "ASXH: Co thong tin moi ve tro cap. Xin goi 18001234 mien phi."),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_people_read(notice: Notice, words: str):
    assert notice.text(Language.VIETNAMESE, "ASXH", "18001234") == words


def test_in_english():
    words = ARRIVED.text(Language.ENGLISH, "ASXH", "18001234")
    assert words.startswith("ASXH: On 01/12 500.000d (social pension 12/2026) was paid to Ms Dao: Mobile Money.")
    assert "went back to you at 17:05 31/12" in FAILED.text(Language.ENGLISH, "ASXH", "18001234")


def test_accents_come_to_those_who_chose_them_where_they_cost_no_second_part():
    neutral = NewsWaiting().text(Language.ACCENTED, "ASXH", "18001234")
    assert neutral == "ASXH: Có thông tin mới về trợ cấp. Xin gọi 18001234 miễn phí."
    assert ARRIVED.text(Language.ACCENTED, "ASXH", "18001234") == ARRIVED.text(Language.VIETNAMESE, "ASXH", "18001234")


def test_the_reviewed_wording_is_kept_to_the_letter():
    """Eighteen texts, read and corrected by people who speak to the old every day."""
    reviewed = json.loads(Path(__file__).with_name("reviewed_messages.json").read_text(encoding="utf-8"))
    texts = wording(Language.VIETNAMESE).texts
    assert {kind: texts[kind] for kind in reviewed} == reviewed
    assert len(reviewed) == 18


def test_permanent_names():
    """Rows name these for ever: a name here may be added, never changed."""
    assert {kind: (each.lane, each.secret) for kind, each in NOTICES.items()} == {
        "payment_arrived": (Lane.MONEY, False),
        "cash_out_code": (Lane.CODE, True),
        "cash_out_receipt": (Lane.MONEY, False),
        "cash_out_failed": (Lane.MONEY, False),
        "cash_out_later": (Lane.MONEY, False),
        "news_waiting": (Lane.MONEY, False),
    }
    assert sorted(Lane) == [Lane.CODE, Lane.MONEY, Lane.REMINDER, Lane.CAMPAIGN]


@pytest.mark.parametrize("name", ["Lớn", "Ngữ", "Maximiliana", "名"])
def test_a_name_that_would_hurt_or_not_fit_gives_way_to_the_form_of_address(name: str):
    words = replace(ARRIVED, given_name=name).text(Language.VIETNAMESE, "ASXH", "18001234")
    assert "cho ba vao Mobile Money" in words
    assert "paid to you: Mobile Money" in replace(ARRIVED, given_name=name).text(Language.ENGLISH, "ASXH", "18001234")


def test_the_code_stays_out_of_what_is_printed():
    assert "48219375" not in repr(CODE)


@pytest.mark.parametrize(
    ("code", "read_out"),
    [("48219375", "4821 9375"), ("482193", "482 193"), ("482193754821", "4821 9375 4821"), ("48219", "4821 9")],
)
def test_codes_are_printed_in_groups(code: str, read_out: str):
    assert grouped(code) == read_out


def test_the_name_of_a_point_is_cut_between_words():
    assert shortened("Bưu điện văn hóa xã Đồng Hỷ số 2") == "Bưu điện văn hóa xã Đồng Hỷ"
    assert shortened("Bưu điện văn hóa xã Đồng Hỷn số 2") == "Bưu điện văn hóa xã Đồng"
    assert shortened("X" * 40) == "X" * 27


def test_a_stray_sign_in_the_name_of_a_point_does_not_stop_a_code():
    assert "tai Diem 5," in replace(CODE, point_name="Điểm\u20e3 5").text(Language.VIETNAMESE, "ASXH", "18001234")


amounts = st.integers(0, MOST_IN_ONE_PAYMENT.amount).map(Dong)
balances = st.integers(0, 999_999_999).map(Dong)
letters = st.text(st.sampled_from("aăâđêôơưưừứửữựNGHIÊNG MWẾ😀漢"), max_size=60)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1))  # noqa: DTZ001 - local already
genders = st.sampled_from(Gender)
cycles = st.builds(Cycle, st.integers(2020, 2099), st.integers(1, 12))
references = st.from_regex(re.compile(r"[A-Z0-9]{4,8}"), fullmatch=True)
notices = st.one_of(
    st.builds(
        PaymentArrived,
        gender=genders,
        given_name=letters,
        amount=amounts,
        programme=st.sampled_from(sorted(PROGRAMMES)),
        cycle=cycles,
        method=st.sampled_from(PayoutMethod),
        paid_on=moments.map(datetime.date),
    ),
    st.builds(
        CashOutCode,
        gender=genders,
        code=st.from_regex(re.compile(r"[0-9]{4,8}"), fullmatch=True),
        amount=amounts,
        point_name=letters,
        expires_at=moments,
    ),
    st.builds(
        CashOutReceipt,
        gender=genders,
        given_name=letters,
        amount=amounts,
        point_name=letters,
        paid_at=moments,
        fee=st.integers(0, 99_999).map(Dong),
        balance=balances,
        reference=references,
    ),
    st.builds(CashOutFailed, gender=genders, amount=amounts, reference=references, returned_at=moments),
)


@settings(max_examples=500, deadline=None)
@given(
    notices,
    st.sampled_from(Language),
    st.sampled_from(["ASXH", "ThaiNguyenM"]),
    st.sampled_from(["18001234", "02083855688"]),
)
def test_every_notice_is_one_part_and_shows_its_money(notice: Notice, language: Language, brand: str, hotline: str):
    words = notice.text(language, brand, hotline)
    assert cost(words).parts == 1
    assert is_gsm7(words)
    assert words.startswith(f"{brand}: ")
    assert hotline in words
    assert notice.values(language)["tien"].removesuffix("đ") in words
    assert "  " not in words
    assert "{" not in words
