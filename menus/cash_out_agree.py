"""What will be taken, where it goes and what it costs, agreed to; and only then the PIN."""

from menus.cash_out_result import OrderTaken, Requested, ToWalletRequested, day, hour
from menus.kinds import HOME, NOT_IN_THE_LIST, Again, Caller, Do, Go, Menu, Secret, ToHome, Words, Zero, screen
from menus.pin import Locked, unless_right
from ussd_app.domain.caller import Person
from ussd_app.domain.cash_out_rules import Bound, Possible
from ussd_app.domain.commands import CountWrongPin, RequestCashOut, RequestToWallet
from ussd_app.domain.money import Dong, read_typed_amount

STEP = 10_000  # đồng; the smallest note a pay point surely has

DIGITS_SHOWN = 3
"""Of a wallet's number: enough for its owner to know it."""


def bounds(possible: Possible) -> Words:
    """What a person may take out, for the texts that say so."""
    return {"max": possible.most, "min": possible.least}


def not_possible(amount: Dong, possible: Possible) -> str | None:
    """The key of the text that says why this amount cannot be asked for; None when it can."""
    if amount and possible.least > amount:
        return "cash_out.too_little"
    if amount > possible.most or not amount:
        return "cash_out.too_much" if possible.bound is Bound.BALANCE else "cash_out.over_limit"
    return None


def typed_amount(typed: str, possible: Possible) -> Dong | Again:
    """An amount in notes that there are and within what is possible, or why it is none."""
    amount = read_typed_amount(typed)
    if amount is None:
        return Again("again.not_an_amount")
    if amount.amount % STEP or not amount:
        return Again("cash_out.not_round")
    why_not = not_possible(amount, possible)
    return Again(why_not) if why_not else amount


def _cost(amount: Dong, fee: Dong, caller: Caller, possible: Possible) -> Words:
    left = caller.me.balance.amount - amount.amount - fee.amount
    return {"tien": amount, "phi": fee, "conlai": Dong(max(0, left)), **bounds(possible)}


def _before_pin(amount: Dong, caller: Caller, possible: Possible) -> Go[OrderTaken | Locked] | Again | None:
    """Whatever changed since the page was drawn and makes the PIN pointless."""
    me = caller.me
    if me.live_cash_out:
        return Go(OrderTaken(me.live_cash_out.reference))
    if me.pin.locked:
        return Go(Locked())
    why_not = not_possible(amount, possible)
    return Again(why_not) if why_not else None


@screen("cash_out.agree_here")
class AgreeToCashOut(Menu):
    amount: Dong
    point_code: str
    fee: Dong
    zero = Zero.BACK

    def text(self, caller: Caller) -> str:
        point = caller.line.points.find(self.point_code)
        return "cash_out.agree.later" if point and point.opens_at(caller.line.now) else "cash_out.agree"

    def words(self, caller: Caller) -> Words:
        point, now = caller.line.points.find(self.point_code), caller.line.now
        opens = (point.opens_at(now) if point else None) or now
        return {
            **_cost(self.amount, self.fee, caller, caller.line.possible_at_point(caller.me)),
            "diem": point.name if point else self.point_code,
            "gio": hour(opens, caller),
            "ng": day(opens, caller),
        }

    def answer(self, typed: str, caller: Caller) -> Go["CashOutPin | OrderTaken | Locked | ToHome"] | Again:
        point = caller.line.points.find(self.point_code)
        shut = point.shut(caller.line.now) if point else None
        match typed:
            case "1" if other := _before_pin(self.amount, caller, caller.line.possible_at_point(caller.me)):
                return other
            case "1" if shut:
                return Again(f"cash_out.shut.{shut}")
            case "1" if caller.me.pin.is_set:
                return Go(CashOutPin(self.amount, self.point_code, self.fee))
            case "1" | "2":
                return Go(HOME)
            case _:
                return NOT_IN_THE_LIST


@screen("cash_out.pin_here")
class CashOutPin(Secret):
    amount: Dong
    point_code: str
    fee: Dong
    samples = ("2580", "1111")

    def text(self, caller: Caller) -> str:
        return "pin.ask"

    def answer(
        self, typed: str, caller: Caller
    ) -> Do[RequestCashOut, Requested] | Do[CountWrongPin, "CashOutPin"] | Do[CountWrongPin, Locked] | Go[Locked] | Again:
        if instead := unless_right(self, typed, caller):
            return instead
        asked = RequestCashOut(caller.me.id, self.amount, self.point_code, self.fee)
        return Do(asked, Requested(self.amount, self.point_code))


@screen("cash_out.agree_wallet")
class AgreeToWallet(Menu):
    amount: Dong
    fee: Dong
    zero = Zero.BACK

    def text(self, caller: Caller) -> str:
        return self.name if caller.me.wallet else "cash_out.wallet_gone"

    def words(self, caller: Caller) -> Words:
        possible = caller.line.possible_into_wallet(caller.me)
        return {**_cost(self.amount, self.fee, caller, possible), "duoi": ending(caller.me)}

    def answer(self, typed: str, caller: Caller) -> Go["WalletPin | OrderTaken | Locked | ToHome"] | Again:
        match typed:
            case "1" if other := _before_pin(self.amount, caller, caller.line.possible_into_wallet(caller.me)):
                return other
            case "1" if caller.me.pin.is_set and caller.me.wallet:
                return Go(WalletPin(self.amount, self.fee))
            case "1" | "2":
                return Go(HOME)
            case _:
                return NOT_IN_THE_LIST


@screen("cash_out.wallet_pin")
class WalletPin(Secret):
    amount: Dong
    fee: Dong
    samples = ("2580", "1111")

    def text(self, caller: Caller) -> str:
        return "pin.ask"

    def answer(
        self, typed: str, caller: Caller
    ) -> (
        Do[RequestToWallet, ToWalletRequested]
        | Do[CountWrongPin, "WalletPin"]
        | Do[CountWrongPin, Locked]
        | Go[Locked]
        | Again
    ):
        if instead := unless_right(self, typed, caller):
            return instead
        return Do(RequestToWallet(caller.me.id, self.amount, self.fee), ToWalletRequested(self.amount))


def ending(person: Person) -> str:
    return person.wallet.e164[-DIGITS_SHOWN:] if person.wallet else ""


def agree_here(amount: Dong, point_code: str, caller: Caller) -> AgreeToCashOut:
    return AgreeToCashOut(amount, point_code, caller.line.rules.fee.of(amount))


def agree_to_wallet(amount: Dong, caller: Caller) -> AgreeToWallet:
    return AgreeToWallet(amount, caller.line.wallet_rules.fee.of(amount))
