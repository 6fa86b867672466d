"""What a benchmark stands on: its own PostgreSQL and Redis, set as in `make run`, and processes that end with it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ussd_app.cli.counter import Counter
from ussd_app.domain.payments import Role
from ussd_app.local.embedded import start_postgres, start_redis
from ussd_app.local.parts import answers_with, granian
from ussd_app.local.ports import free_port
from ussd_app.local.processes import Child, ProcessSpec
from ussd_app.local.services import Services, services
from ussd_app.settings import HOME, Settings
from ussd_app.store import officers
from ussd_app.store.database import Database
from ussd_app.store.schema import upgrade

PROVIDER = "gsma"
OFFICERS = (("lan", Role.ENTERS), ("minh", Role.APPROVES), ("hoa", Role.RELEASES))


@dataclass(frozen=True, slots=True)
class Ground:
    directory: Path
    urls: Services
    postgres_pid: int
    redis_pid: int
    until_done: ExitStack

    @property
    def settings(self) -> Settings:
        return Settings(
            database_url=self.urls.database_url,
            redis_url=self.urls.redis_url,
            secret_key="a key for benchmarks",
            data_key="a key for benchmarks",
        )

    @property
    def counter(self) -> Counter:
        return Counter(self.settings, services, PROVIDER)

    def serve(self, name: str, target: str) -> tuple[int, int]:
        """An application under granian with the options of `make run`; its port and its process."""
        port = free_port()
        ready = answers_with(f"http://127.0.0.1:{port}/live")
        return port, self.keep(ProcessSpec(name=name, command=granian(port, target), home=HOME, ready=ready))

    def networks(self) -> str:
        """The simulated networks in a process of their own; their address."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        self.keep(
            ProcessSpec(
                name="networks",
                command=(sys.executable, "-m", "ussd_app.simulator.networks"),
                home=HOME,
                environment={"NETWORKS_PORT": str(port), "WEB_URL": "http://127.0.0.1:9"},
                ready=answers_with(url + "/control/faults"),
            )
        )
        return url

    def keep(self, spec: ProcessSpec) -> int:
        child = Child(spec, self.directory / f"{spec.name}.log")
        self.until_done.callback(child.stop)
        child.wait_until_ready()
        return child.pid


@contextmanager
def ground() -> Iterator[Ground]:
    """Empty tables of today's schema and three officers; all of it gone afterwards, whatever happens."""
    with ExitStack() as until_done:
        made = tempfile.TemporaryDirectory(prefix="bam-bench-", ignore_cleanup_errors=True)
        directory = Path(until_done.enter_context(made))
        directory.chmod(0o755)
        postgres = start_postgres(directory / "postgres", durable=True)
        until_done.callback(postgres.stop)
        redis = start_redis(directory / "redis", durable=True)
        until_done.callback(redis.stop)
        found = Ground(directory, Services(postgres.url, redis.url, ""), postgres.pid, redis.pid, until_done)
        _prepare(found)
        yield found


def _prepare(found: Ground) -> None:
    settings = found.settings
    os.environ.update(  # what the processes that are started here are told
        DATABASE_URL=settings.database_url,
        REDIS_URL=settings.redis_url,
        SECRET_KEY=settings.secret_key,
        DATA_KEY=settings.data_key,
    )
    database = Database(settings.database_url)
    upgrade(database)
    with database.begin() as db:
        for name, role in OFFICERS:
            officers.add(db, name, frozenset({role}))
    database.close()
