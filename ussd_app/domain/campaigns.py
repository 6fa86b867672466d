"""How a campaign spreads over communes, pay points and days, and when it will be through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ussd_app.domain.sending_hours import evening, next_awake


class CampaignState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    """Going out, from its first moment on."""
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class LeftOut(StrEnum):
    """Why a person of the audience gets no message."""

    NO_PHONE = "no_phone"
    UNPROVEN = "unproven"
    OPTED_OUT = "opted_out"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast people are called, so that the cash and the patience at the points last."""

    between_communes: timedelta
    an_hour_at_a_point: int | None
    """People told in an hour for each open point of their commune; None: no slower than the lane."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One commune on a campaign's way, in the order in which they begin."""

    commune_id: int
    people: int
    points: int


def timetable(stops: Sequence[Stop], starts_at: datetime, pace: Pace) -> Iterator[tuple[int, datetime]]:
    """For each person of each commune the earliest local moment, never in the quiet hours; communes in their order."""
    for turn, stop in enumerate(stops):
        moment = awake_after(starts_at, turn * pace.between_communes)
        gap = timedelta(0)
        if pace.an_hour_at_a_point:
            gap = timedelta(hours=1) / (pace.an_hour_at_a_point * max(stop.points, 1))
        for _ in range(stop.people):
            yield stop.commune_id, moment
            moment = awake_after(moment, gap)


def awake_after(start: datetime, wait: timedelta) -> datetime:
    """The moment after so much waking time: the clock stands still in the quiet hours."""
    moment = next_awake(start)
    while moment + wait >= evening(moment):
        wait -= evening(moment) - moment
        moment = next_awake(evening(moment))
    return moment + wait


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the clock will say. `finishes_at` is None when nothing moves."""

    finishes_at: datetime | None
    on_later_days: Mapping[date, int]
    """People who hear of it only on another day than today."""

    def words(self, now: datetime) -> str:
        if self.finishes_at is None:
            return "nothing left to send"
        same_day = self.finishes_at.date() == now.date()
        finish = f"finishes {self.finishes_at:%H:%M}" if same_day else f"finishes {self.finishes_at:%d/%m %H:%M}"
        tomorrow = now.date() + timedelta(days=1)
        rolled = [
            f"{count:,} roll over to {'tomorrow' if day == tomorrow else f'{day:%d/%m}'}"
            for day, count in sorted(self.on_later_days.items())
        ]
        return "; ".join([finish, *rolled])


def forecast(due: Mapping[datetime, int], now: datetime, a_minute: int) -> Forecast:
    """When all are told at so many messages a minute, of those that may go from these local moments on.

    The sending is followed minute by minute: what is due queues up, and the lane takes its share while people wake.
    """
    later: dict[date, int] = {}
    if not sum(due.values()) or a_minute <= 0:
        return Forecast(None, later)
    coming = sorted(due.items())
    waiting, at, moment = 0, 0, next_awake(now)
    while True:
        while at < len(coming) and coming[at][0] < moment + _MINUTE:
            waiting += coming[at][1]
            at += 1
        sent = min(waiting, a_minute)
        waiting -= sent
        if moment.date() != now.date() and sent:
            later[moment.date()] = later.get(moment.date(), 0) + sent
        if at == len(coming) and not waiting:
            return Forecast(moment + _MINUTE * sent / a_minute, later)
        moment = awake_after(moment, _MINUTE)
        if not waiting and at < len(coming):
            moment = max(moment, next_awake(coming[at][0]))


_MINUTE = timedelta(minutes=1)
