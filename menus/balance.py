"""What a person has here, and the way from it to cash."""

from menus.cash_out import HowMuch, NothingToCash, how_much
from menus.cash_out_result import OrderTaken, day, hour
from menus.first_pin import BirthYear
from menus.kinds import NOT_IN_THE_LIST, Again, Caller, Do, Go, Menu, Words, screen
from menus.payments import Elsewhere, NoPayments, Payments, payments, place
from menus.pin import Locked
from menus.pin_change import TemporaryPin, no_pin_to_give
from menus.receipt import CaseOpened, DidItArrive, HowMuchCame, NothingToConfirm, Thanks, waiting
from ussd_app.domain.commands import ConfirmPayment, ReportNotReceived
from ussd_app.domain.people import PayoutMethod


@screen("helping.not_yours")
class NotYours(Menu):
    """A helper came to the money: it moves only by its owner's own hand."""

    helper_may = True

    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


CashOutBegins = Elsewhere | OrderTaken | Locked | BirthYear | TemporaryPin | HowMuch | NothingToCash


def cash_out(caller: Caller) -> CashOutBegins:
    """Where asking for cash begins, for this person, today."""
    me = caller.me
    if not me.payout_method.cash_out_here:
        return Elsewhere()
    if me.live_cash_out:
        return OrderTaken(me.live_cash_out.reference)
    if me.pin.locked or not me.pin.is_set:
        return no_pin_to_give(me, for_cash=True)
    return how_much(caller)


@screen("balance")
class Balance(Menu):
    helper_may = True

    def words(self, caller: Caller) -> Words:
        now = caller.line.now
        return {"tien2": caller.me.balance, "gio": hour(now, caller), "ng": day(now, caller), "noi": place(caller)}

    def answer(self, typed: str, caller: Caller) -> Go[CashOutBegins | NotYours | Payments | NoPayments] | Again:
        match typed:
            case "1" if caller.me.helped:
                return Go(NotYours())
            case "1":
                return Go(cash_out(caller))
            case "2":
                return Go(payments(caller))
            case _:
                return NOT_IN_THE_LIST


@screen("focal")
class Focal(Menu):
    """The commune holds the money and hands it out on a day: when, where, and whether it came."""

    payment_id: int
    helper_may = True

    def text(self, caller: Caller) -> str:
        return self.name if caller.me.hand_out and waiting(self.payment_id, caller) else NothingToConfirm.name

    def words(self, caller: Caller) -> Words:
        hand_out = caller.me.hand_out
        if hand_out is None:
            return {}
        return {"xa": caller.me.commune_name, "ng": hand_out.day, "noiphat": hand_out.place}

    def answer(
        self, typed: str, caller: Caller
    ) -> Do[ConfirmPayment, Thanks] | Do[ReportNotReceived, CaseOpened] | Go[HowMuchCame | NothingToConfirm] | Again:
        return DidItArrive(self.payment_id).answer(typed, caller)


def balance(caller: Caller) -> Balance | Elsewhere | Focal:
    me = caller.me
    if me.payout_method is PayoutMethod.FOCAL and me.hand_out and me.unconfirmed:
        return Focal(me.unconfirmed.id)
    return Balance() if me.payout_method.cash_out_here else Elsewhere()
