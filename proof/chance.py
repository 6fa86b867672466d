"""What is left to chance in one schedule: drawn from its seed, the same at every replay, each place by itself."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

Option = TypeVar("Option")


class Chance:
    """The n-th draw at a place depends on the seed, the place and n only: sparing one fault does not shift the others."""

    def __init__(self, seed: int, spared: frozenset[str] = frozenset()) -> None:
        self.seed, self._spared = seed, spared
        self._drawn: dict[str, int] = {}
        self.struck: list[str] = []
        """Every fault that struck, by its name; what may be spared to make a story shorter."""
        self.calm = False
        """No fault strikes any more."""

    def share(self, place: str) -> float:
        """Evenly between 0 and 1."""
        return self._next(place)[0]

    def pick(self, place: str, options: Sequence[Option]) -> Option:
        return options[int(self.share(place) * len(options))]

    def strikes(self, place: str, share: float) -> bool:
        drawn, number = self._next(place)
        return drawn < share and self._is_struck(f"{place} {number}")

    def fault(self, place: str, shares: Sequence[tuple[str, float]], severity: float = 1.0) -> str:
        """One of the faults, by their shares, or none: an empty text."""
        drawn, number = self._next(place)
        for name, share in shares:
            drawn -= share * severity
            if drawn < 0:
                return name if self._is_struck(f"{place} {number}") else ""
        return ""

    def _is_struck(self, fault: str) -> bool:
        if self.calm or fault in self._spared:
            return False
        self.struck.append(fault)
        return True

    def _next(self, place: str) -> tuple[float, int]:
        number = self._drawn[place] = self._drawn.get(place, 0) + 1
        digest = blake2b(f"{self.seed}/{place}/{number}".encode(), digest_size=7).digest()
        return int.from_bytes(digest, "big") / (1 << 56), number
