"""Home: six things, on six keys that never move; and the same keys with only two of them shown."""

from menus.balance import Balance, CashOutBegins, Elsewhere, Focal, balance, cash_out
from menus.help import Help, TicketOpened, ask_the_office
from menus.kinds import NOT_IN_THE_LIST, Again, Caller, Do, Go, Goodbye, Menu, Zero, screen
from menus.payments import NoPayments, Payments, payments
from menus.receipt import DidItArrive, NothingToConfirm, receipt
from menus.settings import Settings
from ussd_app.domain.commands import OpenTicket
from ussd_app.domain.tickets import TicketKind

Journeys = (
    Go[Balance | Elsewhere | Focal]
    | Go[Payments | NoPayments]
    | Go[DidItArrive | NothingToConfirm]
    | Go[CashOutBegins]
    | Go[Settings]
)


@screen("goodbye")
class Farewell(Goodbye):
    public = True
    helper_may = True


@screen("home")
class Home(Menu):
    zero = Zero.LEAVE

    def answer(self, typed: str, caller: Caller) -> Journeys | Go[Help] | Again:
        return Go(Help()) if typed == "5" else journey(typed, caller)


@screen("few")
class FewChoices(Menu):
    """For someone who is lost: the money, or a person who calls back. Every other key of home still works."""

    zero = Zero.BACK
    samples = ("4", "6")

    def answer(self, typed: str, caller: Caller) -> Journeys | Do[OpenTicket, TicketOpened] | Again:
        return ask_the_office(TicketKind.CALL_BACK, caller) if typed == "5" else journey(typed, caller)


def journey(typed: str, caller: Caller) -> Journeys | Again:
    match typed:
        case "1":
            return Go(balance(caller))
        case "2":
            return Go(payments(caller))
        case "3":
            return Go(receipt(caller))
        case "4":
            return Go(cash_out(caller))
        case "6":
            return Go(Settings())
        case _:
            return NOT_IN_THE_LIST
