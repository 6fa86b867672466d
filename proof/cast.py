"""Who stands in a schedule, and what is on its way: errands at their times, workers at their places, a loss to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from proof.ground import BEGINNING
from proof.people import Someone
from proof.provider import Called
from proof.stage import Actor


@dataclass(frozen=True, slots=True)
class Errand:
    """Something on its way, or planned: it happens at its time, done by an actor of its own."""

    at: datetime
    who: str
    what: str
    attempt: UUID | None = None
    called: Called | None = None
    someone: Someone | None = None
    into_wallet: bool = False
    reversal: UUID | None = None
    """The request by which the provider takes back what was paid under the attempt: all of it where no amount is said."""
    amount: int = 0
    request: tuple[str, str, dict[str, str], bytes] | None = None
    act: Callable[[], None] | None = None
    """Whatever else it is."""
    alone: bool = False
    """Done at once, by nobody on the stage."""
    stops_us: bool = False
    """Every process of ours ends first, wherever it is."""


@dataclass
class Lost:
    """The moment of the backup that our database was put back to, and how far going on has come since."""

    backup_of: datetime | None = None
    begun: bool = False
    ended: bool = False


@dataclass
class Place:
    """A worker's place: empty, at work, or down for a while after its process died."""

    name: str
    skew: timedelta
    actor: Actor | None = None
    idle_at: datetime | None = None
    """The moment at which it last found nothing to do."""
    down_until: datetime = BEGINNING
