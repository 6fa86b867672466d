"""What a person has here, and the way from it to cash."""

from menus.cash_out import HowMuch, NothingToCash, how_much
from menus.cash_out_result import OrderTaken, day, hour
from menus.first_pin import BirthYear
from menus.kinds import NOT_IN_THE_LIST, Again, Caller, Go, Menu, Words, screen
from menus.payments import Elsewhere, NoPayments, Payments, payments, place
from menus.pin import Locked

CashOutBegins = Elsewhere | OrderTaken | Locked | BirthYear | HowMuch | NothingToCash


def cash_out(caller: Caller) -> CashOutBegins:
    """Where asking for cash begins, for this person, today."""
    me = caller.me
    if not me.payout_method.cash_out_here:
        return Elsewhere()
    if me.live_cash_out:
        return OrderTaken(me.live_cash_out.reference)
    if me.pin.locked:
        return Locked()
    if not me.pin.is_set:
        return BirthYear(for_cash=True)
    return how_much(caller)


@screen("balance")
class Balance(Menu):
    def words(self, caller: Caller) -> Words:
        now = caller.line.now
        return {"tien2": caller.me.balance, "gio": hour(now, caller), "ng": day(now, caller), "noi": place(caller)}

    def answer(self, typed: str, caller: Caller) -> Go[CashOutBegins | Payments | NoPayments] | Again:
        match typed:
            case "1":
                return Go(cash_out(caller))
            case "2":
                return Go(payments(caller))
            case _:
                return NOT_IN_THE_LIST


def balance(caller: Caller) -> Balance | Elsewhere:
    return Balance() if caller.me.payout_method.cash_out_here else Elsewhere()
