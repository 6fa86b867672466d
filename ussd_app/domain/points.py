"""The places where cash is handed over, and which of them are near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Point:
    """A pay point. `code` is what a person keys in; `name` is at most 27 letters."""

    code: str
    name: str
    commune_code: str


@dataclass(frozen=True, slots=True)
class PointDirectory:
    """Every open point, read once and shared by all callers."""

    by_code: Mapping[str, Point] = field(default_factory=dict[str, Point])
    by_commune: Mapping[str, tuple[Point, ...]] = field(default_factory=dict[str, "tuple[Point, ...]"])

    @classmethod
    def of(cls, points: tuple[Point, ...]) -> PointDirectory:
        by_commune: dict[str, tuple[Point, ...]] = {}
        for point in sorted(points, key=lambda each: each.code):
            by_commune[point.commune_code] = (*by_commune.get(point.commune_code, ()), point)
        return cls({point.code: point for point in points}, by_commune)

    def find(self, code: str) -> Point | None:
        return self.by_code.get(code)

    def near(self, commune_code: str) -> tuple[Point, ...]:
        """The points of a commune, in the order of their codes, so that a digit keeps its meaning."""
        return self.by_commune.get(commune_code, ())
