"""Counts of few people are not shown: who knows a village would know them."""

from __future__ import annotations

from collections.abc import Sequence

FEWEST_SHOWN = 5
FEW = "<5"
HIDDEN = "…"


def shown(counts: Sequence[int]) -> list[str]:
    """Counts that add up to a total shown beside them. One hidden alone could be worked out, so another goes with it.

    >>> shown([120, 3, 0, 17])
    ['120', '<5', '0', '…']
    """
    words = [FEW if 0 < each < FEWEST_SHOWN else str(each) for each in counts]
    if words.count(FEW) == 1:
        others = [(each, at) for at, each in enumerate(counts) if each >= FEWEST_SHOWN]
        if others:
            words[min(others)[1]] = HIDDEN
    return words


def roughly(total: int) -> str:
    """A total over rows of which some are hidden, to the ten: so that nothing can be subtracted from it."""
    return FEW if 0 < total < FEWEST_SHOWN else f"{round(total, -1):,}"
