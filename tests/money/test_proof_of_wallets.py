"""The same proof at the second provider, which pays into wallets only: how any page for cash-outs is put to it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from proof import house as proof_house
from proof.director import perform
from proof.ground import make_database
from proof.machines import SAFE
from proof.play import House

SCHEDULES = 12
SOON = 120


@pytest.fixture(scope="module")
def wallets(postgres_url: str, house: House) -> Iterator[House]:
    name = f"proof_wallets_{os.getpid()}"
    with proof_house.opened(make_database(postgres_url, name), SAFE, "mtn_momo") as opened:
        yield opened
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def test_no_schedule_of_faults_pays_into_a_wallet_twice_or_loses_a_dong(wallets: House) -> None:
    assert {seed: play.breaches for seed in range(SCHEDULES) if (play := perform(wallets, seed)).breaches} == {}


def test_a_machine_that_sends_again_whatever_went_wrong_is_found_out(wallets: House) -> None:
    wallets.machine = "naive"
    breaches = next(play.breaches for seed in range(SOON) if (play := perform(wallets, seed)).breaches)
    assert any("twice" in each for each in breaches)
