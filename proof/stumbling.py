"""A worker sets aside what it stumbles over, and goes on; here, where nothing is broken but by us, that is a breach."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from workers import stumbles


@contextmanager
def overheard(breaches: list[str]) -> Iterator[None]:
    """While the block lasts, what any worker sets aside is written down as a breach."""
    ear = _Ear(breaches)
    stumbles.log.addHandler(ear)
    stumbles.log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        stumbles.log.removeHandler(ear)


class _Ear(logging.Handler):
    def __init__(self, breaches: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._breaches = breaches

    def emit(self, record: logging.LogRecord) -> None:
        self._breaches.append(record.getMessage())
