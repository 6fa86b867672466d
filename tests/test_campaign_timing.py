"""When the people of a campaign are told: by commune, by pay point, awake, and with an end that can be foreseen."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ussd_app.domain.campaigns import Pace, Stop, awake_after, forecast, timetable
from ussd_app.domain.sending_hours import next_awake, next_morning, quiet

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE = timedelta(minutes=1)
AT_ONCE = Pace(timedelta(0), None)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 1, day, hour, minute, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("moment", "awake"),
    [
        (at(4, 6, 59), at(4, 7)),
        (at(4, 7), at(4, 7)),
        (at(4, 19, 59), at(4, 19, 59)),
        (at(4, 20), at(5, 7)),
        (at(4, 23, 30), at(5, 7)),
        (at(5, 0), at(5, 7)),
    ],
)
def test_nobody_is_woken(moment: datetime, awake: datetime):
    assert next_awake(moment) == awake
    assert quiet(moment) is (moment != awake)


def test_the_clock_stands_still_at_night():
    assert awake_after(at(4, 19, 50), timedelta(minutes=25)) == at(5, 7, 15)
    assert awake_after(at(4, 12), timedelta(hours=8 + 13 + 1)) == at(6, 8)
    assert next_morning(at(4, 7, 30)) == at(5, 7)


def test_communes_begin_one_after_another_and_many_points_serve_many_people():
    stops = [Stop(1, people=4, points=2), Stop(2, people=3, points=1), Stop(3, people=1, points=0)]
    pace = Pace(between_communes=timedelta(minutes=30), an_hour_at_a_point=60)
    assert list(timetable(stops, at(4, 8), pace)) == [
        (1, at(4, 8)),
        (1, at(4, 8) + MINUTE / 2),
        (1, at(4, 8, 1)),
        (1, at(4, 8, 1) + MINUTE / 2),
        (2, at(4, 8, 30)),
        (2, at(4, 8, 31)),
        (2, at(4, 8, 32)),
        (3, at(4, 9)),
    ]


def test_without_a_pace_everyone_may_be_told_at_once():
    assert {moment for _, moment in timetable([Stop(1, 5, 2), Stop(2, 5, 2)], at(4, 9), AT_ONCE)} == {at(4, 9)}


@given(
    minute=st.integers(0, 60 * 24 * 60),
    people=st.lists(st.integers(0, 200), max_size=5),
    pace=st.builds(Pace, st.timedeltas(timedelta(0), timedelta(hours=9)), st.integers(1, 100) | st.none()),
)
def test_whatever_the_pace_everyone_has_a_turn_by_day(minute: int, people: list[int], pace: Pace):
    stops = [Stop(commune, count, commune % 3) for commune, count in enumerate(people)]
    turns = list(timetable(stops, at(1, 0) + minute * MINUTE, pace))
    assert len(turns) == sum(people)
    assert not any(quiet(moment) for _, moment in turns)
    for commune, _ in enumerate(people):
        moments = [moment for at_commune, moment in turns if at_commune == commune]
        assert moments == sorted(moments)


def test_a_forecast_says_when_and_who_must_wait_until_tomorrow():
    seen = forecast({at(4, 16): 6_000}, at(4, 16), a_minute=600)
    assert seen.words(at(4, 16)) == "finishes 16:10"
    late = forecast({at(4, 19, 50): 9_200}, at(4, 19, 50), a_minute=600)
    assert late.words(at(4, 19, 50)) == "finishes 05/01 07:05; 3,200 roll over to tomorrow"
    assert forecast({}, at(4, 16), a_minute=600).words(at(4, 16)) == "nothing left to send"


@given(
    st.lists(st.tuples(st.integers(0, 3 * 24 * 60), st.integers(1, 5_000)), min_size=1, max_size=8), st.integers(1, 9_000)
)
def test_whoever_is_not_told_today_is_told_on_a_later_day(due: list[tuple[int, int]], a_minute: int):
    now = at(4, 7)
    planned = {next_awake(now + each * MINUTE): count for each, count in due}
    seen = forecast(planned, now, a_minute)
    assert seen.finishes_at is not None
    assert not quiet(seen.finishes_at - timedelta(microseconds=1))
    assert seen.finishes_at >= max(planned)
    surely_later = sum(count for moment, count in planned.items() if moment.date() > now.date())
    assert surely_later <= sum(seen.on_later_days.values()) <= sum(planned.values())
