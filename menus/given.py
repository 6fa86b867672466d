"""How much did they hand over? Asked once after a cash-out, before home; nothing depends on the answer."""

from menus.balance import Balance, CashOutBegins, Elsewhere, Focal
from menus.cash_out_result import day
from menus.help import Help, TicketOpened
from menus.home import Home, journey
from menus.kinds import HOME, Again, Caller, Do, Go, Menu, Question, ToHome, Words, Zero, screen
from menus.payments import NoPayments, Payments
from menus.receipt import DidItArrive, NothingToConfirm
from menus.settings import Settings
from ussd_app.domain.caller import CashOutSeen
from ussd_app.domain.commands import SayGiven
from ussd_app.domain.money import NOTHING, read_typed_amount
from ussd_app.domain.tickets import TicketKind

Onward = Balance | Elsewhere | Focal | Payments | NoPayments | DidItArrive | NothingToConfirm | CashOutBegins | Settings


def _asked_about(reference: str, caller: Caller) -> CashOutSeen | None:
    last = caller.me.last_cash_out
    return last if last and last.reference == reference and last.asks_given else None


def _about(reference: str, caller: Caller) -> Words:
    order = _asked_about(reference, caller)
    return {"tien": order.amount, "diem": order.point_name, "ng": day(order.asked_at, caller)} if order else {}


@screen("given.ask")
class AskGiven(Menu):
    """The keys of home work here too, for those who know them by heart: pressing one is not wanting to say."""

    reference: str
    zero = Zero.ANSWER
    samples = ("4", "5", "6", "7", "8")

    def text(self, caller: Caller) -> str:
        return self.name if _asked_about(self.reference, caller) else "given.no_longer"

    def words(self, caller: Caller) -> Words:
        return _about(self.reference, caller)

    def answer(
        self, typed: str, caller: Caller
    ) -> Do[SayGiven, Onward | Help | TicketOpened | ToHome] | Go["HowMuchGiven"] | Again:
        order = _asked_about(self.reference, caller)
        match typed:
            case "7" if order:
                return Do(SayGiven(caller.me.id, self.reference, order.amount), HOME, note="given.thanks")
            case "8" if order:
                return Go(HowMuchGiven(self.reference))
            case "9" if order:
                return Do(SayGiven(caller.me.id, self.reference, NOTHING), TicketOpened(TicketKind.SHORT_CASH.value))
            case "0":
                return Do(self._rather_not(caller), HOME)
            case "5":
                return Do(self._rather_not(caller), Help())
            case _:
                on = journey(typed, caller)
                return Do(self._rather_not(caller), on.to) if isinstance(on, Go) else on

    def _rather_not(self, caller: Caller) -> SayGiven:
        return SayGiven(caller.me.id, self.reference, None)


@screen("given.amount")
class HowMuchGiven(Question):
    reference: str
    zero = Zero.ANSWER
    samples = ("450000", "0", "500000", "all", "999999999999")

    def answer(self, typed: str, caller: Caller) -> Do[SayGiven, TicketOpened | ToHome] | Go[ToHome] | Again:
        order = _asked_about(self.reference, caller)
        if order is None:
            return Go(HOME)
        given = read_typed_amount(typed)
        if given is None:
            return Again("again.not_an_amount")
        if given >= order.amount:
            return Do(SayGiven(caller.me.id, self.reference, order.amount), HOME, note="given.thanks")
        return Do(SayGiven(caller.me.id, self.reference, given), TicketOpened(TicketKind.SHORT_CASH.value))


def greeting(caller: Caller) -> Home | AskGiven:
    """Where someone begins: at home, unless cash was handed over since they were last here."""
    last = caller.me.last_cash_out
    return AskGiven(last.reference) if last and last.asks_given else Home()
