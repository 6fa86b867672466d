"""What a person may change here: the language, and the PIN."""

from menus.first_pin import BirthYear
from menus.kinds import NOT_IN_THE_LIST, Again, Caller, Do, Go, Menu, ToHome, screen
from menus.language import WhichLanguage, speak
from menus.pin import Locked
from menus.pin_change import OldPin, TemporaryPin, no_pin_to_give
from ussd_app.domain.commands import ChooseLanguage
from ussd_app.domain.people import Language


@screen("settings")
class Settings(Menu):
    """English is offered by its own name: who needs it cannot read the line above."""

    def answer(
        self, typed: str, caller: Caller
    ) -> Go[WhichLanguage] | Go[OldPin | TemporaryPin | BirthYear | Locked] | Do[ChooseLanguage, ToHome] | Again:
        match typed:
            case "1":
                return Go(WhichLanguage())
            case "2":
                return Go(_pin(caller))
            case "3":
                return speak(Language.ENGLISH, caller)
            case _:
                return NOT_IN_THE_LIST


def _pin(caller: Caller) -> OldPin | TemporaryPin | BirthYear | Locked:
    pin = caller.me.pin
    if pin.is_set and not pin.locked:
        return OldPin()
    return no_pin_to_give(caller.me, for_cash=False)
