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
CREATE TABLE IF NOT EXISTS networks.letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane text NOT NULL, due timestamptz NOT NULL, tries integer NOT NULL DEFAULT 0, sealed bytea NOT NULL);
CREATE INDEX IF NOT EXISTS letters_by_due ON networks.letters (lane, due);
CREATE TABLE IF NOT EXISTS networks.accounts (
    kind text NOT NULL, identifier text NOT NULL,
    balance bigint NOT NULL CHECK (balance >= 0),
    reserved bigint NOT NULL DEFAULT 0 CHECK (reserved BETWEEN 0 AND balance),
    PRIMARY KEY (kind, identifier));
CREATE TABLE IF NOT EXISTS networks.requests (
    server_id uuid PRIMARY KEY, client_id uuid NOT NULL UNIQUE, kind text NOT NULL,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'completed', 'failed')),
    due timestamptz NOT NULL, by_callback boolean NOT NULL,
    sealed bytea NOT NULL, sealed_link bytea, error jsonb);
CREATE INDEX IF NOT EXISTS requests_pending ON networks.requests (due) WHERE status = 'pending';
CREATE TABLE IF NOT EXISTS networks.codes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    server_id uuid NOT NULL UNIQUE REFERENCES networks.requests,
    account_kind text NOT NULL, account text NOT NULL,
    digest bytea NOT NULL, sealed_code bytea NOT NULL, sealed_wish bytea NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0), held bigint NOT NULL CHECK (held >= 0),
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'redeemed', 'expired', 'cancelled')),
    created timestamptz NOT NULL DEFAULT now(), changed timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL, redeemed_by text);
CREATE UNIQUE INDEX IF NOT EXISTS codes_active_once ON networks.codes (digest) WHERE state = 'active';
CREATE INDEX IF NOT EXISTS codes_by_digest ON networks.codes (digest);
CREATE INDEX IF NOT EXISTS codes_by_expiry ON networks.codes (expires) WHERE state = 'active';
CREATE TABLE IF NOT EXISTS networks.transactions (
    reference text PRIMARY KEY, server_id uuid NOT NULL UNIQUE REFERENCES networks.requests,
    type text NOT NULL, amount bigint NOT NULL CHECK (amount > 0),
    debit_kind text NOT NULL, debit text NOT NULL, credit_kind text NOT NULL, credit text NOT NULL,
    organisation_reference text, created timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS transactions_by_debit ON networks.transactions (debit_kind, debit, created);
CREATE INDEX IF NOT EXISTS transactions_by_credit ON networks.transactions (credit_kind, credit, created);
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
            connection.execute(
                "INSERT INTO networks.accounts (kind, identifier, balance) VALUES ('accountid', %s, %s)"
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
