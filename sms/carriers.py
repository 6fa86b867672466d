"""The carriers that an operator may name, and how the order and the measure of each are written in a setting."""

from __future__ import annotations

CARRIERS = ("africas_talking", "esms")


def read_order(written: str) -> tuple[str, ...]:
    """`esms,africas_talking`: who is called first. Raises ValueError with a sentence."""
    names = tuple(each.strip() for each in written.split(",") if each.strip())
    if unknown := set(names) - set(CARRIERS):
        raise ValueError(f"there is no carrier called {sorted(unknown)[0]}; known are {', '.join(CARRIERS)}")
    if len(set(names)) < len(names) or not names:
        raise ValueError("each carrier is named once, and at least one is")
    return names


def read_rates(written: str) -> dict[str, float]:
    """`africas_talking:100,esms:50`: parts a second. Raises ValueError with a sentence."""
    rates: dict[str, float] = {}
    for each in filter(None, (part.strip() for part in written.split(","))):
        name, _, parts = each.partition(":")
        if name.strip() not in CARRIERS or not parts.strip().isdigit() or int(parts) < 1:
            raise ValueError("a measure is written like africas_talking:100, in whole parts a second")
        rates[name.strip()] = float(parts)
    return rates
