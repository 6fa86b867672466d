"""The way to PostgreSQL: one transaction for money, and a quick path for turns that only move a place in a dialogue."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

Cursor = psycopg.Cursor[Any]
Result = TypeVar("Result")

NO_ANSWER = (OperationalError, psycopg.OperationalError)
"""What is raised when PostgreSQL is away: through SQLAlchemy, and without it."""

# A place in a dialogue may be lost with the last 200 ms of a crashed PostgreSQL: the caller is asked again.
# Every statement there finds a few rows by a key: one plan is kept for each, and a plan that was made while a
# table was still empty must not read all of it later.
_QUICK = "-c synchronous_commit=off -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"
_QUICK += " -c statement_timeout=4s"  # the caller has hung up by then


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
        self._url = url
        self._engine: Engine = create_engine(
            sqlalchemy_url(url), pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, hide_parameters=True
        )
        self._idle: deque[Cursor] = deque()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends well, rolled back when it raises."""
        with self._engine.begin() as db:
            yield db

    def quick(self, work: Callable[[Cursor], Result]) -> Result:
        """Statements that each commit by themselves and may be lost in a crash of the server: never money.

        SQLAlchemy costs more there than Flask and the rest of the turn. When a kept connection turns out to be
        dead, `work` is done again on a new one, and must bear that.
        """
        kept = bool(self._idle)
        try:
            with self._cursor() as cursor:
                return work(cursor)
        except psycopg.errors.QueryCanceled:  # not away but slow: a second try would be as slow
            raise
        except psycopg.OperationalError:
            if not kept:
                raise
        self._close_idle()  # they went with the same server
        with self._cursor() as cursor:
            return work(cursor)

    @contextmanager
    def _cursor(self) -> Iterator[Cursor]:
        try:
            cursor = self._idle.pop()
        except IndexError:
            cursor = self._connect()
        try:
            yield cursor
        except BaseException:
            cursor.connection.close()
            raise
        self._idle.append(cursor)

    def _connect(self) -> Cursor:
        address = "postgresql://" + sqlalchemy_url(self._url).partition("://")[2]
        connection = psycopg.connect(address, autocommit=True, prepare_threshold=0, options=_QUICK, connect_timeout=4)
        return connection.cursor(binary=True)

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().connection.close()

    def check(self) -> None:
        try:
            with self._engine.connect() as db:
                db.execute(text("SELECT 1"))
        except OperationalError as problem:
            raise DatabaseUnreachable("The database does not answer: check DATABASE_URL.") from problem

    def close(self) -> None:
        self._engine.dispose()
        self._close_idle()


def cursor_in(db: Connection) -> Cursor:
    """The same transaction, for a statement that is shared with the quick path."""
    return db.connection.driver_connection.cursor(binary=True)  # pyright: ignore[reportOptionalMemberAccess] - it is open
