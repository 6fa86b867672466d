"""Who is calling: nobody we know, one person, or one of several on a shared phone; and a visit that was cut."""

from menus.cash_out import HowMuch, OtherAmount
from menus.cash_out_agree import AgreeToCashOut, AgreeToWallet, CashOutPin, WalletPin
from menus.cash_out_result import OrderTaken
from menus.cash_out_where import PointByCode, WhichPoint
from menus.first_pin import BirthYear
from menus.given import AskGiven, HowMuchGiven, greeting
from menus.help import Help
from menus.helping import Helping
from menus.home import FewChoices, Home
from menus.kinds import (
    HOME,
    NOT_IN_THE_LIST,
    Again,
    Caller,
    Do,
    Go,
    Goodbye,
    Menu,
    Say,
    Screen,
    Secret,
    ToHome,
    Words,
    Zero,
    screen,
)
from menus.pin import Locked, unless_right
from menus.pin_change import TemporaryPin, no_pin_to_give
from menus.receipt import DidItArrive, HowMuchCame
from ussd_app.domain.caller import CutVisit, Person
from ussd_app.domain.commands import AcceptPin, CountWrongPin

NAMES_PER_PAGE = 4


@screen("nobody")
class Nobody(Goodbye):
    public = True


@screen("unproven")
class Unproven(Goodbye):
    """No name and no amount: whoever holds this phone now may be anybody."""

    public = True


@screen("who.ask")
class WhoIsIt(Menu):
    page: int = 0
    public = True
    helper_may = True
    zero = Zero.LEAVE

    def text(self, caller: Caller) -> str:
        return "who.ask.more" if self.page + 1 < self.pages(caller) else self.name

    def pages(self, caller: Caller) -> int:
        return max(1, -(-len(caller.line.people) // NAMES_PER_PAGE))

    def _named(self, caller: Caller) -> tuple[Person, ...]:
        page = min(self.page, self.pages(caller) - 1)
        return caller.line.people[page * NAMES_PER_PAGE :][:NAMES_PER_PAGE]

    def words(self, caller: Caller) -> Words:
        named = enumerate(self._named(caller), start=1)
        return {"names": tuple(Say("who.name", {"n": n}, to=each) for n, each in named)}

    def answer(self, typed: str, caller: Caller) -> Go["Proof"] | Again:
        for n, person in enumerate(self._named(caller), start=1):
            if typed == str(n):
                return Go(_proof(person, caller), speaking_as=person.id)
        return NOT_IN_THE_LIST


def _proof(person: Person, caller: Caller) -> "Proof":
    if person.helped:
        return Helping()
    if not caller.shared:
        return Home()
    if person.pin.is_set and not person.pin.locked:
        return GivePin()
    return no_pin_to_give(person, for_cash=False)


@screen("who.pin")
class GivePin(Secret):
    """A shared phone tells nothing of anyone before their own PIN."""

    public = True
    samples = ("2580", "1111")

    def text(self, caller: Caller) -> str:
        return "pin.ask"

    def answer(
        self, typed: str, caller: Caller
    ) -> Do[AcceptPin, Home | AskGiven] | Do[CountWrongPin, "GivePin"] | Do[CountWrongPin, Locked] | Go[Locked] | Again:
        if instead := unless_right(self, typed, caller):
            return instead
        return Do(AcceptPin(caller.me.id), greeting(caller))


Proof = GivePin | TemporaryPin | BirthYear | Locked | Home | Helping
"""What someone must give before anything private: nothing, where the phone is theirs alone or they help with it."""

WorthResuming = (
    DidItArrive
    | HowMuchCame
    | HowMuch
    | OtherAmount
    | WhichPoint
    | PointByCode
    | AgreeToCashOut
    | AgreeToWallet
    | HowMuchGiven
)


@screen("resume.cut")
class CutShort(Menu):
    """The line dropped before anything was asked for: the same place is one key away."""

    then: WorthResuming

    def answer(self, typed: str, caller: Caller) -> Go[WorthResuming | ToHome] | Again:
        match typed:
            case "1":
                return Go(self.then)
            case "2":
                return Go(HOME)
            case _:
                return NOT_IN_THE_LIST


@screen("resume.elsewhere")
class GoneOnElsewhere(Goodbye):
    """This phone has dialled again since: what comes late for the older session moves nothing."""

    public = True
    helper_may = True


Welcome = Home | FewChoices | CutShort | OrderTaken


def welcome_back(cut: CutVisit, cut_at: Screen | None, caller: Caller) -> Welcome:
    """Where someone alone on their phone begins, when their last session was cut."""
    last = caller.me.last_cash_out
    if cut.cash_out_reference:
        return OrderTaken(cut.cash_out_reference) if last and last.reference == cut.cash_out_reference else Home()
    match cut_at:
        # What the PIN is for is shown again first.
        case CashOutPin(amount=amount, point_code=point_code, fee=fee):
            return CutShort(AgreeToCashOut(amount, point_code, fee))
        case WalletPin(amount=amount, fee=fee):
            return CutShort(AgreeToWallet(amount, fee))
        case DidItArrive() | HowMuchCame() | HowMuch() | OtherAmount() | WhichPoint() | PointByCode():
            return CutShort(cut_at)
        case AgreeToCashOut() | AgreeToWallet() | HowMuchGiven():
            return CutShort(cut_at)
        case Home() | FewChoices() | Help() if cut.timed_out:
            return FewChoices()
        case _:
            return Home()
