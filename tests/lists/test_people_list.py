"""A row of the people list, however an office wrote it down, or everything that is wrong with it at once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ussd_app.domain.people import BirthDate, Gender, Language, PayoutMethod, Precision
from ussd_app.domain.phone import Phone
from ussd_app.lists.communes import todays_communes
from ussd_app.lists.errors import Reject, shown
from ussd_app.lists.people import PEOPLE, PersonRow, read_person
from ussd_app.lists.table import Row

COMMUNES = {each.code for each in todays_communes()}
TODAY = date(2026, 11, 23)
PHUONG = {
    "national_id": "019148000101",
    "full_name": "Nguyễn Thị Phương",
    "birth_date": "1948-03-12",
    "gender": "F",
    "commune_code": "05443",
    "phone": "0912000101",
    "payout_method": "mobile_money",
    "payout_account": "",
    "language": "vi",
}


def read(**changes: str) -> PersonRow | tuple[Reject, ...]:
    return read_person(Row(7, PHUONG | changes), COMMUNES, TODAY)


def accepted(**changes: str) -> PersonRow:
    row = read(**changes)
    assert isinstance(row, PersonRow), row
    return row


def test_there_are_92_communes_of_which_15_are_wards() -> None:
    assert len(COMMUNES) == 92
    assert sum(each.is_ward for each in todays_communes()) == 15


def test_a_right_row_is_a_person_without_doubts() -> None:
    person = accepted()
    assert person.national_id is not None
    assert person.national_id.masked() == "•••••••••101"
    assert (person.line, person.person_code, person.full_name) == (7, None, "Nguyễn Thị Phương")
    assert person.birth == BirthDate(date(1948, 3, 12), Precision.DAY)
    assert (person.gender, person.commune_code) == (Gender.FEMALE, "05443")
    assert (person.phone, person.phone_converted) == (Phone("+84912000101"), False)
    assert (person.payout_method, person.payout_account) == (PayoutMethod.MOBILE_MONEY, "")
    assert (person.language, person.doubts) == (Language.VIETNAMESE, ())


def test_what_may_be_left_empty() -> None:
    person = accepted(national_id="", person_code="TN-7", birth_date="", gender="", phone="", payout_method="", language="")
    assert (person.national_id, person.person_code, person.birth, person.phone) == (None, "TN-7", None, None)
    assert (person.gender, person.payout_method, person.language) == (Gender.UNKNOWN, PayoutMethod.CASH, "vi")
    assert person.doubts == ("no birth date: the first PIN asks for the year of birth",)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("  nguyễn   thị  phương ", "nguyễn thị phương"),
        ("Nguye\u0302\u0303n Thi\u0323 Phương", "Nguyễn Thị Phương"),  # accents as signs of their own
        ("H'Hen Niê", "H'Hen Niê"),
        ("Giàng A Páo", "Giàng A Páo"),
    ],
)
def test_names_are_composed_and_single_spaced(written: str, read_as: str) -> None:
    assert accepted(full_name=written).full_name == read_as


@pytest.mark.parametrize(
    ("written", "birth"),
    [
        ("1948-03-12", BirthDate(date(1948, 3, 12), Precision.DAY)),
        ("1948-03", BirthDate(date(1948, 3, 1), Precision.MONTH)),
        ("1948", BirthDate(date(1948, 1, 1), Precision.YEAR)),
        ("2026-11-23", BirthDate(TODAY, Precision.DAY)),
        ("1906", BirthDate(date(1906, 1, 1), Precision.YEAR)),
    ],
)
def test_a_birth_date_is_as_precise_as_it_is_known(written: str, birth: BirthDate) -> None:
    assert accepted(birth_date=written).birth == birth


@pytest.mark.parametrize(
    ("changes", "column", "word"),
    [
        ({"full_name": ""}, "full_name", "has a name"),
        ({"full_name": "=cmd|' /C calc'!A0"}, "full_name", "formula"),
        ({"full_name": "@SUM(A1)"}, "full_name", "formula"),
        ({"full_name": "Nguyễn Văn 5"}, "full_name", "letters"),
        ({"full_name": "Lê " * 40}, "full_name", "80 characters"),
        ({"national_id": ""}, "national_id", "no way to name this person again"),
        ({"national_id": "19148000101"}, "national_id", "with 0 in front"),
        ({"person_code": "mã số 7"}, "person_code", "without spaces"),
        ({"person_code": "x" * 41}, "person_code", "40 characters"),
        ({"birth_date": "1948-02-30"}, "birth_date", "no such day"),
        ({"birth_date": "1948-13"}, "birth_date", "no such day"),
        ({"birth_date": "0000"}, "birth_date", "no such day"),
        ({"birth_date": "12/03/1948"}, "birth_date", "YYYY-MM-DD"),
        ({"birth_date": "17604"}, "birth_date", "YYYY-MM-DD"),
        ({"birth_date": "2026-11-24"}, "birth_date", "still to come"),
        ({"birth_date": "1905-12-31"}, "birth_date", "120 years"),
        ({"gender": "Nữ"}, "gender", "M, F or nothing"),
        ({"commune_code": "99999"}, "commune_code", "no commune 99999"),
        ({"commune_code": "443"}, "commune_code", "no commune 443"),
        ({"commune_code": ""}, "commune_code", "missing"),
        ({"phone": "0912 34 56"}, "phone", "no telephone number"),
        ({"payout_method": "post"}, "payout_method", "mobile_money, bank, wallet, focal, cash"),
        ({"payout_method": "bank"}, "payout_account", "paid by bank"),
        ({"payout_method": "wallet"}, "payout_account", "paid by wallet"),
        ({"payout_method": "bank", "payout_account": "1.1E+12"}, "payout_account", "rounded"),
        ({"payout_account": "=1+1"}, "payout_account", "formula"),
        ({"language": "tày"}, "language", "vi, vi-accented, en"),
    ],
)
def test_each_mistake_is_told_with_its_line_column_and_reason(changes: dict[str, str], column: str, word: str) -> None:
    rejects = read(**changes)
    assert isinstance(rejects, tuple)
    assert [(each.line, each.column) for each in rejects] == [(7, column)]
    assert word in rejects[0].reason


def test_everything_wrong_with_a_row_is_told_at_once() -> None:
    rejects = read(full_name="", phone="x", commune_code="1", birth_date="?", gender="?")
    assert isinstance(rejects, tuple)
    assert {each.column for each in rejects} == {"full_name", "phone", "commune_code", "birth_date", "gender"}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"gender": "M"}, "another gender"),
        ({"birth_date": "1958"}, "another year of birth"),
        ({"phone": "01667123456"}, "before 2018"),
        ({"phone": "0208 3855 123"}, "not a Vietnamese mobile"),
        ({"phone": ""}, "without a phone"),
    ],
)
def test_a_doubt_lets_the_row_in(changes: dict[str, str], word: str) -> None:
    (doubt,) = accepted(**changes).doubts
    assert word in doubt


def test_an_account_stored_as_a_number_may_have_lost_zeros() -> None:
    row = Row(7, PHUONG | {"payout_method": "bank", "payout_account": "11000000105"}, (), frozenset({"payout_account"}))
    person = read_person(row, COMMUNES, TODAY)
    assert isinstance(person, PersonRow)
    assert person.doubts == ("the account was stored as a number: zeros in front may be lost",)


def test_an_old_phone_is_converted_and_flagged() -> None:
    person = accepted(phone="0166.712.3456")
    assert (person.phone, person.phone_converted) == (Phone("+84367123456"), True)


def test_a_commune_gets_its_zero_back_and_small_letters_do_no_harm() -> None:
    person = accepted(commune_code="5443", gender="f", payout_method="Cash", language="VI")
    assert (person.commune_code, person.gender, person.payout_method) == ("05443", "F", "cash")


def test_no_report_shows_a_whole_identity_number() -> None:
    assert shown("national_id", "19148000101") == "••••••••101"
    assert shown("national_id", "0191 4800 010A") == "•••• •••• 010A"
    assert shown("full_name", "019148000101") == "•••••••••101"  # columns do get mixed up
    assert shown("birth_date", "1950-02-30") == "1950-02-30"
    assert "019148" not in repr(accepted())


@given(st.fixed_dictionaries({each: st.text(max_size=20) for each in PEOPLE.known}))
def test_any_row_is_a_person_or_is_refused_with_reasons(values: dict[str, str]) -> None:
    match read_person(Row(2, values), COMMUNES, TODAY):
        case PersonRow() as person:
            assert person.commune_code in COMMUNES
        case rejects:
            assert rejects
            assert all(each.reason for each in rejects)
