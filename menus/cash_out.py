"""Turning a balance into cash: how much, where, agreed to, and only then the PIN."""

from menus.cash_out_result import OrderTaken, Requested
from menus.kinds import (
    HOME,
    NOT_IN_THE_LIST,
    Again,
    Caller,
    Do,
    Go,
    Menu,
    Question,
    Say,
    Secret,
    ToHome,
    Words,
    Zero,
    screen,
)
from menus.pin import Locked, Verdict, judge
from ussd_app.domain.commands import CountWrongPin, RequestCashOut
from ussd_app.domain.money import NOTHING, Dong, read_typed_amount
from ussd_app.domain.points import Point

POINTS_SHOWN = 3
STEP = 10_000  # đồng; the smallest note a pay point surely has


@screen("cash_out.nothing")
class NothingToCash(Menu):
    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


@screen("cash_out.amount")
class HowMuch(Menu):
    def words(self, caller: Caller) -> Words:
        return {"max": caller.me.balance}

    def answer(self, typed: str, caller: Caller) -> Go["WhichPoint | PointByCode | OtherAmount"] | Again:
        match typed:
            case "1":
                return _where(Dong(500_000), caller)
            case "2":
                return _where(Dong(1_000_000), caller)
            case "3":
                return _where(caller.me.balance, caller)
            case "4":
                return Go(OtherAmount())
            case _:
                return NOT_IN_THE_LIST


@screen("cash_out.other_amount")
class OtherAmount(Question):
    zero = Zero.BACK
    samples = ("300000", "300.000", "15000", "99999990000", "ten")

    def words(self, caller: Caller) -> Words:
        return {"max": caller.me.balance}

    def answer(self, typed: str, caller: Caller) -> Go["WhichPoint | PointByCode"] | Again:
        amount = read_typed_amount(typed)
        if amount is None:
            return Again("again.not_an_amount")
        if amount.amount % STEP or not amount:
            return Again("cash_out.not_round")
        return _where(amount, caller)


def _where(amount: Dong, caller: Caller) -> "Go[WhichPoint | PointByCode] | Again":
    if amount > caller.me.balance or not amount:
        return Again("cash_out.too_much")
    return Go(WhichPoint(amount) if _near(caller) else PointByCode(amount))


def _near(caller: Caller) -> tuple[Point, ...]:
    return caller.line.points.near(caller.me.commune_code)[:POINTS_SHOWN]


@screen("cash_out.point")
class WhichPoint(Menu):
    amount: Dong
    zero = Zero.BACK

    def words(self, caller: Caller) -> Words:
        near = enumerate(_near(caller), start=1)
        return {"points": tuple(Say("cash_out.point.line", {"n": n, "diem": each.name}) for n, each in near)}

    def answer(self, typed: str, caller: Caller) -> Go["AgreeToCashOut | PointByCode"] | Again:
        near = _near(caller)
        match typed:
            case "4":
                return Go(PointByCode(self.amount))
            case "1" | "2" | "3" if int(typed) <= len(near):
                return Go(AgreeToCashOut(self.amount, near[int(typed) - 1].code))
            case _:
                return NOT_IN_THE_LIST


@screen("cash_out.point_code")
class PointByCode(Question):
    amount: Dong
    zero = Zero.BACK
    samples = ("1001", "9999")

    def answer(self, typed: str, caller: Caller) -> Go["AgreeToCashOut"] | Again:
        point = caller.line.points.find(typed)
        return Go(AgreeToCashOut(self.amount, point.code)) if point else Again("cash_out.no_such_point")


@screen("cash_out.agree")
class AgreeToCashOut(Menu):
    amount: Dong
    point_code: str
    zero = Zero.BACK

    def words(self, caller: Caller) -> Words:
        point = caller.line.points.find(self.point_code)
        balance = caller.me.balance
        return {
            "tien": self.amount,
            "diem": point.name if point else self.point_code,
            "phi": NOTHING,
            "conlai": balance - self.amount if self.amount <= balance else NOTHING,
        }

    def answer(self, typed: str, caller: Caller) -> Go["CashOutPin | HowMuch | OrderTaken | Locked | ToHome"] | Again:
        me = caller.me
        match typed:
            case "1" if me.live_cash_out:
                return Go(OrderTaken(me.live_cash_out.reference))
            case "1" if me.pin.locked:
                return Go(Locked())
            case "1" if self.amount > me.balance:
                return Go(HowMuch(), note="cash_out.too_much")
            case "1" if me.pin.is_set:
                return Go(CashOutPin(self.amount, self.point_code))
            case "1" | "2":
                return Go(HOME)
            case _:
                return NOT_IN_THE_LIST


@screen("cash_out.pin")
class CashOutPin(Secret):
    amount: Dong
    point_code: str
    samples = ("2580", "1111")

    def text(self, caller: Caller) -> str:
        return "pin.ask"

    def answer(
        self, typed: str, caller: Caller
    ) -> Do[RequestCashOut, Requested] | Do[CountWrongPin, "CashOutPin"] | Do[CountWrongPin, Locked] | Go[Locked] | Again:
        me = caller.me.id
        match judge(typed, caller):
            case Verdict.RIGHT:
                return Do(RequestCashOut(me, self.amount, self.point_code), Requested(self.amount, self.point_code))
            case Verdict.WRONG:
                return Do(CountWrongPin(me), self, note="pin.wrong")
            case Verdict.LAST_WRONG:
                return Do(CountWrongPin(me), Locked())
            case Verdict.LOCKED:
                return Go(Locked())
            case Verdict.NO_PIN:
                return Again("pin.not_a_pin")


def how_much(caller: Caller) -> HowMuch | NothingToCash:
    return HowMuch() if caller.me.balance else NothingToCash()


MID_CASH_OUT = frozenset(each.name for each in (HowMuch, OtherAmount, WhichPoint, PointByCode, AgreeToCashOut, CashOutPin))
"""Screens on the way to money: whoever is cut there wonders whether it moved."""
