"""The real launcher with a var/ of its own: started, looked into, hurt on purpose, stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psutil
import psycopg
import redis
from psycopg.rows import dict_row

from ussd_app.local.ports import free_port
from ussd_app.settings import HOME

_NOT_OURS = {"DATABASE_URL", "REDIS_URL", "MAKELEVEL", "NETWORKS_URL", "CALLBACK_TOKEN", "BAM_STACK"}
_STARTS_WITHIN_S = 120


@dataclass(frozen=True, slots=True)
class Said:
    """What a command of the officers said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return (self.out.strip() or self.err.strip()).splitlines()[-1]


@dataclass(slots=True)
class OwnStack:
    """One running stack. `url` is its web; everything else is reached as its officers and gateways reach it."""

    var: Path
    port: int
    launcher: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        return kept | {"BAM_VAR": str(self.var), "PORT": str(self.port), "PYTHONPATH": str(HOME)}

    # ---- its life -----------------------------------------------------------------------------------

    def start(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "launcher.out").open("ab") as out:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "ussd_app.local"], cwd=HOME, env=self.environment(), stdout=out, stderr=out
            )
        wait_for(self._published, _STARTS_WITHIN_S, "the stack to start", step_s=0.2)

    def stop(self) -> None:
        self.launcher.send_signal(signal.SIGTERM)
        self.launcher.wait(60)

    def _published(self) -> bool:
        if self.launcher.poll() is not None:
            raise AssertionError((self.var / "launcher.out").read_text()[-2000:])
        return (self.var / "stack.json").exists()

    def facts(self) -> dict[str, Any]:
        return json.loads((self.var / "stack.json").read_text())

    # ---- its processes ------------------------------------------------------------------------------

    def processes(self) -> dict[str, list[psutil.Process]]:
        """By the part of the stack they belong to; web and postgres are several processes each."""
        found: dict[str, list[psutil.Process]] = {}
        for child in psutil.Process(self.launcher.pid).children(recursive=True):
            try:
                found.setdefault(part_of(child), []).append(child)
            except psutil.Error:
                continue
        return found

    def kill(self, part: str) -> None:
        """-9, as the kernel does when memory runs out."""
        for process in self.processes().get(part, []):
            process.kill()

    def runs(self, part: str) -> bool:
        return bool(self.processes().get(part))

    # ---- what its clients do ------------------------------------------------------------------------

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """An officer's command, in a terminal of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=HOME,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def command(self, *words: str) -> Said:
        """The same, waited for."""
        terminal = self.begin(*words)
        out, err = terminal.communicate()
        return Said(terminal.returncode, out, err)

    def post(self, path: str, form: Mapping[str, str] | bytes) -> tuple[int, bytes]:
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        return self.ask("POST", path, body, "application/x-www-form-urlencoded")

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "", **headers: str) -> tuple[int, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = urllib.request.Request(self.url + path, body, named | {"Content-Type": kind or "text/plain"}, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()

    def simulator(self, path: str, wish: Mapping[str, Any] | None = None) -> Any:
        method, body = ("GET", None) if wish is None else ("POST", json.dumps(wish).encode())
        status, said = self.ask(method, f"/simulator/api{path}", body, "application/json")
        return json.loads(said) | {"status": status} if said[:1] == b"{" else json.loads(said)

    def faults(self, **wanted: float) -> None:
        """Exactly these from now on."""
        self.simulator("/faults", {})
        if wanted:
            self.simulator("/faults", wanted)

    def inbox(self, phone: str) -> list[str]:
        return [each["text"] for each in self.simulator(f"/phones/{quote(phone)}/messages")]

    # ---- what lies in it ----------------------------------------------------------------------------

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        with (
            psycopg.connect(self.facts()["database_url"], autocommit=True) as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            return cursor.execute(statement.encode(), values or None).fetchall()

    def count(self, statement: str, *values: Any) -> int:
        return next(iter(self.rows(statement, *values)[0].values()))

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.facts()["redis_url"])

    def data_key(self) -> bytes:
        return (self.var / "keys").read_text().split()[1].encode()


@contextmanager
def own_stack(var: Path) -> Iterator[OwnStack]:
    stack = OwnStack(var, free_port())
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


def wait_for(true: Callable[[], object], within_s: float, what: str, step_s: float = 0.1) -> None:
    """Until it is so; a deadline that passes is a failure that says what was waited for."""
    limit = time.monotonic() + within_s
    while not true():
        if time.monotonic() > limit:
            raise AssertionError(f"waited {within_s:g} s in vain for {what}")
        time.sleep(step_s)


_PARTS = {
    "workers work sms-code": "sms-code",
    "workers work sms-bulk": "sms-bulk",
    "workers work cash-out": "cash-out",
    "workers work redeem": "redeem",
    "workers clock": "clock",
    "granian": "web",
    "simulator.networks": "networks",
    "valkey": "redis",
    "redis-server": "redis",
    "postgres": "postgres",
    "ussd_app.local": "launcher",
}


def part_of(process: psutil.Process) -> str:
    """The part of a stack that a process is, or the officers' command that it carries out."""
    words = " ".join(process.cmdline())
    _, command, rest = words.partition(" --app wsgi ")
    if command:
        return " ".join(rest.split()[:2])
    return next((part for sign, part in _PARTS.items() if sign in words), process.name())
