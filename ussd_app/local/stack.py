"""The launcher: what it checks, the order it starts things in, and how it stops them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import IO

import psycopg
import redis

from ussd_app.local.leftovers import end_leftovers
from ussd_app.local.parts import PartsMaker, Step
from ussd_app.local.ports import must_be_free
from ussd_app.local.services import (
    Services,
    make_room,
    plain_url,
    publish,
    running_port,
    running_services,
    start_embedded,
    take_lock,
    withdraw,
)
from ussd_app.local.supervisor import Supervisor
from ussd_app.local.troubles import CannotStart, in_words
from ussd_app.settings import Settings

_ROOM_NEEDED = 150_000_000
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Say = Callable[[str], None]


class AskedToStop(Exception):
    """Ctrl-C, SIGTERM or SIGHUP; or the make that started us is gone."""


def run(
    settings: Settings,
    var: Path,
    make_parts: PartsMaker,
    say: Say,
    ready: Callable[[], None],
    *,
    verb: str = "make run",
    queue: bool = True,
) -> None:
    """Returns when asked to stop, with nothing left running; raises CannotStart likewise."""
    with in_words(), contextlib.ExitStack() as until_done:
        pause = _stopping_when_asked()
        make_room(var)
        until_done.enter_context(_sole_owner(var, verb))
        if count := end_leftovers(var):
            say(f"Ended {count} processes of an earlier run that was killed.")
        must_be_free(settings.port, verb)
        _enough_room(var)
        supervisor = Supervisor(var, say, pause)
        until_done.callback(_stop, supervisor, var, say)
        with contextlib.suppress(AskedToStop):
            _start(settings, var, make_parts, supervisor, say, queue)
            ready()
            while True:
                pause(0.1)
                supervisor.tend()


def _start(settings: Settings, var: Path, make_parts: PartsMaker, supervisor: Supervisor, say: Say, queue: bool) -> None:
    given = Services(plain_url(settings.database_url), settings.redis_url, settings.networks_url)
    _given_must_answer(given)
    found = start_embedded(given, var, supervisor, say, queue=queue)
    parts = make_parts(settings, found)
    for step in parts.steps:
        _take(step, supervisor, say)
    publish(var, replace(found, networks_url=parts.networks_url), settings.port)


def _take(step: Step, supervisor: Supervisor, say: Say) -> None:
    say(step.saying)
    if step.once:
        supervisor.run_once(step.spec)
    else:
        supervisor.start(step.spec)


def _stop(supervisor: Supervisor, var: Path, say: Say) -> None:
    for number in _ENDING:  # once is enough
        signal.signal(number, signal.SIG_IGN)
    say("Stopping …")
    withdraw(var)
    supervisor.stop()
    say("Stopped.")


def _stopping_when_asked() -> Callable[[float], None]:
    """A sleep that notices requests to stop; nothing is ever torn between starting a child and noting it down.

    The handlers stay: the process is about to end.
    """
    asked = False
    deserted = _desertion() if "MAKELEVEL" in os.environ else lambda: False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    def pause(seconds: float) -> None:
        time.sleep(seconds)
        if asked or deserted():
            raise AskedToStop

    for number in _ENDING:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means it
            signal.signal(number, note)
    return pause


def _desertion() -> Callable[[], bool]:
    """Make passes on SIGTERM only: one that was killed, or whose terminal is gone, is noticed by its absence."""
    parent, had_terminal = os.getppid(), _has_terminal()
    return lambda: os.getppid() != parent or (had_terminal and not _has_terminal())


def _has_terminal() -> bool:
    try:
        return os.tcgetpgrp(0) >= 0
    except OSError:
        return False


@contextlib.contextmanager
def _sole_owner(var: Path, verb: str) -> Iterator[IO[str]]:
    lock = take_lock(var)
    if lock is None:
        raise CannotStart(_already(var, verb))
    with lock:
        yield lock


def _already(var: Path, verb: str) -> str:
    port = running_port(var)
    if port and verb != "make run":
        return f"`{verb}` already runs here: http://127.0.0.1:{port}/ (Ctrl-C in its terminal stops it)."
    if port:
        return f"Bấm already runs here: http://127.0.0.1:{port}/simulator/ (Ctrl-C in its terminal stops it)."
    if running_services(var):
        return "Another command is using the database of this checkout; start again when it has ended."
    return "Bấm is just being started here by another terminal."


def _enough_room(var: Path) -> None:
    if shutil.disk_usage(var).free < _ROOM_NEEDED:
        raise CannotStart(f"The disk is full: {var} needs at least {_ROOM_NEEDED // 1_000_000} MB free.")


def _given_must_answer(given: Services) -> None:
    """The complaints never repeat the address: it may carry a password."""
    if given.database_url:
        _postgres_must_answer(given.database_url)
    if given.redis_url:
        _redis_must_answer(given.redis_url)


def _postgres_must_answer(url: str) -> None:
    if not url.startswith("postgresql://"):
        raise CannotStart("DATABASE_URL must begin with postgresql:// (PostgreSQL is the only database).")
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as problem:
        why = (str(problem).strip().splitlines() or ["no answer"])[0]
        raise CannotStart(f"DATABASE_URL cannot be used: {why}") from problem
    except psycopg.Error as problem:
        raise CannotStart("DATABASE_URL cannot be read as an address of PostgreSQL.") from problem


def _redis_must_answer(url: str) -> None:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as connection:
            connection.ping()
    except redis.RedisError as problem:
        raise CannotStart(f"REDIS_URL cannot be used: {problem}") from problem
    except ValueError as problem:
        raise CannotStart("REDIS_URL must be an address such as redis://localhost:6379/0.") from problem
