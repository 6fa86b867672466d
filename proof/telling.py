"""A schedule that failed, told: the fewest faults with which it still fails, and what ledger and book said meanwhile."""

from __future__ import annotations

import re
from dataclasses import dataclass

from proof import checks
from proof.director import perform
from proof.play import House, Play

MOST_TRIES = 80


@dataclass(frozen=True, slots=True)
class Tale:
    """What is printed of one breach."""

    seed: int
    breaches: tuple[str, ...]
    sentences: tuple[str, ...]
    faults: int


def tell(house: House, seed: int, breaches: list[str], tries: int = MOST_TRIES) -> Tale:
    spared = _fewest(house, seed, tries)
    play = perform(house, seed, spared, after_each_step=_Narrator())
    if not play.breaches:  # it does not come again as it was: the story as it was first heard of, at least
        play = perform(house, seed, after_each_step=_Narrator())
    return Tale(seed, tuple(play.breaches or breaches), tuple(play.story.sentences()), len(play.chance.struck))


def _fewest(house: House, seed: int, tries: int) -> frozenset[str]:
    """Leave out one fault after the other, last first, as long as it still fails without it."""
    spared: frozenset[str] = frozenset()
    first = perform(house, seed)
    struck, kinds = first.chance.struck, _kinds(first)
    for fault in list(reversed(struck))[:tries]:
        tried = spared | {fault}
        if _kinds(perform(house, seed, tried)) & kinds:
            spared = tried
    return spared


def _kinds(play: Play) -> set[str]:
    """What was breached, without whose and how much."""
    return {re.sub(r"R?[0-9][0-9,]*", "", each) for each in play.breaches}


class _Narrator:
    """Says what the ledger and the provider's book say, whenever that has changed."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}

    def __call__(self, play: Play) -> None:
        if play.house.stage.overlapping:
            return
        with play.house.database.begin() as db:
            ours = checks.kept(db, play.people)
        for each in ours:
            money = (
                f"{each.posted:,} đồng paid" if each.posted else "given back" if each.voided else f"{each.held:,} đồng held"
            ) + (f", {each.taken_back:,} of them taken back" if each.taken_back else "")
            self._say(play, f"the ledger, {each.reference}", f"{each.state}, {money}")
        for attempt, entry in play.house.provider.book(list(play.attempts)).items():
            under = f" under {str(attempt)[:8]}"
            self._say(
                play,
                f"the provider's book, {play.attempts[attempt]}{under}",
                f"{entry.words}, {entry.paid:,} paid, {entry.taken_back:,} taken back",
            )

    def _say(self, play: Play, who: str, what: str) -> None:
        if self._said.get(who) != what:
            self._said[who] = what
            play.say(what, who)
