"""How the provider behaves until it is told otherwise: in sync or not, its heartbeat, and its limits."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

_SERVICE = ("available", "degraded", "unavailable")


class BadWay(Exception):
    """It was asked to behave in a way that it does not know; the message says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Whole units of the currency, or how many; None is no limit. Days, weeks and months are those of Viet Nam."""

    min_value: int | None = None
    max_value: int | None = None
    daily_volume: int | None = None
    daily_value: int | None = None
    weekly_volume: int | None = None
    weekly_value: int | None = None
    monthly_volume: int | None = None
    monthly_value: int | None = None
    total_volume: int | None = None
    total_value: int | None = None
    max_balance: int | None = None


@dataclass(frozen=True, slots=True)
class Behaviour:
    sync: bool = False
    """A request without X-Callback-URL is answered 201 with the object itself."""
    service: str = "available"
    """What the heartbeat says; `unavailable` also answers every request with 503."""
    poll_limit: int = 1000
    limits: Limits = Limits()


class Ways:
    """Behaviour that can be changed while the provider runs."""

    def __init__(self, behaviour: Behaviour = Behaviour()) -> None:
        self._lock = threading.Lock()
        self._now = behaviour

    @property
    def now(self) -> Behaviour:
        return self._now

    def change(self, wanted: Any) -> None:
        """All of it or nothing; what is not named stays as it was."""
        with self._lock:
            self._now = changed(self._now, wanted)

    def listing(self) -> dict[str, Any]:
        return asdict(self._now)


def changed(now: Behaviour, wanted: Any) -> Behaviour:
    match wanted:
        case dict():
            pass
        case _:
            raise BadWay("Send an object with any of: sync, service, poll_limit, limits.")
    for name, value in wanted.items():
        match name, value:
            case "sync", bool():
                now = replace(now, sync=value)
            case "service", str() if value in _SERVICE:
                now = replace(now, service=value)
            case "poll_limit", int() if value > 0 and not isinstance(value, bool):
                now = replace(now, poll_limit=value)
            case "limits", dict():
                now = replace(now, limits=_limits(now.limits, value))
            case _:
                raise BadWay(f"{name!r} cannot be set so.")
    return now


def _limits(now: Limits, wanted: Mapping[str, Any]) -> Limits:
    known = {each.name for each in fields(Limits)}
    for name, value in wanted.items():
        if name not in known:
            raise BadWay(f"There is no limit called {name!r}; there are: {', '.join(sorted(known))}.")
        if value is not None and (type(value) is not int or value < 0):
            raise BadWay(f"{name} needs a whole number, or null for none.")
    return replace(now, **wanted)
