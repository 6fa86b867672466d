"""The way to PostgreSQL: one transaction for money, and a quick path for turns that only move a place in a dialogue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError


class DatabaseUnreachable(Exception):
    """PostgreSQL does not answer; the message is one sentence without a password."""


def sqlalchemy_url(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


class Database:
    """A pool of connections. Nothing is opened until the first use."""

    def __init__(self, url: str, *, pool_size: int = 4) -> None:
        self._engine: Engine = create_engine(
            sqlalchemy_url(url), pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True
        )
        # A place in a dialogue may be lost with the last 200 ms of a crashed PostgreSQL: the caller is asked again.
        # Money never travels on these connections.
        self._quick: Engine = create_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
            connect_args={"options": "-c synchronous_commit=off", "prepare_threshold": 1},
        )

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends well, rolled back when it raises."""
        with self._engine.begin() as db:
            yield db

    @contextmanager
    def quick(self) -> Iterator[Connection]:
        """Statements that each commit by themselves and may be lost in a crash of the server: never money."""
        with self._quick.connect() as db:
            yield db

    def check(self) -> None:
        try:
            with self._engine.connect() as db:
                db.execute(text("SELECT 1"))
        except OperationalError as problem:
            raise DatabaseUnreachable("The database does not answer: check DATABASE_URL.") from problem

    def close(self) -> None:
        self._engine.dispose()
        self._quick.dispose()
