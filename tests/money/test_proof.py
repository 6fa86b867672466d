"""A small part of `make check-money`: the real machine keeps its promises, and the wrong ones are found out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proof.chance import Chance
from proof.director import perform
from proof.machines import SAFE
from proof.play import House, Play
from proof.telling import tell
from ussd_app.store import ledger_check

SCHEDULES = 30
SOON = 120
"""Within so many schedules a wrong machine is found out."""


@pytest.fixture(autouse=True)
def safe_again(house: House) -> Iterator[None]:
    yield
    house.machine = SAFE


def test_no_schedule_of_faults_pays_twice_loses_or_invents_a_dong(house: House) -> None:
    breached = {seed: play.breaches for seed in range(SCHEDULES) if (play := perform(house, seed)).breaches}
    assert breached == {}
    with house.database.begin() as db:
        assert [each for finding in ledger_check.check(db) for each in finding.breaches] == []


@pytest.mark.parametrize("seed", [seed for seed in range(12) if not Chance(seed).strikes("overlap", 0.2)][:3])
def test_the_same_seed_is_the_same_story(house: House, seed: int) -> None:
    """Where actors stop inside transactions, PostgreSQL's own order of locks has a word too."""

    def told(play: Play) -> list[tuple[object, str]]:
        return [(now, who.split()[0]) for now, who, _ in play.story.told]

    once, again = perform(house, seed), perform(house, seed)
    assert sorted(once.chance.struck) == sorted(again.chance.struck)
    assert told(once) == told(again)


@pytest.mark.parametrize("machine", ["naive", "time-out-is-failure", "hold-expires-while-sent"])
def test_a_wrong_machine_is_found_out_and_told(house: House, machine: str) -> None:
    house.machine = machine
    seed, play = next((seed, play) for seed in range(SOON) if (play := perform(house, seed)).breaches)
    tale = tell(house, seed, play.breaches, tries=15)
    assert tale.faults <= len(play.chance.struck)
    assert any("provider" in each for each in tale.breaches)
    assert len(tale.sentences) > 5
