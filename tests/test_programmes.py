"""What a programme pays in which month, and what is odd about an amount on a list."""

from __future__ import annotations

from ussd_app.domain.money import Dong
from ussd_app.domain.payments import PROGRAMMES, Cycle
from ussd_app.domain.programmes import DECREED, DatedAmount, dated_amounts, expected_amounts, odd_amount

DECREE = DatedAmount("social_pension", Cycle(2027, 3), Dong(600_000), "Decree 1/2027")


def test_an_amount_counts_from_its_month_until_the_next_one() -> None:
    amounts = (*DECREED, DECREE)
    assert expected_amounts("social_pension", Cycle(2025, 6), amounts) == ()
    assert expected_amounts("social_pension", Cycle(2027, 2), amounts) == (Dong(500_000),)
    assert expected_amounts("social_pension", Cycle(2027, 3), amounts) == (Dong(600_000),)


def test_the_standard_of_2024_is_multiplied_by_each_coefficient() -> None:
    expected = expected_amounts("social_assistance", Cycle(2026, 11))
    assert [each.amount for each in expected] == [500_000, 750_000, 1_000_000, 1_250_000, 1_500_000]
    assert expected_amounts("social_assistance", Cycle(2024, 6))[0] == Dong(360_000)


def test_a_gift_of_one_year_says_nothing_of_the_next() -> None:
    assert expected_amounts("tet_gift", Cycle(2026, 2)) == (Dong(400_000),)
    assert expected_amounts("tet_gift", Cycle(2027, 1)) == ()


def test_an_officers_amount_for_the_same_month_stands_before_the_decreed_one() -> None:
    own = DatedAmount("social_pension", Cycle(2025, 7), Dong(550_000), "Resolution 7 of the province")
    assert [each.amount for each in dated_amounts("social_pension", Cycle(2026, 1), (*DECREED, own))] == [Dong(550_000)]


def test_what_is_as_expected_is_not_odd_and_what_is_not_is_said_in_words() -> None:
    pension, cycle = "social_pension", Cycle(2026, 11)
    assert odd_amount(pension, cycle, Dong(500_000)) is None
    assert odd_amount(pension, cycle, Dong(1_000_000)) == "1.000.000đ is 2 times 500.000đ: is it for 2 months?"
    assert odd_amount(pension, cycle, Dong(510_000)) == "510.000đ is not what social_pension pays for 2026-11: 500.000đ"
    assert odd_amount("social_assistance", cycle, Dong(510_000)) == (
        "510.000đ is none of the 5 amounts of social_assistance for 2026-11"
    )


def test_where_no_amount_is_known_or_only_a_standard_nothing_is_odd() -> None:
    assert odd_amount("poor_household", Cycle(2026, 11), Dong(1)) is None
    assert odd_amount("merit", Cycle(2026, 11), Dong(10_704_000)) is None


def test_every_dated_amount_belongs_to_a_programme_and_names_its_source() -> None:
    assert all(each.programme in PROGRAMMES and each.source for each in DECREED)
