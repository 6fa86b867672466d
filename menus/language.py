"""The language of the screens, and the language in which a person is called back."""

from menus.help import TicketOpened, ask_the_office
from menus.kinds import HOME, NOT_IN_THE_LIST, Again, Caller, Do, Go, Menu, ToHome, Zero, screen
from ussd_app.domain.commands import ChooseLanguage, OpenTicket
from ussd_app.domain.people import Language, Voice
from ussd_app.domain.tickets import TicketKind

VOICES = {"1": Voice.TAY, "2": Voice.NUNG, "3": Voice.DAO, "4": Voice.MONG}


@screen("language.voice")
class WhichVoice(Menu):
    """These are spoken, and read by few: an officer or a neighbour who speaks it calls."""

    zero = Zero.BACK

    def answer(self, typed: str, caller: Caller) -> Do[OpenTicket, TicketOpened] | Again:
        voice = VOICES.get(typed)
        return ask_the_office(TicketKind.CALL_BACK, caller, voice) if voice else NOT_IN_THE_LIST


@screen("language")
class WhichLanguage(Menu):
    def answer(self, typed: str, caller: Caller) -> Do[ChooseLanguage, ToHome] | Go[WhichVoice] | Again:
        match typed:
            case "1":
                return speak(Language.ACCENTED, caller)
            case "2":
                return speak(Language.VIETNAMESE, caller)
            case "3":
                return Go(WhichVoice())
            case _:
                return NOT_IN_THE_LIST


def speak(language: Language, caller: Caller) -> Do[ChooseLanguage, ToHome]:
    return Do(ChooseLanguage(caller.me.id, language), HOME, note="language.changed")
