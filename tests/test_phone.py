"""Phone numbers in every notation a list may hold, the eleven-digit ones from before 2018 among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ussd_app.domain.phone import Phone, read_phone

# The table of the conversion of 15 September 2018, by operator, as it was announced.
CONVERTED = {
    "Viettel": "0162→032 0163→033 0164→034 0165→035 0166→036 0167→037 0168→038 0169→039",
    "MobiFone": "0120→070 0121→079 0122→077 0126→076 0128→078",
    "VinaPhone": "0123→083 0124→084 0125→085 0127→081 0129→082",
    "Vietnamobile": "0186→056 0188→058",
    "Gmobile": "0199→059",
}
_TODAY = "0322 0392 0522 0559 0562 0592 0702 0792 0812 0852 0862 0872 0882 0896 0902 0912 0922 0932 0942 0962 0993"
PREFIXES = [tuple(pair.split("→")) for pairs in CONVERTED.values() for pair in pairs.split()]


def test_there_were_21_old_prefixes() -> None:
    assert len(PREFIXES) == 21


@pytest.mark.parametrize(("old", "new"), PREFIXES)
def test_an_eleven_digit_number_is_rewritten_and_says_so(old: str, new: str) -> None:
    for written in (f"{old}1234567", f"+84{old[1:]}1234567", f"84{old[1:]}1234567", f"{old[1:]}1234567"):
        read = read_phone(written)
        assert read is not None
        assert (read.phone.e164, read.converted) == (f"+84{new[1:]}1234567", True)


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "(091) 234-5678",
        "091/2345678",
        "  0912345678  ",
        "+84912345678",
        "84912345678",
        "+84 91 234 56 78",
        "912345678",  # a spreadsheet ate the zero
        "0912\u00a0345\u00a0678",  # no-break spaces, from a web page
    ],
)
def test_one_number_in_many_notations(written: str) -> None:
    read = read_phone(written)
    assert read is not None
    assert read.phone == Phone("+84912345678")
    assert not read.converted


@pytest.mark.parametrize("prefix", _TODAY.split())
def test_todays_prefixes_are_left_alone(prefix: str) -> None:
    read = read_phone(f"{prefix}345678")
    assert read is not None
    assert (read.phone.e164, read.converted) == (f"+84{prefix[1:]}345678", False)


def test_a_fixed_line_and_a_foreign_number_are_numbers_too() -> None:
    landline, abroad = read_phone("0208 3855 123"), read_phone("+66 81 234 5678")
    assert landline is not None
    assert landline.phone.e164 == "+842083855123"
    assert abroad is not None
    assert abroad.phone.e164 == "+66812345678"


@pytest.mark.parametrize(
    "written",
    ["", "không có", "0912 34 56", "09123456789", "01301234567", "0111111111", "++84912345678", "0912345678 / 0987654321",
     "9.12345678E8", "0912345678x", "１２３", "+"],
)  # fmt: skip
def test_what_is_no_number_is_none(written: str) -> None:
    assert read_phone(written) is None


@given(st.text(max_size=25))
def test_any_text_is_a_number_or_none(written: str) -> None:
    read = read_phone(written)
    assert read is None or read.phone.e164.startswith("+")


@given(st.sampled_from(PREFIXES), st.integers(0, 9_999_999))
def test_reading_what_was_read_changes_nothing(prefix: tuple[str, str], rest: int) -> None:
    first = read_phone(f"{prefix[0]}{rest:07d}")
    assert first is not None
    again = read_phone(first.phone.e164)
    assert again is not None
    assert (again.phone, again.converted) == (first.phone, False)


def test_a_masked_number_shows_the_country_and_three_digits() -> None:
    assert Phone("+84912345678").masked() == "+84•••678"
