"""What the proof stands on: a quick PostgreSQL of its own, a database for each process, and one clock for all of them."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, create_engine, event

from ussd_app.local.embedded import start_postgres
from ussd_app.store.database import Database, sqlalchemy_url
from ussd_app.store.schema import upgrade

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEGINNING = datetime(2027, 1, 25, 5, 0, tzinfo=UTC)
"""12:00 in Thái Nguyên, a week before Tết."""

TEMPLATE = f"proof_template_{os.getpid()}"

# `now()` is an ordinary function: with `public` before `pg_catalog` every statement and every column's default, ours
# and the provider's, asks this clock, exact to the microsecond in any year. A sequence is read without a snapshot and
# costs no dead row.
_CLOCK = """
CREATE SEQUENCE public.simulated_instant MINVALUE 0 START 1;
CREATE FUNCTION public.simulated_now() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$SELECT timestamptz 'epoch' + make_interval(secs => last_value / 1000000)
             + last_value % 1000000 * interval '1 microsecond' FROM public.simulated_instant$$;
CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$SELECT public.simulated_now()$$;
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS $$SELECT public.simulated_now()$$;
"""


@contextmanager
def own_postgres() -> Iterator[str]:
    """A cluster that forgets everything; gives its address."""
    with tempfile.TemporaryDirectory(prefix="bam-proof-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        server = start_postgres(Path(directory) / "postgres")
        try:
            yield server.url
        finally:
            server.stop()


def with_database(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def make_template(server_url: str) -> None:
    """A migrated database, with the simulated clock under it, for every process to copy."""
    _make(server_url, TEMPLATE, "template0")
    url = with_database(server_url, TEMPLATE)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_CLOCK)
        Clock(connection).set(BEGINNING)
    migrated = Database(url)
    upgrade(migrated)
    migrated.close()


def make_database(server_url: str, name: str, template: str = TEMPLATE) -> str:
    _make(server_url, name, template)
    return with_database(server_url, name)


@contextmanager
def own_database(server_url: str, name: str, template: str) -> Iterator[str]:
    """A copy of the template that is gone afterwards."""
    yield make_database(server_url, name, template)
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _make(server_url: str, name: str, template: str) -> None:
    database = Identifier(name)
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(database, Identifier(template)))
        server.execute(SQL("ALTER DATABASE {} SET search_path = public, pg_catalog").format(database))
        server.execute(SQL("ALTER DATABASE {} SET plan_cache_mode = force_generic_plan").format(database))
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):  # then a deadlock takes a second to be seen
            server.execute(SQL("ALTER DATABASE {} SET deadlock_timeout = '60ms'").format(database))


class Clock:
    """The moment it is, for our own code, for the provider, and for PostgreSQL. It moves only when it is moved."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self.now = BEGINNING

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        self.now = now
        self._connection.execute(
            "SELECT setval('public.simulated_instant', %s)", ((now - _EPOCH) // timedelta(microseconds=1),)
        )

    def passes(self, much: timedelta) -> None:
        self.set(self.now + much)


Watch = Callable[[str, int], None]
"""Called before, inside and after each transaction with the place, and with the connection's process number inside."""


def _nothing(where: str, backend: int) -> None:
    pass


class WatchedDatabase(Database):
    """The real database, telling where each transaction begins and ends, so that something can happen there."""

    watch: Watch

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._engine.dispose()
        # Without the ping before each use: it is a round trip, and this PostgreSQL does not go away.
        # The connection used last is used next: it has its statements prepared.
        self._engine = create_engine(
            sqlalchemy_url(url),
            pool_size=12,
            max_overflow=12,
            hide_parameters=True,
            pool_use_lifo=True,
            connect_args={"prepare_threshold": 1},
        )
        self.watch = _nothing
        event.listen(self._engine, "before_cursor_execute", self._in_the_middle)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        self.watch("before a transaction", 0)
        with self._engine.begin() as db:
            yield db
        self.watch("after a commit", 0)

    def _in_the_middle(self, connection: Connection, *_: object) -> None:
        self.watch("in a transaction", connection.connection.driver_connection.info.backend_pid)  # type: ignore[union-attr] - open here
