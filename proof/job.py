"""One process of many: performs its share of the schedules and tells what it found."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from proof.director import perform
from proof.ground import own_database
from proof.house import opened
from proof.play import House
from proof.telling import Tale, tell
from ussd_app.store import ledger_check

TALES = 1
SAY_EVERY = 10
CHAPTER = 1_000
"""After so many schedules their ledger is looked at as a whole, and the next ones begin on a database without a past."""
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Done:
    """So many more schedules were performed."""

    schedules: int


@dataclass(frozen=True, slots=True)
class Unsound:
    """The whole ledger of a process does not close."""

    sentences: tuple[str, ...]


def quietly() -> None:
    """Nothing is logged: a schedule's troubles are meant."""
    logging.basicConfig(handlers=[logging.NullHandler()], level=logging.CRITICAL)
    for name in [name for name in os.environ if name not in _KEPT]:
        del os.environ[name]  # requests reads all of them at every call, for a proxy


def run(
    database_url: str, machine: str, provider: str, seeds: Iterable[int], report: Callable[[object], None], *, tales: int
) -> None:
    """Perform these schedules and close their ledger; `tales` of the failed ones are told in full."""
    with opened(database_url, machine, provider) as house:
        performed = 0
        for seed in seeds:
            play = perform(house, seed)
            performed += 1
            if play.breaches:
                report(tell(house, seed, play.breaches) if tales > 0 else Tale(seed, tuple(play.breaches), (), 0))
                tales -= 1
            if performed % SAY_EVERY == 0:
                report(Done(SAY_EVERY))
        _check(house, machine, report)
        report(Done(performed % SAY_EVERY))


def _check(house: House, machine: str, report: Callable[[object], None]) -> None:
    with house.database.begin() as db:
        broken = [f"{each.invariant}: {breach}" for each in ledger_check.check(db) for breach in each.breaches]
    if broken and machine == "safe":
        report(Unsound(tuple(broken)))


def work(server_url: str, template: str, chosen: dict[str, Any], number: int, jobs: int, reports: Any) -> None:
    """What a process of its own does: every so-many-th schedule, chapter by chapter."""
    quietly()
    seeds = range(chosen["seed"] + number, chosen["seed"] + chosen["schedules"], jobs)
    try:
        for first in range(0, len(seeds), CHAPTER):
            with own_database(server_url, f"proof_{number}_{first}", template) as url:
                chapter = seeds[first : first + CHAPTER]
                run(url, chosen["machine"], chosen["provider"], chapter, reports.put, tales=TALES)
    except Exception as problem:
        reports.put(f"a process of the proof ended: {type(problem).__name__}: {problem}")
        raise
