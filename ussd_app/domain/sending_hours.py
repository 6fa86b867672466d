"""When a message that can wait may disturb: never between 20:00 and 7:00, and at most three times a day."""

from __future__ import annotations

from datetime import datetime, time, timedelta

QUIET_FROM = time(20)
QUIET_UNTIL = time(7)
MOST_REMINDERS_A_DAY = 3
"""To one phone, whoever shares it."""


def quiet(local: datetime) -> bool:
    """Whether people sleep at this local moment."""
    return not QUIET_UNTIL <= local.time() < QUIET_FROM


def next_awake(local: datetime) -> datetime:
    """This moment, or the next morning when it falls into the quiet hours."""
    if not quiet(local):
        return local
    morning = local.replace(hour=QUIET_UNTIL.hour, minute=0, second=0, microsecond=0)
    return morning if local < morning else morning + timedelta(days=1)


def next_morning(local: datetime) -> datetime:
    """The first moment of the next day at which people are awake."""
    return next_awake((local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0))


def evening(local: datetime) -> datetime:
    """When the quiet hours of an awake moment's own day begin."""
    return local.replace(hour=QUIET_FROM.hour, minute=0, second=0, microsecond=0)
