"""The parts of Bấm that run on top of the services: commands to run once, and processes to keep."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from ussd_app.http.admission import WAITING_ROOM
from ussd_app.local.ports import free_port
from ussd_app.local.processes import ProcessSpec
from ussd_app.local.services import Services
from ussd_app.settings import HOME, Settings

_LANES = ("sms-code", "sms-bulk", "cash-out", "redeem")

_FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
"""Else glibc keeps what a PIN's check took, 19 MB, for each of eight pools a core in which a thread has checked one."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to say, and then what to start; a `once` must succeed before the next step."""

    saying: str
    spec: ProcessSpec
    once: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    steps: tuple[Step, ...]
    networks_url: str


PartsMaker = Callable[[Settings, Services], Parts]


def parts(settings: Settings, found: Services) -> Parts:
    networks_port = free_port() if settings.simulated and not found.networks_url else 0
    networks_url = f"http://127.0.0.1:{networks_port}" if networks_port else found.networks_url
    shared = {
        "DATABASE_URL": found.database_url,
        "REDIS_URL": found.redis_url,
        "NETWORKS_URL": networks_url,
        "PORT": str(settings.port),
        "CALLBACK_TOKEN": settings.callback_token,
        "PYTHONUNBUFFERED": "1",
    }
    steps = [Step("Bringing the database up to date …", _flask("db-upgrade", shared, "db", "upgrade"), once=True)]
    if settings.simulated:
        steps.append(Step("Loading the demo people …", _flask("demo-load", shared, "demo", "load"), once=True))
    if networks_port:
        steps.append(Step("Starting the simulated networks …", _networks(shared, settings.port, networks_port)))
    steps.append(Step("Starting the web …", _web(shared, settings.port)))
    steps += [Step(f"Starting the worker for {lane} …", _worker(shared, lane, "work", lane)) for lane in _LANES]
    steps.append(Step("Starting the clock …", _worker(shared, "clock", "clock")))
    return Parts(tuple(steps), networks_url)


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *arguments)


def _flask(name: str, shared: dict[str, str], *command: str) -> ProcessSpec:
    return ProcessSpec(
        name=name,
        command=_python("flask", "--app", "wsgi", *command),
        home=HOME,
        environment=shared,
    )


def _networks(shared: dict[str, str], port: int, networks_port: int) -> ProcessSpec:
    own = {"NETWORKS_PORT": str(networks_port), "WEB_URL": f"http://127.0.0.1:{port}"}
    return ProcessSpec(
        name="networks",
        command=_python("ussd_app.simulator.networks"),
        home=HOME,
        environment=shared | own,
        stage=1,
        stop_within_s=1.5,
        ready=answers_with(f"http://127.0.0.1:{networks_port}/control/faults"),
    )


def _web(shared: dict[str, str], port: int) -> ProcessSpec:
    return ProcessSpec(
        name="web",
        command=(*granian(port, "wsgi:app", WAITING_ROOM), "--respawn-failed-workers", "--respawn-interval", "0.5"),
        home=HOME,
        environment=shared | _FEW_ARENAS,
        stage=2,
        ready=answers_with(f"http://127.0.0.1:{port}/live"),
    )


def granian(port: int, target: str, threads: int = 1) -> tuple[str, ...]:
    """How an application is served: two processes in which one thread works, which is faster than threads here."""
    options = {
        "--interface": "wsgi",
        "--host": "127.0.0.1",
        "--port": str(port),
        "--workers": "2",
        "--blocking-threads": str(threads),
        "--workers-kill-timeout": "2",
    }
    return _python("granian", *(part for pair in options.items() for part in pair), "--no-access-log", target)


def _worker(shared: dict[str, str], name: str, *arguments: str) -> ProcessSpec:
    return ProcessSpec(
        name=name,
        command=_python("workers", *arguments),
        home=HOME,
        environment=shared,
        stage=3,
    )


def answers_with(url: str) -> Callable[[], bool]:
    """A question to ask until it says yes: is there somebody at this address, and well?"""

    def ask() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
                return answer.status == 200
        except OSError:
            return False

    return ask
