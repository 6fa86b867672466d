"""The ground of the proof, opened once for all tests of money: one clock for both sides, and the real provider's book."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from proof.ground import BEGINNING, TEMPLATE, make_database, make_template
from proof.gsma_provider import GsmaProvider
from proof.house import opened
from proof.machines import SAFE
from proof.play import House
from tests.money.counter import Counter, counter_in


@pytest.fixture(scope="session")
def house(postgres_url: str) -> Iterator[House]:
    make_template(postgres_url)
    name = f"proof_{os.getpid()}"
    with opened(make_database(postgres_url, name), SAFE) as house:
        _provider(house).let_go()
        yield house
        _provider(house).take_hold()
    with psycopg.connect(postgres_url, autocommit=True) as server:
        for each in (name, TEMPLATE):
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(each)))


def _provider(house: House) -> GsmaProvider:
    assert isinstance(house.provider, GsmaProvider)
    return house.provider


@pytest.fixture(autouse=True)
def held(house: House) -> Iterator[None]:
    """Only while one of these tests runs: others in this process look at the provider with all its schemas."""
    _provider(house).take_hold()
    yield
    _provider(house).let_go()


@pytest.fixture
def counter(house: House) -> Iterator[Counter]:
    house.clock.set(BEGINNING)
    with counter_in(house) as counter:
        yield counter
        assert counter.disagreements() == []
        counter.put_away()
