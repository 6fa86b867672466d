"""The PIN: how one that was keyed is judged, and the kind lock after three that were wrong."""

from enum import Enum, auto

from menus.kinds import Caller, Goodbye, screen
from ussd_app.domain.caller import Person


class Verdict(Enum):
    RIGHT = auto()
    WRONG = auto()
    LAST_WRONG = auto()
    """Wrong, and there is no further try."""
    LOCKED = auto()
    """It was locked already, perhaps on another phone: right or wrong is not even looked at."""
    NO_PIN = auto()
    """Not of a PIN's shape: a slip of the finger, which is not counted."""


def judge(typed: str, caller: Caller) -> Verdict:
    pin = caller.me.pin
    if pin.locked:
        return Verdict.LOCKED
    if not is_digits(typed, caller.line.service.pin_length):
        return Verdict.NO_PIN
    if pin.matches(typed):
        return Verdict.RIGHT
    return wrong(caller.me)


def wrong(person: Person) -> Verdict:
    return Verdict.WRONG if person.pin.tries_left > 1 else Verdict.LAST_WRONG


def is_digits(typed: str, how_many: int) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) == how_many


@screen("pin.locked")
class Locked(Goodbye):
    public = True
