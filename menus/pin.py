"""The PIN: how one that was keyed is judged, and the kind lock after three that were wrong."""

from typing import TypeVar

from menus.kinds import Again, Caller, Do, Go, Goodbye, Secret, screen
from ussd_app.domain.caller import Person
from ussd_app.domain.commands import CountWrongPin

Asking = TypeVar("Asking", bound=Secret)


def unless_right(
    asking: Asking, typed: str, caller: Caller
) -> Do[CountWrongPin, Asking] | Do[CountWrongPin, "Locked"] | Go["Locked"] | Again | None:
    """What comes instead of going on when this is not the caller's PIN; None when it is.

    Locked already, perhaps on another phone: right or wrong is not even looked at. What has not the shape of a PIN is
    a slip of the finger, and is not counted.
    """
    me = caller.me
    if me.pin.locked:
        return Go(Locked())
    if not is_digits(typed, caller.line.service.pin_length):
        return Again("pin.not_a_pin")
    if me.pin.matches(typed):
        return None
    if last_try(me):
        return Do(CountWrongPin(me.id), Locked())
    return Do(CountWrongPin(me.id), asking, note="pin.wrong")


def last_try(person: Person) -> bool:
    """A wrong one now, and there is no further try."""
    return person.pin.tries_left <= 1


def is_digits(typed: str, how_many: int) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) == how_many


@screen("pin.locked")
class Locked(Goodbye):
    public = True
