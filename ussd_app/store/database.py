"""The way to PostgreSQL: one transaction for money, and a quick path for turns that only move a place in a dialogue."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from ussd_app.store.quick import Quick

Result = TypeVar("Result")

NO_ANSWER = (OperationalError, psycopg.OperationalError)
"""What is raised when PostgreSQL is away: through SQLAlchemy, and without it."""


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
        self._idle: deque[Quick] = deque()
        self._idle_lasting: deque[Quick] = deque()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends well, rolled back when it raises."""
        with self._engine.begin() as db:
            yield db

    def quick(self, work: Callable[[Quick], Result]) -> Result:
        """Statements that each commit by themselves and may be lost in a crash of the server: never money.

        When a kept connection turns out to be dead, `work` is done again on a new one, and must bear that.
        """
        return self._say(self._idle, work, lasting=False)

    def one_by_one(self, work: Callable[[Quick], Result]) -> Result:
        """As `quick`, and once a statement has come back it outlives a crash of the server."""
        return self._say(self._idle_lasting, work, lasting=True)

    def _say(self, idle: deque[Quick], work: Callable[[Quick], Result], *, lasting: bool) -> Result:
        kept = bool(idle)
        try:
            with self._speaker(idle, lasting) as db:
                return work(db)
        except psycopg.errors.QueryCanceled:  # not away but slow: a second try would be as slow
            raise
        except psycopg.OperationalError:
            if not kept:
                raise
        self._close_idle()  # they went with the same server
        with self._speaker(idle, lasting) as db:
            return work(db)

    @contextmanager
    def _speaker(self, idle: deque[Quick], lasting: bool) -> Iterator[Quick]:
        try:
            db = idle.pop()
        except IndexError:
            db = Quick("postgresql://" + sqlalchemy_url(self._url).partition("://")[2], lasting=lasting)
        try:
            yield db
        except BaseException:
            db.close()
            raise
        idle.append(db)

    def _close_idle(self) -> None:
        for idle in (self._idle, self._idle_lasting):
            while idle:
                idle.pop().close()

    def check(self) -> None:
        try:
            with self._engine.connect() as db:
                db.execute(text("SELECT 1"))
        except OperationalError as problem:
            raise DatabaseUnreachable("The database does not answer: check DATABASE_URL.") from problem

    def close(self) -> None:
        self._engine.dispose()
        self._close_idle()
