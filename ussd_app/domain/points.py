"""Pay points: when each may pay, why one may not, and which others are near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

EVERY_DAY = frozenset(range(1, 8))


class Shut(StrEnum):
    """Why no cash-out is offered at a point."""

    CLOSED = "closed"
    SUSPENDED = "suspended"
    """An officer has stopped it; the reason is kept, and is not for the screen."""
    NO_CASH = "no_cash"
    """Its keeper has said that there is none today."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Local hours of every open day: from `opens` until before `shuts`. Days as in ISO 8601, Monday is 1."""

    opens: time
    shuts: time
    days: frozenset[int] = EVERY_DAY

    def next_opening(self, now: datetime) -> datetime | None:
        """None when it is open at this local moment; else the next one at which it will be."""
        if now.isoweekday() in self.days and self.opens <= now.time() < self.shuts:
            return None
        for ahead in range(8):
            day = now + timedelta(days=ahead)
            opening = day.replace(hour=self.opens.hour, minute=self.opens.minute, second=0, microsecond=0)
            if opening.isoweekday() in self.days and opening > now:
                return opening
        raise ValueError("a point that is open on no day")


@dataclass(frozen=True, slots=True)
class Point:
    """A pay point. `code` is what a person keys in; `name` is at most 27 letters."""

    code: str
    name: str
    commune_code: str
    hours: Hours | None = None
    """None: not known."""
    open: bool = True
    suspended: bool = False
    no_cash_on: date | None = None

    def shut(self, now: datetime) -> Shut | None:
        """Why no cash-out may be asked for here on this local day; None when one may.

        A point that only opens later is not shut: the code that is asked for now lives long enough.
        """
        if not self.open:
            return Shut.CLOSED
        if self.suspended:
            return Shut.SUSPENDED
        return Shut.NO_CASH if self.no_cash_on == now.date() else None

    def opens_at(self, now: datetime) -> datetime | None:
        """The next opening; None when it is open now, or when its hours are not known."""
        return self.hours.next_opening(now) if self.hours else None


@dataclass(frozen=True, slots=True)
class PointDirectory:
    """Every point, shut ones too, read once and shared by all callers."""

    by_code: Mapping[str, Point] = field(default_factory=dict[str, Point])
    by_commune: Mapping[str, tuple[Point, ...]] = field(default_factory=dict[str, "tuple[Point, ...]"])
    districts: Mapping[str, str] = field(default_factory=dict[str, str])
    """The district that each commune belonged to until 1 July 2025: the one nearness written down for all of them."""

    @classmethod
    def of(cls, points: Sequence[Point], districts: Mapping[str, str] | None = None) -> PointDirectory:
        by_commune: dict[str, tuple[Point, ...]] = {}
        for point in sorted(points, key=lambda each: each.code):
            by_commune[point.commune_code] = (*by_commune.get(point.commune_code, ()), point)
        return cls({point.code: point for point in points}, by_commune, districts or {})

    def find(self, code: str) -> Point | None:
        return self.by_code.get(code)

    def near(self, commune_code: str) -> tuple[Point, ...]:
        """The points of a commune, in the order of their codes, so that a digit keeps its meaning."""
        return self.by_commune.get(commune_code, ())

    def nearest_elsewhere(self, commune_code: str, now: datetime, most: int) -> tuple[Point, ...]:
        """Points that pay in other communes of the same former district, the likely nearest first.

        How far it is by road nobody has written down. Communes of one former district adjoin or nearly so; and within
        it their codes were given in rows, so that the nearer code is the better guess. Farther away nothing is guessed:
        the code on a point's sign says where its reader stands.
        """
        district = self.districts.get(commune_code)
        pays = [
            point
            for other, points in self.by_commune.items()
            if district and other != commune_code and self.districts.get(other) == district
            for point in points
            if point.shut(now) is None
        ]
        away = _number(commune_code)
        return tuple(sorted(pays, key=lambda each: (abs(_number(each.commune_code) - away), each.code))[:most])


def _number(code: str) -> int:
    return int(code) if code.isdecimal() else 0
