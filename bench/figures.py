"""How figures are taken and printed: medians of rounds, processor time by process, one `ratio` line for each ratio."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from statistics import median

import psutil


def cpu_s(pid: int) -> float:
    """Processor seconds that a process and those it started have used so far."""
    used = 0.0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                times = each.cpu_times()
                used += times.user + times.system
    return used


def percentile(values: Sequence[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))] if ranked else 0.0


def spread(values: Sequence[float]) -> str:
    """The median, and between what it lay."""
    return f"{median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def ratio(what: str, ours: Sequence[float], theirs: Sequence[float]) -> None:
    """Of each round beside its neighbour, so that a noisy minute falls on both; the median of those."""
    print(f"ratio {what}: {median(a / b for a, b in zip(ours, theirs, strict=True)):.2f}", flush=True)
