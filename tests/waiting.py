"""Patience, for what happens beside a test."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def until(look: Callable[[], Any]) -> Any:
    """Ask again and again until the answer is a yes."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
    raise AssertionError("it never came true")
