"""The networks' own book: what they accepted, owe and hold, in a schema of its own that outlives the process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.gsma.tables import TABLES
from ussd_app.simulator.networks.sealing import Seal

Cursor = Connection[DictRow]

FLOAT_AT_START = 10**13
"""What the programme's account holds when the provider opens it, in đồng."""

_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS networks;
CREATE TABLE IF NOT EXISTS networks.messages (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE, phone text NOT NULL, sender text NOT NULL, sealed_text bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now());
CREATE INDEX IF NOT EXISTS messages_by_phone ON networks.messages (phone, place);
CREATE TABLE IF NOT EXISTS networks.esms_requests (
    request_id text PRIMARY KEY, sms_id text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS networks.letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane text NOT NULL, due timestamptz NOT NULL, tries integer NOT NULL DEFAULT 0, sealed bytea NOT NULL);
CREATE INDEX IF NOT EXISTS letters_by_due ON networks.letters (lane, due);
"""


@dataclass(frozen=True, slots=True)
class Book:
    pool: ConnectionPool[Cursor]
    seal: Seal

    @classmethod
    def opened(cls, configuration: NetworksConfiguration) -> Book:
        pool: ConnectionPool[Cursor] = ConnectionPool(
            configuration.database_url,
            min_size=2,
            max_size=16,
            kwargs={"autocommit": True, "row_factory": dict_row, "application_name": "networks"},
            open=True,
        )
        pool.wait(30)
        with pool.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('networks'))")
            connection.execute(_SCHEMA)
            connection.execute(TABLES)
            connection.execute(
                "INSERT INTO networks.accounts (kind, identifier, currency, balance) VALUES ('accountid', %s, 'VND', %s)"
                " ON CONFLICT DO NOTHING",
                (configuration.momo_account, FLOAT_AT_START),
            )
        return cls(pool, Seal.of(configuration.data_key))

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        """One statement at a time, each its own."""
        with self.pool.connection() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Cursor]:
        """Everything in the block, or nothing."""
        with self.pool.connection() as connection, connection.transaction():
            yield connection

    def rows(self, statement: LiteralString, *values: Any) -> list[DictRow]:
        with self.reading() as cursor:
            return cursor.execute(statement, values).fetchall()

    def row(self, statement: LiteralString, *values: Any) -> DictRow | None:
        with self.reading() as cursor:
            return cursor.execute(statement, values).fetchone()

    def close(self) -> None:
        self.pool.close()


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
