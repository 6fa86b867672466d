"""Where PostgreSQL, Redis and the networks of this checkout are: given, running already, or started for a while."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil

from ussd_app.local.embedded import postgres, valkey
from ussd_app.local.leftovers import end_leftovers, read_private, same_process, write_private
from ussd_app.local.supervisor import Supervisor
from ussd_app.local.troubles import CannotStart, in_words
from ussd_app.settings import VAR, Settings

_STACK = "stack.json"  # what runs now, and where
_OWNER = "lock"  # held by the one process that runs the embedded services
_USERS = "users"  # shared by those who use services that another command has started


@dataclass(frozen=True, slots=True)
class Services:
    database_url: str
    redis_url: str
    networks_url: str


def running_services(var: Path = VAR) -> Services | None:
    """Those of the stack, or of the command, that runs in this checkout now."""
    stack = _running(var)
    return Services(stack["database_url"], stack["redis_url"], stack["networks_url"]) if stack else None


def running_port(var: Path = VAR) -> int | None:
    return _running(var).get("port")


@contextlib.contextmanager
def services(settings: Settings, var: Path = VAR) -> Iterator[Services]:
    """The given ones; else the running stack's; else embedded ones, for as long as this lasts."""
    given = Services(plain_url(settings.database_url), settings.redis_url, settings.networks_url)
    if given.database_url and given.redis_url:
        yield given
        return
    with contextlib.ExitStack() as until_done:
        with in_words():
            make_room(var)
            found = _found(given, var, until_done)
        yield _filled(given, found)


def publish(var: Path, found: Services, port: int | None) -> None:
    me = psutil.Process()
    facts = {"var": str(var), "pid": me.pid, "created": me.create_time(), "port": port}
    urls = {"database_url": found.database_url, "redis_url": found.redis_url, "networks_url": found.networks_url}
    write_private(var / _STACK, facts | urls)


def withdraw(var: Path) -> None:
    (var / _STACK).unlink(missing_ok=True)


def take_lock(var: Path, name: str = _OWNER) -> IO[str] | None:
    """None when another process has it. The system lets go of it when its holder ends, however it ends."""
    file = (var / name).open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        file.close()
        if problem.errno not in {errno.EAGAIN, errno.EACCES}:
            raise
        return None
    return file


def make_room(var: Path) -> None:
    try:
        var.mkdir(parents=True, exist_ok=True)
    except FileExistsError as problem:
        raise CannotStart(f"{var} is in the way: it must be a directory.") from problem
    except PermissionError as problem:
        raise CannotStart(f"No permission to write in {var.parent}.") from problem
    if not os.access(var, os.W_OK | os.X_OK):
        raise CannotStart(f"No permission to write in {var}.")


def start_embedded(
    given: Services, var: Path, supervisor: Supervisor, say: Callable[[str], None], *, queue: bool = True
) -> Services:
    """What is not given is started and tended by the supervisor."""
    database, redis_url = given.database_url, given.redis_url
    if not database:
        first = "" if (var / "postgres" / "data").exists() else " for the first time"
        say(f"Starting the embedded PostgreSQL{first} …")
        service = postgres(var / "postgres")
        supervisor.start(service.spec)
        database = service.url
    if queue and not redis_url:
        say("Starting the embedded Redis …")
        service = valkey(var / "redis")
        supervisor.start(service.spec)
        redis_url = service.url
    return Services(database, redis_url, given.networks_url)


def plain_url(url: str) -> str:
    """As psycopg takes it: SQLAlchemy's driver name left out."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql://{rest}" if separator and scheme.partition("+")[0] in {"postgres", "postgresql"} else url


def _found(given: Services, var: Path, until_done: contextlib.ExitStack) -> Services:
    told = False
    while True:
        lock = take_lock(var)
        if lock is not None:
            until_done.enter_context(lock)
            return until_done.enter_context(_for_a_while(given, var))
        if (joined := _join(var, until_done)) is not None:
            return joined
        if not told:
            _tell("The stack of this checkout is just starting; waiting for it …")
            told = True
        time.sleep(0.1)


@contextlib.contextmanager
def _for_a_while(given: Services, var: Path) -> Iterator[Services]:
    """This process is the owner: it starts them, and stops them when nobody else uses them any more."""
    end_leftovers(var)
    supervisor = Supervisor(var, _tell)
    try:
        found = start_embedded(given, var, supervisor, _tell)
        publish(var, found, port=None)
        try:
            yield found
        finally:
            _wait_for_users(var)
    finally:
        withdraw(var)
        supervisor.stop()


def _join(var: Path, until_done: contextlib.ExitStack) -> Services | None:
    """Somebody else's services, held so that they are not stopped under our hands; None while there are none."""
    users = until_done.enter_context((var / _USERS).open("a"))
    fcntl.flock(users, fcntl.LOCK_SH)
    found = running_services(var)
    if found is None:
        fcntl.flock(users, fcntl.LOCK_UN)
        users.close()
    return found


def _wait_for_users(var: Path) -> None:
    """Returns with the way for new users closed."""
    users = take_lock(var, _USERS)
    if users is None:
        _tell("Another command still uses this database; waiting for it to end …")
    while users is None:
        time.sleep(0.1)
        users = take_lock(var, _USERS)
    withdraw(var)
    users.close()


def _filled(given: Services, found: Services) -> Services:
    return Services(
        given.database_url or found.database_url,
        given.redis_url or found.redis_url,
        given.networks_url or found.networks_url,
    )


def _running(var: Path) -> dict[str, Any]:
    stack = read_private(var / _STACK)
    return stack if stack and same_process(stack["pid"], stack["created"]) else {}


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
