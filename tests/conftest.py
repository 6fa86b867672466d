"""What tests stand on: a real PostgreSQL, a real Redis, and a migrated database of one's own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.one_database import PUTTING_BACK, OneDatabase, with_database
from tests.village import Village
from ussd_app.actions.desk import Desk
from ussd_app.local.embedded import start_postgres, start_redis
from ussd_app.store.database import Database
from ussd_app.store.schema import upgrade
from ussd_app.store.vault import Vault

NOON = datetime(2027, 1, 25, 5, 0, tzinfo=UTC)
"""12:00 in Thái Nguyên, a week before Tết."""


def pytest_configure(config: pytest.Config) -> None:
    if config.pluginmanager.hasplugin("xdist"):
        from tests import one_stack

        config.pluginmanager.register(one_stack)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--snap", action="store_true", help="rewrite the stored transcripts")


@pytest.fixture(scope="session")
def own_directory() -> Iterator[Path]:
    """A short-named directory that the database's own user can reach."""
    with tempfile.TemporaryDirectory(prefix="bam-", ignore_cleanup_errors=True) as directory:
        path = Path(directory)
        path.chmod(0o755)
        yield path


@pytest.fixture(scope="session")
def postgres_url(own_directory: Path) -> Iterator[str]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    server = start_postgres(own_directory / "postgres")
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def redis_url(own_directory: Path) -> Iterator[str]:
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
        return
    server = start_redis(own_directory / "redis")
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def template(postgres_url: str) -> str:
    """A migrated database to copy from."""
    name = f"bam_template_{os.getpid()}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    migrated = Database(with_database(postgres_url, name))
    upgrade(migrated)
    migrated.close()
    with psycopg.connect(with_database(postgres_url, name), autocommit=True) as connection:
        connection.execute(PUTTING_BACK)
    return name


@pytest.fixture(scope="session")
def one_database(postgres_url: str, template: str) -> Iterator[OneDatabase]:
    one = OneDatabase(postgres_url, template)
    yield one
    one.throw_away()


@pytest.fixture
def database_url(one_database: OneDatabase) -> Iterator[str]:
    yield one_database.lend()
    one_database.take_back()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def desk() -> Desk:
    return Desk(Vault(b"a key for tests"), "ASXH", "18001234", "gsma", ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def village(database: Database, desk: Desk) -> Village:
    return Village(database, desk, NOON)
