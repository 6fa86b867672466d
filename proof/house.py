"""One process of the proof: its database, its provider, its people, and the schedules it performs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import psycopg
from flask import Flask

from proof import keeper
from proof.backup import Backups
from proof.ground import BEGINNING, Clock, WatchedDatabase
from proof.gsma_provider import GsmaProvider
from proof.momo_provider import MomoProvider
from proof.people import People
from proof.play import House
from proof.provider import ProviderUnderProof
from proof.stage import Stage
from sms.providers.port import Outcome
from ussd_app.actions.desk import Desk
from ussd_app.domain.phone import Phone
from ussd_app.http.doorbell import Doorbell
from ussd_app.http.mobile_money import mobile_money_callbacks
from ussd_app.store.vault import Vault

PROVIDERS = {"gsma": GsmaProvider, "mtn_momo": MomoProvider}


@contextmanager
def opened(database_url: str, machine: str, provider: str = "gsma") -> Iterator[House]:
    with psycopg.connect(database_url, autocommit=True, prepare_threshold=1) as line:
        clock = Clock(line)
        clock.set(BEGINNING)
        under_proof = _provider(provider, database_url)
        database = WatchedDatabase(database_url)
        desk = Desk(
            Vault(b"a key for the proof"), "ASXH", "18001234", under_proof.client.name, ZoneInfo("Asia/Ho_Chi_Minh")
        )
        callbacks = Flask("callbacks", static_folder=None)
        readers = {under_proof.client.name: under_proof.client.read_callback}
        callbacks.register_blueprint(mobile_money_callbacks(database, desk.vault, readers, Doorbell(""), clock))
        stage = Stage(lambda backend: _waits_for_lock(line, backend))

        def look(statement: LiteralString) -> tuple[Any, ...]:
            return line.execute(statement).fetchone() or ()

        if isinstance(under_proof, GsmaProvider):
            under_proof.pause = lambda s: stage.hand_over("a withdrawal is settled", clock.now + timedelta(seconds=s))
        keeper.take_up_post(database, BEGINNING)
        people, backups = People(database, desk, BEGINNING), Backups(line)
        house = House(database, desk, clock, stage, under_proof, people, callbacks, _NoMessages(), look, machine)
        house.backups = backups if backups.possible else None
        try:
            yield house
        finally:
            stage.close()
            under_proof.close()
            database.close()


def _provider(name: str, database_url: str) -> ProviderUnderProof:
    if name in PROVIDERS:
        return PROVIDERS[name](database_url)
    module, _, factory = name.partition(":")
    return getattr(import_module(module), factory)(database_url)


def _waits_for_lock(line: psycopg.Connection, backend: int) -> bool:
    row = line.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", (backend,)).fetchone()
    return bool(row and row[0])


class _NoMessages:
    """Messages are rows here; nobody sends them."""

    name = "africas_talking"
    phones_in_a_call = 1

    def send(self, text: str, to: tuple[Phone, ...], key: str = "") -> tuple[Outcome, ...]:
        return ()
