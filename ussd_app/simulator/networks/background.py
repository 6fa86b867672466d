"""Work that goes on beside the requests: steps repeated until there is nothing to do, and again a moment later."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable


class Background:
    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def repeat(self, step: Callable[[], bool], *, every_s: float, hands: int = 1) -> None:
        """`step` says whether it found work. The first hand looks often; the others join in when there is much."""
        for hand in range(hands):
            idle_s = every_s if hand == 0 else max(every_s, 0.5)
            thread = threading.Thread(target=self._run, args=(step, idle_s), daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        self.stopped.set()
        for thread in self._threads:
            thread.join(timeout=15)

    def _run(self, step: Callable[[], bool], idle_s: float) -> None:
        while not self.stopped.is_set():
            try:
                found = step()
            except Exception as problem:  # the database may be away for a while; the rows wait
                if not self.stopped.is_set():
                    sys.stderr.write(f"networks: {type(problem).__name__} in the background, trying again\n")
                self.stopped.wait(1)
                continue
            if not found:
                self.stopped.wait(idle_s)
