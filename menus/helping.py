"""The menu of a helper: with the owner's consent they read and confirm, and never see or key a PIN."""

from menus.balance import Balance, Elsewhere, Focal, NotYours, balance
from menus.help import TicketOpened, ask_the_office
from menus.kinds import NOT_IN_THE_LIST, Again, Caller, Do, Go, Menu, Zero, screen
from menus.payments import NoPayments, Payments, payments
from menus.receipt import DidItArrive, NothingToConfirm, receipt
from ussd_app.domain.commands import OpenTicket, UseAsHelper
from ussd_app.domain.tickets import TicketKind


@screen("helping")
class Helping(Menu):
    """The keys are those of home. Whatever is opened is told to its owner."""

    zero = Zero.LEAVE
    helper_may = True

    def answer(
        self, typed: str, caller: Caller
    ) -> (
        Do[UseAsHelper, Balance | Elsewhere | Focal]
        | Do[UseAsHelper, Payments | NoPayments]
        | Do[UseAsHelper, DidItArrive | NothingToConfirm]
        | Go[NotYours]
        | Do[OpenTicket, TicketOpened]
        | Again
    ):
        used = UseAsHelper(caller.me.id)
        match typed:
            case "1":
                return Do(used, balance(caller))
            case "2":
                return Do(used, payments(caller))
            case "3":
                return Do(used, receipt(caller))
            case "4":
                return Go(NotYours())
            case "5":
                return ask_the_office(TicketKind.CALL_BACK, caller)
            case _:
                return NOT_IN_THE_LIST
