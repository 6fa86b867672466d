"""Home: six things, on six keys that never move."""

from menus.balance import Balance, CashOutBegins, Elsewhere, balance, cash_out
from menus.first_pin import BirthYear
from menus.kinds import NOT_IN_THE_LIST, Again, Caller, Go, Goodbye, Menu, Zero, screen
from menus.payments import NoPayments, Payments, payments
from menus.pin import Locked
from menus.receipt import DidItArrive, NothingToConfirm, receipt


@screen("help")
class Help(Menu):
    """A person to call; the same page wherever help is asked for."""

    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


@screen("goodbye")
class Farewell(Goodbye):
    public = True


@screen("home")
class Home(Menu):
    zero = Zero.LEAVE

    def answer(
        self, typed: str, caller: Caller
    ) -> (
        Go[Balance | Elsewhere]
        | Go[Payments | NoPayments]
        | Go[DidItArrive | NothingToConfirm]
        | Go[CashOutBegins]
        | Go[Help | BirthYear | Locked]
        | Again
    ):
        match typed:
            case "1":
                return Go(balance(caller))
            case "2":
                return Go(payments(caller))
            case "3":
                return Go(receipt(caller))
            case "4":
                return Go(cash_out(caller))
            case "5":
                return Go(Help())
            case "6":
                return Go(_pin(caller))
            case _:
                return NOT_IN_THE_LIST


def _pin(caller: Caller) -> Help | BirthYear | Locked:
    """A first PIN may be set here. One that is set can only be changed with an officer's help."""
    pin = caller.me.pin
    if pin.is_set:
        return Help()
    return Locked() if pin.locked else BirthYear(for_cash=False)
