"""Turning a balance into money in the hand: how much, within what there is and what may be taken out today."""

from menus.cash_out_agree import (
    STEP,
    AgreeToCashOut,
    AgreeToWallet,
    CashOutPin,
    WalletPin,
    bounds,
    not_possible,
    typed_amount,
)
from menus.cash_out_where import AmountThere, PointByCode, WhichPoint, where
from menus.kinds import NOT_IN_THE_LIST, Again, Caller, Go, Menu, Question, Words, Zero, screen
from ussd_app.domain.cash_out_rules import Bound, Possible
from ussd_app.domain.money import Dong


def _possible(caller: Caller) -> Possible:
    return caller.line.possible(caller.me)


@screen("cash_out.nothing")
class NothingToCash(Menu):
    """There is no money, or no more of it may be taken out today or this month."""

    def text(self, caller: Caller) -> str:
        bound = _possible(caller).bound
        if not caller.me.balance or bound is Bound.BALANCE:
            return self.name
        return "cash_out.nothing.month" if bound is Bound.MONTH else "cash_out.nothing.day"

    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


@screen("cash_out.amount")
class HowMuch(Menu):
    def text(self, caller: Caller) -> str:
        bound = _possible(caller).bound
        return self.name if bound is Bound.BALANCE else f"{self.name}.{bound}"

    def words(self, caller: Caller) -> Words:
        return bounds(_possible(caller))

    def answer(self, typed: str, caller: Caller) -> Go["WhichPoint | PointByCode | OtherAmount"] | Again:
        match typed:
            case "1":
                return _on(Dong(500_000), caller)
            case "2":
                return _on(Dong(1_000_000), caller)
            case "3":
                return _on(_all_of_it(caller), caller)
            case "4":
                return Go(OtherAmount())
            case _:
                return NOT_IN_THE_LIST


@screen("cash_out.other_amount")
class OtherAmount(Question):
    zero = Zero.BACK
    samples = ("300000", "300.000", "15000", "10000", "99999990000", "ten")

    def words(self, caller: Caller) -> Words:
        return bounds(_possible(caller))

    def answer(self, typed: str, caller: Caller) -> Go["WhichPoint | PointByCode"] | Again:
        amount = typed_amount(typed, _possible(caller))
        return amount if isinstance(amount, Again) else Go(where(amount, caller))


def _all_of_it(caller: Caller) -> Dong:
    """Everything, to the last đồng; but what a limit leaves is rounded to notes that a point has."""
    possible = _possible(caller)
    if possible.bound is Bound.BALANCE:
        return possible.most
    return Dong(possible.most.amount // STEP * STEP)


def _on(amount: Dong, caller: Caller) -> Go[WhichPoint | PointByCode] | Again:
    why_not = not_possible(amount, _possible(caller))
    return Again(why_not) if why_not else Go(where(amount, caller))


def how_much(caller: Caller) -> HowMuch | NothingToCash:
    return HowMuch() if _possible(caller).most else NothingToCash()


MID_CASH_OUT = frozenset(
    each.name
    for each in (
        HowMuch, OtherAmount, WhichPoint, PointByCode, AmountThere, AgreeToCashOut, CashOutPin, AgreeToWallet, WalletPin,
    )
)  # fmt: skip
"""Screens on the way to money: whoever is cut there wonders whether it moved."""
