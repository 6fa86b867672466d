"""A new PIN in place of the old one: with the old one, or with a temporary one that two officers have sent."""

from menus.cash_out import HowMuch, NothingToCash, how_much
from menus.first_pin import BirthYear, too_easy
from menus.kinds import HOME, Again, Caller, Do, Go, Secret, ToHome, screen
from menus.pin import Locked, is_digits, unless_right
from ussd_app.domain.caller import Person
from ussd_app.domain.commands import CountWrongPin, CountWrongTemporaryPin, ProposePin, ReplacePin


@screen("pin.old")
class OldPin(Secret):
    samples = ("2580", "1111")

    def text(self, caller: Caller) -> str:
        return "pin.ask"

    def answer(
        self, typed: str, caller: Caller
    ) -> Go["NewPin | Locked"] | Do[CountWrongPin, "OldPin"] | Do[CountWrongPin, Locked] | Again:
        if instead := unless_right(self, typed, caller):
            return instead
        return Go(NewPin(for_cash=False))


@screen("pin.temporary")
class TemporaryPin(Secret):
    for_cash: bool
    """They were on the way to cash: afterwards they go on there."""
    public = True
    samples = ("9713", "1111", "97")

    def answer(
        self, typed: str, caller: Caller
    ) -> (
        Go["NewPin | Locked | ToHome"]
        | Do[CountWrongTemporaryPin, "TemporaryPin"]
        | Do[CountWrongTemporaryPin, Locked]
        | Again
    ):
        me = caller.me
        if not me.pin.temporary_tries:
            return Go(Locked() if me.pin.locked else HOME)
        if not is_digits(typed, caller.line.service.pin_length):
            return Again("pin.not_a_pin")
        if me.pin.matches_temporary(typed):
            return Go(NewPin(self.for_cash))
        if me.pin.temporary_tries == 1:
            return Do(CountWrongTemporaryPin(me.id), Locked())
        return Do(CountWrongTemporaryPin(me.id), self, note="pin.temporary.wrong")


@screen("pin.new")
class NewPin(Secret):
    for_cash: bool
    public = True
    samples = ("2580", "1234", "7777", "1950", "25")

    def text(self, caller: Caller) -> str:
        return "first_pin.choose"

    def answer(self, typed: str, caller: Caller) -> Do[ProposePin, "RepeatNewPin"] | Again:
        if not is_digits(typed, caller.line.service.pin_length):
            return Again("pin.not_a_pin")
        if too_easy(typed, caller.me.birth_year):
            return Again("first_pin.too_easy")
        return Do(ProposePin(caller.me.id, typed), RepeatNewPin(self.for_cash))


@screen("pin.repeat")
class RepeatNewPin(Secret):
    for_cash: bool
    public = True
    samples = ("2580", "2581")

    def text(self, caller: Caller) -> str:
        return "first_pin.repeat"

    def answer(self, typed: str, caller: Caller) -> Do[ReplacePin, HowMuch | NothingToCash | ToHome] | Go[NewPin]:
        if not caller.me.pin.matches_proposed(typed):
            return Go(NewPin(self.for_cash), note="first_pin.not_the_same")
        return Do(ReplacePin(caller.me.id), how_much(caller) if self.for_cash else HOME, note="pin.changed")


def no_pin_to_give(person: Person, *, for_cash: bool) -> TemporaryPin | Locked | BirthYear:
    """The way to a PIN for someone who has none that works: a temporary one, an officer, or the first one."""
    if person.pin.temporary_tries:
        return TemporaryPin(for_cash)
    return Locked() if person.pin.locked else BirthYear(for_cash)
