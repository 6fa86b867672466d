"""TCP ports of this machine: which are free, which are taken."""

from __future__ import annotations

import socket

from ussd_app.local.troubles import CannotStart

_HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return probe.getsockname()[1]


def must_be_free(port: int, verb: str = "make run") -> None:
    if not 1 <= port <= 65535:
        raise CannotStart(f"PORT must be between 1 and 65535, not {port}.")
    if answers(port):
        raise CannotStart(_taken(port, verb))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that has just been left is free
        try:
            probe.bind((_HOST, port))
        except PermissionError as problem:
            raise CannotStart(f"Port {port} is not allowed for this user; try PORT=8001 {verb}.") from problem
        except OSError as problem:
            raise CannotStart(_taken(port, verb)) from problem


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((_HOST, port)) == 0


def _taken(port: int, verb: str) -> str:
    other = port + 1 if port < 65535 else 8000
    return f"Port {port} is taken; try PORT={other} {verb}."
