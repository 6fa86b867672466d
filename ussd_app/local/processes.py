"""One child process of the stack: how it starts, how it is known to be ready, how it ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from ussd_app.local.troubles import FULL, CannotStart

MARKER = "BAM_STACK"  # in every child's environment: the var/ of the stack it belongs to
_LOG_LIMIT = 10_000_000
_TICK_S = 0.05
_SET_PARENT_DEATH_SIGNAL = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Account:
    """The system user a process runs as."""

    user: int
    group: int


def _nothing() -> None:
    return None


def _at_once() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """A process to keep running; stages stop from the highest to the lowest."""

    name: str
    command: tuple[str, ...]
    home: Path
    stage: int = 1
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within_s: float = 3.0
    before: Callable[[], None] = _nothing
    ready: Callable[[], bool] = _at_once
    ready_within_s: float = 30.0


class Child:
    """A started ProcessSpec, in a session and process group of its own."""

    def __init__(self, spec: ProcessSpec, log: Path) -> None:
        spec.before()
        self.spec, self.log = spec, log
        _shorten(log)
        self._log_start = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            self._process = _spawn(spec, out.fileno())
        self.pid = self._process.pid
        self.created = _created(self.pid)

    def alive(self) -> bool:
        return self._process.poll() is None

    def wait_until_ready(self, pause: Callable[[float], None] = time.sleep) -> None:
        limit = time.monotonic() + self.spec.ready_within_s
        while not self.spec.ready():
            if not self.alive():
                raise CannotStart(self._complaint(f"stopped while starting ({self.ending()})"))
            if time.monotonic() > limit:
                raise CannotStart(self._complaint(f"was not ready within {self.spec.ready_within_s:.0f} s"))
            pause(_TICK_S)

    def wait_until_done(self, pause: Callable[[float], None] = time.sleep) -> None:
        """For a command that runs once and must succeed."""
        while self.alive():
            pause(_TICK_S)
        if self._process.returncode != 0:
            raise CannotStart(self._complaint(f"did not succeed ({self.ending()})"))

    def ask_to_stop(self) -> None:
        if self.alive():
            self._process.send_signal(self.spec.stop_signal)

    def kill_rest(self) -> None:
        """The process if it still lives, and whatever it started in its own group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        stop_together([self])

    def ending(self) -> str:
        code = self._process.returncode
        if code is None:
            return "still running"
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"

    def written(self) -> str:
        """The end of what it has written to its log since it started."""
        with contextlib.suppress(OSError), self.log.open("rb") as file:
            file.seek(max(self._log_start, self.log.stat().st_size - 20_000))
            return file.read().decode(errors="replace")
        return ""

    def _complaint(self, what: str) -> str:
        written = self.written()
        if FULL in written:
            return f"The disk is full: {self.spec.name} {what}. Free some space and start again."
        last = (written.strip().splitlines() or ["it wrote nothing"])[-1].strip()
        return f"{self.spec.name} {what}: {last[:200]} (more in {self.log})"


def stop_together(children: list[Child]) -> None:
    """Ask all, give them the longest of their times, then kill what is left."""
    for child in children:
        child.ask_to_stop()
    limit = time.monotonic() + max((child.spec.stop_within_s for child in children), default=0.0)
    while any(child.alive() for child in children) and time.monotonic() < limit:
        time.sleep(_TICK_S / 2)
    for child in children:
        child.kill_rest()


def _spawn(spec: ProcessSpec, log: int) -> subprocess.Popen[bytes]:
    account = spec.account
    return subprocess.Popen(
        spec.command,
        cwd=spec.home,
        env={**os.environ, **spec.environment},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        preexec_fn=_tied_to_this_process(spec.stop_signal),
        user=account.user if account else None,
        group=account.group if account else None,
        extra_groups=[] if account else None,
    )


def _tied_to_this_process(number: signal.Signals) -> Callable[[], None] | None:
    """Linux sends `number` to the child when the thread that started it dies, even by kill -9.

    Only the main thread lives as long as the process. Popen runs this after the change of user, which would
    otherwise clear the setting.
    """
    libc, parent = _libc, os.getpid()
    if libc is None or threading.current_thread() is not threading.main_thread():
        return None

    def tie() -> None:
        libc.prctl(_SET_PARENT_DEATH_SIGNAL, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return tie


def _shorten(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_name(log.name + ".1"))


def _created(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0
