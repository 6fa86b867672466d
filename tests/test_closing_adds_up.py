"""Whatever a statement says and whatever our books say, the named differences of each day add up to the đồng."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ussd_app.domain.closing import Bucket, Line, Movement, compare, money_out, whole
from ussd_app.domain.money import Dong
from ussd_app.domain.statements import LineKind

DAYS = [date(2027, 1, 24) + timedelta(days=each) for each in range(3)]
AMOUNTS = [Dong(each) for each in (1, 500_000, 505_000)]

lines = st.lists(
    st.builds(
        Line,
        id=st.integers(1, 10**6),
        key=st.sampled_from("ab"),
        kind=st.sampled_from(LineKind),
        amount=st.sampled_from(AMOUNTS),
        day=st.sampled_from(DAYS),
        name=st.just("L1"),
        mixed=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)
movements = st.lists(
    st.builds(
        Movement,
        id=st.uuids().map(str),
        key=st.sampled_from("ab"),
        kind=st.sampled_from(LineKind),
        amount=st.sampled_from(AMOUNTS),
        day=st.sampled_from(DAYS),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)


@given(lines, movements)
def test_each_day_adds_up(told: list[Line], ours: list[Movement]) -> None:
    items = compare(told, ours)
    for day in DAYS:
        statement = sum(money_out(each) for each in told if each.day == day)
        books = sum(money_out(each) for each in ours if each.day == day)
        assert whole(items, day) == statement - books


@given(lines, movements, st.randoms())
def test_the_order_of_reading_does_not_matter(told: list[Line], ours: list[Movement], shuffled: st.DataObject) -> None:
    before = compare(told, ours)
    again, books = list(told), list(ours)
    shuffled.shuffle(again)  # type: ignore[attr-defined]
    shuffled.shuffle(books)  # type: ignore[attr-defined]
    assert sorted(compare(again, books), key=lambda each: (each.id, each.day)) == sorted(
        before, key=lambda each: (each.id, each.day)
    )


@given(lines, movements)
def test_each_item_has_a_name_of_its_own(told: list[Line], ours: list[Movement]) -> None:
    names = [(each.id, each.day) for each in compare(told, ours)]
    assert len(names) == len(set(names))


@given(movements)
def test_a_statement_that_says_the_same_closes_to_nothing(ours: list[Movement]) -> None:
    told = [Line(at, each.key, each.kind, each.amount, each.day, f"L{at}") for at, each in enumerate(ours)]
    assert compare(told, ours) == ()


@given(lines)
def test_money_that_only_the_statement_knows_is_never_called_known(told: list[Line]) -> None:
    assert {each.bucket for each in compare(told, [])} <= {Bucket.ONLY_IN_STATEMENT}
