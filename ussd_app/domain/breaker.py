"""When a carrier that fails too often is left alone, and how it is tried again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(seconds=30)
FEWEST_ANSWERS = 10
ONE_IN = 2
"""One answer of so many being trouble is too many; a twentieth that is busy is an ordinary day."""

FIRST_REST, LONGEST_REST = timedelta(seconds=10), timedelta(minutes=5)
TRIAL_LASTS = timedelta(seconds=60)
"""Whoever tries one message and is killed meanwhile is not waited for any longer."""


class Breaker(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Health:
    """How well a carrier has answered lately. `troubles` are the answers that were busy or unsure."""

    breaker: Breaker
    window_began: datetime
    answers: int = 0
    troubles: int = 0
    openings: int = 0
    """In a row: each rest is twice as long as the one before."""
    look_at: datetime | None = None


def heard(health: Health, answers: int, troubles: int, now: datetime) -> Health:
    """After so many answers more, of which so many were troubles."""
    if not answers:
        return health
    match health.breaker:
        case Breaker.OPEN:  # what was on its way when it opened says nothing new
            return health
        case Breaker.HALF_OPEN:
            return _opened(health, now) if troubles else Health(Breaker.CLOSED, now)
        case Breaker.CLOSED:
            if now - health.window_began > WINDOW:
                health = replace(health, window_began=now, answers=0, troubles=0)
            health = replace(health, answers=health.answers + answers, troubles=health.troubles + troubles)
            failing = health.answers >= FEWEST_ANSWERS and health.troubles * ONE_IN >= health.answers
            return _opened(health, now) if failing else health


def _opened(health: Health, now: datetime) -> Health:
    rest = min(FIRST_REST * 2**health.openings, LONGEST_REST)
    return Health(Breaker.OPEN, now, openings=min(health.openings + 1, 10), look_at=now + rest)


def may_be_tried(health: Health, now: datetime) -> bool:
    """True when its rest is over: then one worker hands it one message."""
    return health.breaker is not Breaker.CLOSED and health.look_at is not None and now >= health.look_at
