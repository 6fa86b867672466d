"""The ground of the proof, opened once for all tests of money: one clock for both sides, and the real provider's book."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from proof.ground import BEGINNING, TEMPLATE, make_database, make_template
from proof.house import opened
from proof.machines import SAFE
from proof.play import House
from tests.money.counter import Counter, counter_in


@pytest.fixture(scope="package")
def house(postgres_url: str) -> Iterator[House]:
    """Closed when these tests are through: while it is open, the provider's book in this process knows no schema."""
    make_template(postgres_url)
    name = f"proof_{os.getpid()}"
    with opened(make_database(postgres_url, name), SAFE) as house:
        yield house
    with psycopg.connect(postgres_url, autocommit=True) as server:
        for each in (name, TEMPLATE):
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(each)))


@pytest.fixture
def counter(house: House) -> Iterator[Counter]:
    house.clock.set(BEGINNING)
    with counter_in(house) as counter:
        yield counter
        assert counter.disagreements() == []
        counter.put_away()
