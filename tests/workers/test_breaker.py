"""When a carrier is left alone, for how long, and what brings it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ussd_app.domain.breaker import (
    FEWEST_ANSWERS,
    FIRST_REST,
    LONGEST_REST,
    WINDOW,
    Breaker,
    Health,
    heard,
    may_be_tried,
)

NOON = datetime(2027, 1, 25, 5, 0, tzinfo=UTC)
WELL = Health(Breaker.CLOSED, NOON)


@pytest.mark.parametrize(
    ("answers", "troubles", "then"),
    [
        (FEWEST_ANSWERS - 1, FEWEST_ANSWERS - 1, Breaker.CLOSED),
        (FEWEST_ANSWERS, FEWEST_ANSWERS // 2 - 1, Breaker.CLOSED),
        (FEWEST_ANSWERS, FEWEST_ANSWERS // 2, Breaker.OPEN),
        (1000, 50, Breaker.CLOSED),
    ],
)
def test_half_of_enough_answers_must_be_troubles(answers: int, troubles: int, then: Breaker) -> None:
    assert heard(WELL, answers, troubles, NOON).breaker is then


def test_troubles_of_an_earlier_window_are_forgotten() -> None:
    before = heard(WELL, FEWEST_ANSWERS - 1, FEWEST_ANSWERS - 1, NOON)
    assert heard(before, 1, 1, NOON + WINDOW + timedelta(seconds=1)).breaker is Breaker.CLOSED


def test_each_rest_is_longer_up_to_a_limit_and_one_good_answer_ends_them() -> None:
    health, rests = heard(WELL, 10, 10, NOON), list[timedelta]()
    for _ in range(12):
        assert health.look_at is not None
        rests.append(health.look_at - health.window_began)
        trying = Health(Breaker.HALF_OPEN, NOON, openings=health.openings)
        health = heard(trying, 1, 1, NOON)
    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST]
    assert rests[-1] == LONGEST_REST
    assert heard(Health(Breaker.HALF_OPEN, NOON, openings=9), 1, 0, NOON) == Health(Breaker.CLOSED, NOON)


def test_what_was_on_its_way_when_it_opened_changes_nothing() -> None:
    resting = heard(WELL, 10, 10, NOON)
    assert heard(resting, 100, 0, NOON) == resting
    assert not may_be_tried(resting, NOON)
    assert may_be_tried(resting, NOON + FIRST_REST)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 60)), max_size=30))
def test_whatever_is_heard_it_is_always_tried_again(story: list[tuple[int, int, int]]) -> None:
    health, now = WELL, NOON
    for answers, troubles, seconds in story:
        now += timedelta(seconds=seconds)
        health = heard(health, answers, min(answers, troubles), now)
    assert health.breaker is Breaker.CLOSED or may_be_tried(health, now + LONGEST_REST)
