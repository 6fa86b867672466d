"""The most memory each process below this one ever held, by what it was doing."""

from __future__ import annotations

import threading
from typing import Self

import psutil

from bench.own_stack import part_of

EVERY_S = 0.3


class MemoryWatch:
    """Resident memory, sampled: shared pages of PostgreSQL are counted in each of its processes."""

    def __init__(self) -> None:
        self._peaks: dict[str, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def peaks_mb(self) -> dict[str, int]:
        return {name: peak // 1_000_000 for name, peak in dict(self._peaks).items()}

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._over.wait(EVERY_S):
            for each in me.children(recursive=True):
                try:
                    name, held = part_of(each), each.memory_info().rss
                except psutil.Error:
                    continue
                self._peaks[name] = max(held, self._peaks.get(name, 0))
