"""A payment row: whole đồng for a known programme and a real month, or a reason in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ussd_app.domain.identity import NationalId
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import MOST_IN_ONE_PAYMENT, Cycle
from ussd_app.lists.errors import Reject
from ussd_app.lists.payments import PaymentRow, read_amount, read_payment
from ussd_app.lists.table import Row
from ussd_app.lists.twice import SeenBefore

GIFT = {"national_id": "019148000101", "programme": "tet_gift", "cycle": "2027-01", "amount": "400000"}


def read(**changes: str) -> PaymentRow | tuple[Reject, ...]:
    return read_payment(Row(7, GIFT | changes))


def test_a_right_row_is_a_payment() -> None:
    assert read() == PaymentRow(7, NationalId("019148000101"), None, "tet_gift", Cycle(2027, 1), Dong(400_000))


def test_a_person_without_an_identity_number_is_named_by_the_office_code() -> None:
    payment = read(national_id="", person_code="01864-000010")
    assert isinstance(payment, PaymentRow)
    assert (payment.national_id, payment.person_code) == (None, "01864-000010")


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("500000", 500_000), ("500.000", 500_000), ("1.500.000", 1_500_000), ("500000.00", 500_000), ("500000.0", 500_000),
        ("1", 1), ("99999999", 99_999_999), ("0500000", 500_000),
    ],
)  # fmt: skip
def test_whole_dong_however_a_spreadsheet_writes_them(written: str, amount: int) -> None:
    assert read_amount(written) == Dong(amount)


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("", "missing"), ("0", "nothing to pay"), ("-1", "less than nothing"),
        ("500000.5", "fraction"), ("500,5", "fraction"),
        ("5e5", "digits only"), ("500.00.000", "digits only"), ("5000.000", "digits only"), (".500", "digits only"),
        ("500.000đ", "digits only"), ("500 000", "digits only"), ("500,000", "digits only"), ("٥٠٠", "digits only"),
        ("100000000", "99.999.999đ"), ("9" * 5000, "99.999.999đ"), ("=1+1", "digits only"), ("NaN", "digits only"),
    ],
)  # fmt: skip
def test_what_is_not_whole_dong_is_refused_in_words(written: str, word: str) -> None:
    reason = read_amount(written)
    assert isinstance(reason, str)
    assert word in reason


@given(st.integers(1, MOST_IN_ONE_PAYMENT.amount))
def test_an_amount_printed_by_us_reads_the_same(amount: int) -> None:
    assert read_amount(str(Dong(amount)).removesuffix("đ")) == read_amount(str(amount)) == Dong(amount)


@given(st.text(max_size=20))
def test_any_text_is_an_amount_to_pay_or_a_reason(written: str) -> None:
    match read_amount(written):
        case Dong() as amount:
            assert Dong(0) < amount <= MOST_IN_ONE_PAYMENT
        case reason:
            assert reason


@pytest.mark.parametrize(
    ("changes", "column", "word"),
    [
        ({"programme": "qua_tet"}, "programme", "social_pension, social_assistance"),
        ({"cycle": "01/2027"}, "cycle", "YYYY-MM"),
        ({"cycle": "2027-13"}, "cycle", "YYYY-MM"),
        ({"cycle": ""}, "cycle", "YYYY-MM"),
        ({"amount": "500000.5"}, "amount", "fraction"),
        ({"national_id": ""}, "national_id", "no way to name"),
        ({"national_id": "19148000101"}, "national_id", "with 0 in front"),
    ],
)
def test_each_mistake_is_told_with_its_line_column_and_reason(changes: dict[str, str], column: str, word: str) -> None:
    rejects = read(**changes)
    assert isinstance(rejects, tuple)
    assert [(each.line, each.column) for each in rejects] == [(7, column)]
    assert word in rejects[0].reason


def test_a_month_that_became_a_date_is_a_month_again() -> None:
    payment = read(cycle="2027-01-01", programme="Tet_Gift")
    assert isinstance(payment, PaymentRow)
    assert (payment.cycle, payment.programme) == (Cycle(2027, 1), "tet_gift")


def test_a_tiny_amount_is_doubted() -> None:
    payment = read(amount="500")
    assert isinstance(payment, PaymentRow)
    assert payment.doubts == ("only 500đ: did a spreadsheet take the dots of thousands for decimals?",)


def test_the_same_payment_twice_in_a_list_is_told_and_another_month_is_not() -> None:
    seen = SeenBefore()
    first, other = read(), read(cycle="2027-02")
    assert isinstance(first, PaymentRow)
    assert isinstance(other, PaymentRow)
    assert seen.payment(first) == ()
    assert seen.payment(other) == ()
    assert [each.reason for each in seen.payment(first)] == ["this payment stands on line 7 already"]
