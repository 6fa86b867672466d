"""The children of one launcher: started in order, started again when they die, stopped in reverse order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from ussd_app.local.leftovers import forget, write_down
from ussd_app.local.processes import MARKER, Child, ProcessSpec, stop_together
from ussd_app.local.troubles import CannotStart

_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 10.0
_STEADY_S = 30.0  # a child that lived this long is forgiven its earlier deaths


@dataclass(slots=True)
class _Kept:
    child: Child
    started: float
    delay: float = _FIRST_DELAY_S
    due: float | None = None


class Supervisor:
    def __init__(
        self,
        var: Path,
        say: Callable[[str], None],
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._var, self._say, self._pause, self._clock = var, say, pause, clock
        self._kept: dict[str, _Kept] = {}

    def start(self, spec: ProcessSpec) -> Child:
        """Returns when the child is ready."""
        child = self._new(spec)
        child.wait_until_ready(self._pause)
        return child

    def run_once(self, spec: ProcessSpec) -> None:
        """A command that must succeed before anything else may start."""
        self._new(spec).wait_until_done(self._pause)
        del self._kept[spec.name]
        self._write_down()

    def tend(self) -> None:
        """One look at every child: who has died is started again, after a pause that grows."""
        for kept in list(self._kept.values()):
            if kept.due is not None and self._clock() >= kept.due:
                self._again(kept)
            elif kept.due is None and not kept.child.alive():
                self._note_death(kept)

    def stop(self) -> None:
        in_reverse = sorted(self._kept.values(), key=lambda kept: -kept.child.spec.stage)
        for _, together in groupby(in_reverse, key=lambda kept: kept.child.spec.stage):
            stop_together([kept.child for kept in together])
        self._kept.clear()
        forget(self._var)

    def _new(self, spec: ProcessSpec) -> Child:
        child = _child(spec, self._var)
        self._kept[spec.name] = _Kept(child, self._clock())
        self._write_down()
        return child

    def _note_death(self, kept: _Kept) -> None:
        child, now = kept.child, self._clock()
        child.kill_rest()
        if now - kept.started >= _STEADY_S:
            kept.delay = _FIRST_DELAY_S
        kept.due = now + kept.delay
        self._say(f"{child.spec.name} ended ({child.ending()}); starting it again in {kept.delay:g} s")
        kept.delay = min(kept.delay * 2, _LONGEST_DELAY_S)

    def _again(self, kept: _Kept) -> None:
        try:
            kept.child = _child(kept.child.spec, self._var)
        except (OSError, CannotStart) as problem:
            self._say(f"{kept.child.spec.name} could not be started again: {problem}")
            kept.due, kept.delay = self._clock() + kept.delay, min(kept.delay * 2, _LONGEST_DELAY_S)
            return
        kept.started, kept.due = self._clock(), None
        self._write_down()
        self._say(f"{kept.child.spec.name} runs again")

    def _write_down(self) -> None:
        write_down(self._var, [kept.child for kept in self._kept.values()])


def _child(spec: ProcessSpec, var: Path) -> Child:
    marked = replace(spec, environment={**spec.environment, MARKER: str(var)})
    return Child(marked, var / "log" / f"{spec.name}.log")
