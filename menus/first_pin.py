"""Setting a first PIN: the year of birth as proof, four digits nobody guesses, and the same four once more."""

from itertools import pairwise

from menus.cash_out import HowMuch, NothingToCash, how_much
from menus.kinds import HOME, Again, Caller, Do, Go, Secret, ToHome, screen
from menus.pin import Locked, is_digits, last_try
from ussd_app.domain.commands import CountWrongPin, ProposePin, SetPin

YEAR_DIGITS = 4


@screen("first_pin.birth_year")
class BirthYear(Secret):
    for_cash: bool
    """They were on the way to cash: afterwards they go on there."""
    public = True
    samples = ("1950", "1999", "50")

    def answer(
        self, typed: str, caller: Caller
    ) -> Go["ChoosePin | Locked | ToHome"] | Do[CountWrongPin, "BirthYear"] | Do[CountWrongPin, Locked] | Again:
        me = caller.me
        if me.pin.is_set:
            return Go(HOME)
        if me.pin.locked:
            return Go(Locked())
        if not is_digits(typed, YEAR_DIGITS):
            return Again("first_pin.not_a_year")
        if int(typed) == me.birth_year:
            return Go(ChoosePin(self.for_cash))
        if last_try(me):
            return Do(CountWrongPin(me.id), Locked())
        return Do(CountWrongPin(me.id), self, note="first_pin.wrong_year")


@screen("first_pin.choose")
class ChoosePin(Secret):
    for_cash: bool
    public = True
    samples = ("2580", "1234", "7777", "1950", "25")

    def answer(self, typed: str, caller: Caller) -> Do[ProposePin, "RepeatPin"] | Go[ToHome] | Again:
        me = caller.me
        if me.pin.is_set:
            return Go(HOME)
        if not is_digits(typed, caller.line.service.pin_length):
            return Again("pin.not_a_pin")
        if too_easy(typed, me.birth_year):
            return Again("first_pin.too_easy")
        return Do(ProposePin(me.id, typed), RepeatPin(self.for_cash))


@screen("first_pin.repeat")
class RepeatPin(Secret):
    for_cash: bool
    public = True
    samples = ("2580", "2581")

    def answer(self, typed: str, caller: Caller) -> Do[SetPin, HowMuch | NothingToCash | ToHome] | Go[ChoosePin | ToHome]:
        me = caller.me
        if me.pin.is_set:
            return Go(HOME)
        if not me.pin.matches_proposed(typed):
            return Go(ChoosePin(self.for_cash), note="first_pin.not_the_same")
        return Do(SetPin(me.id), how_much(caller) if self.for_cash else HOME, note="first_pin.saved")


def too_easy(pin: str, birth_year: int) -> bool:
    """One digit over and over, a run up or down the keys, or the year of birth."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps in ({0}, {1}, {-1}) or pin == str(birth_year)
