"""Processes that a launcher killed without warning has left behind: written down, recognised, ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psutil

from ussd_app.local.processes import MARKER, Child

_FILE = "processes.json"
_SAME_MOMENT_S = 2.0
_PATIENCE_S = 4.0


def write_down(var: Path, children: Iterable[Child]) -> None:
    listed = [{"pid": child.pid, "created": child.created, "signal": int(child.spec.stop_signal)} for child in children]
    write_private(var / _FILE, {"var": str(var), "processes": listed})


def forget(var: Path) -> None:
    (var / _FILE).unlink(missing_ok=True)


def end_leftovers(var: Path) -> int:
    """Ends what is left of an earlier run; how many processes there were."""
    found = list(_leftovers(var))
    end_together(found, within_s=_PATIENCE_S)
    forget(var)
    return len(found)


def any_left(var: Path) -> bool:
    return any(True for _ in _leftovers(var))


def end_together(found: list[tuple[psutil.Process, signal.Signals]], within_s: float) -> None:
    """Ask all, then kill those that are still there."""
    for process, stop_signal in found:
        with contextlib.suppress(psutil.Error):
            process.send_signal(stop_signal)
    limit = time.monotonic() + within_s
    for process, _ in found:
        if not _ended(process, limit):
            with contextlib.suppress(psutil.Error):
                process.kill()
            _ended(process, time.monotonic() + _PATIENCE_S)


def same_process(pid: int, created: float) -> bool:
    """Whether `pid` is still the process that was created then, and not a stranger with its number."""
    try:
        process = psutil.Process(pid)
        alive = process.status() != psutil.STATUS_ZOMBIE
        return alive and abs(process.create_time() - created) < _SAME_MOMENT_S
    except psutil.Error:
        return False


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all, and for our own eyes: addresses may carry passwords."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file)
    unfinished.replace(path)


def read_private(path: Path) -> dict[str, Any]:
    """Empty when there is none, or one that was copied here from another checkout."""
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if content.get("var") == str(path.parent) else {}


def _leftovers(var: Path) -> Iterator[tuple[psutil.Process, signal.Signals]]:
    for each in reversed(read_private(var / _FILE).get("processes", [])):
        if same_process(each["pid"], each["created"]):
            yield psutil.Process(each["pid"]), signal.Signals(each["signal"])
        yield from ((orphan, signal.SIGTERM) for orphan in _orphans(each["pid"], var))


def _orphans(session: int, var: Path) -> Iterator[psutil.Process]:
    """What a child of ours started and left: in its session, and with our mark in its environment."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != session and os.getsid(process.pid) == session and _marked(process, var):
                yield process


def _marked(process: psutil.Process, var: Path) -> bool:
    return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARKER) == str(var)


def _ended(process: psutil.Process, limit: float) -> bool:
    """A zombie has ended: it waits for its parent, which need not be us."""
    with contextlib.suppress(psutil.Error):
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > limit:
                return False
            time.sleep(0.02)
    return True
