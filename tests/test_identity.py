"""Identity numbers: read strictly, doubted kindly, shown never."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ussd_app.domain.identity import PROVINCES, NationalId, NotAnId, doubts_about, read_national_id
from ussd_app.domain.people import BirthDate, Gender, Precision

BORN_1948 = BirthDate(date(1948, 3, 12), Precision.DAY)


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("019148000101", "019148000101"),
        (" 019 148 000 101 ", "019148000101"),
        ("019.148.000.101", "019148000101"),
        ("090123456", "090123456"),
    ],
)
def test_a_number_is_read_however_it_is_grouped(written: str, digits: str) -> None:
    assert read_national_id(written) == NationalId(digits)


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("19148000101", "with 0 in front"),  # a spreadsheet ate the zero of 019
        ("1148000101", "with 00 in front"),  # … and both of 001
        ("90123456", "with a 0 in front"),  # … and that of an old number
        ("97148000101", "11 digits; it must have 12"),  # no zero makes this a province
        ("1.9148E+10", "rounded"),
        ("019148", "6 digits"),
        ("0191480001011", "13 digits"),
        ("01914800010A", "digits only"),
        ("٠١٩١٤٨٠٠٠١٠١", "digits only"),
        ("", "digits only"),
        ("000000000000", "filler"),
        ("111111111", "filler"),
    ],
)
def test_what_is_no_number_is_refused_in_words(written: str, word: str) -> None:
    read = read_national_id(written)
    assert isinstance(read, NotAnId)
    assert word in read.reason


@given(st.from_regex(r"[0-9]{12}|[0-9]{9}", fullmatch=True))
def test_printing_a_number_shows_nothing_and_masking_shows_three_digits(digits: str) -> None:
    number = NationalId(digits)
    assert f"{number} {number!r} {[number]}".count(digits[-4:]) == 0
    assert number.masked().strip("•") == digits[-3:]
    assert len(number.masked()) == len(digits)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_and_a_refusal_never_repeats_it(written: str) -> None:
    match read_national_id(written):
        case NotAnId(reason):
            assert len(written) < 4 or written not in reason
        case number:
            assert len(number.digits) in (9, 12)


def test_a_number_cannot_be_made_of_anything_else() -> None:
    with pytest.raises(ValueError, match="12 digits"):
        NationalId("12345")


def test_there_were_63_provinces() -> None:
    assert len(PROVINCES) == 63
    assert {"001", "006", "019", "096"} <= PROVINCES


@pytest.mark.parametrize(
    ("digits", "gender", "birth", "doubts"),
    [
        ("019148000101", Gender.FEMALE, BORN_1948, ()),
        ("019148000101", Gender.UNKNOWN, None, ()),
        ("019148000101", Gender.MALE, BORN_1948, ("the identity number says another gender",)),
        ("019158000101", Gender.FEMALE, BORN_1948, ("the identity number says another year of birth",)),
        ("019348000101", Gender.FEMALE, BORN_1948, ("the identity number says another year of birth",)),
        (
            "101148000101",
            Gender.FEMALE,
            BORN_1948,
            ("the identity number begins with 101, which is no province of Viet Nam",),
        ),
        ("090123456", Gender.MALE, BORN_1948, ()),  # an old number says nothing of its owner
    ],
)
def test_a_number_that_contradicts_its_row_is_doubted_never_refused(
    digits: str, gender: Gender, birth: BirthDate | None, doubts: tuple[str, ...]
) -> None:
    assert doubts_about(NationalId(digits), gender, birth) == doubts


def test_the_fourth_digit_tells_the_century() -> None:
    child = BirthDate(date(2010, 1, 1), Precision.YEAR)
    assert doubts_about(NationalId("019210000101"), Gender.MALE, child) == ()
    assert doubts_about(NationalId("019310000101"), Gender.FEMALE, child) == ()
