"""Where the money is to be had: a point of the commune, one near by, another by its code, or one's own wallet."""

from menus.cash_out_agree import (
    AgreeToCashOut,
    AgreeToWallet,
    agree_here,
    agree_to_wallet,
    bounds,
    not_possible,
    typed_amount,
)
from menus.kinds import NOT_IN_THE_LIST, Again, Caller, Go, Menu, Question, Say, Words, Zero, screen
from ussd_app.domain.cash_out_rules import Possible
from ussd_app.domain.money import Dong
from ussd_app.domain.points import Point

POINTS_SHOWN = 3
ELSEWHERE_SHOWN = 2


def _own(caller: Caller) -> tuple[Point, ...]:
    return caller.line.points.near(caller.me.commune_code)[:POINTS_SHOWN]


def _pays(point: Point, caller: Caller) -> bool:
    return point.shut(caller.line.now) is None


def _listed(caller: Caller) -> tuple[Point, ...]:
    """The commune's own in their order, shut ones in their places; others near by where none of its own pays."""
    own = _own(caller)
    if any(_pays(each, caller) for each in own):
        return own
    return caller.line.points.nearest_elsewhere(caller.me.commune_code, caller.line.now, ELSEWHERE_SHOWN)


@screen("cash_out.where")
class WhichPoint(Menu):
    amount: Dong
    zero = Zero.BACK

    def text(self, caller: Caller) -> str:
        listed = _listed(caller)
        if not listed:
            return "cash_out.point.wallet_only"
        if listed != _own(caller):
            return "cash_out.point.elsewhere"
        return "cash_out.point.or_wallet" if caller.me.wallet else "cash_out.point"

    def words(self, caller: Caller) -> Words:
        numbered = [(n, each) for n, each in enumerate(_listed(caller), start=1) if _pays(each, caller)]
        lines = tuple(Say("cash_out.point.line", {"n": n, "diem": each.name}) for n, each in numbered)
        return {
            "points": lines,
            "gan": lines,
            "vi": Say("cash_out.point.wallet") if caller.me.wallet else "",
        }

    def answer(self, typed: str, caller: Caller) -> Go["AgreeToCashOut|AgreeToWallet|PointByCode|AmountThere"] | Again:
        listed = _listed(caller)
        match typed:
            case "1" | "2" | "3" if int(typed) <= len(listed):
                return _at(listed[int(typed) - 1], self.amount, caller)
            case "4":
                return Go(PointByCode(self.amount))
            case "5" if caller.me.wallet:
                why_not = not_possible(self.amount, caller.line.possible_into_wallet(caller.me))
                return Go(AmountThere(into_wallet=True)) if why_not else Go(agree_to_wallet(self.amount, caller))
            case _:
                return NOT_IN_THE_LIST


@screen("cash_out.point_code")
class PointByCode(Question):
    amount: Dong
    zero = Zero.BACK
    samples = ("1001", "1101", "1102", "2002", "2003", "9999")

    def text(self, caller: Caller) -> str:
        return "cash_out.point_code.shut" if _own(caller) and not _listed(caller) else self.name

    def answer(self, typed: str, caller: Caller) -> Go["AgreeToCashOut | AmountThere"] | Again:
        point = caller.line.points.find(typed)
        return _at(point, self.amount, caller) if point else Again("cash_out.no_such_point")


def _at(point: Point, amount: Dong, caller: Caller) -> Go["AgreeToCashOut | AmountThere"] | Again:
    if shut := point.shut(caller.line.now):
        return Again(f"cash_out.shut.{shut}")
    why_not = not_possible(amount, caller.line.possible_at_point(caller.me))
    return Go(AmountThere(into_wallet=False)) if why_not else Go(agree_here(amount, point.code, caller))


@screen("cash_out.amount_there")
class AmountThere(Question):
    """The amount is possible, but not there: points and wallets may have limits and fees of their own."""

    into_wallet: bool
    zero = Zero.BACK
    samples = ("300000", "15000", "10000", "99999990000", "ten")

    def _possible(self, caller: Caller) -> Possible:
        line = caller.line
        return line.possible_into_wallet(caller.me) if self.into_wallet else line.possible_at_point(caller.me)

    def text(self, caller: Caller) -> str:
        there = "wallet" if self.into_wallet else "point"
        return f"{self.name}.{there}" if self._possible(caller).most else f"{self.name}.{there}.none"

    def words(self, caller: Caller) -> Words:
        return bounds(self._possible(caller))

    def answer(self, typed: str, caller: Caller) -> Go["AgreeToWallet | WhichPoint | PointByCode"] | Again:
        amount = typed_amount(typed, self._possible(caller))
        if isinstance(amount, Again):
            return amount
        return Go(agree_to_wallet(amount, caller)) if self.into_wallet else Go(where(amount, caller))


def where(amount: Dong, caller: Caller) -> WhichPoint | PointByCode:
    return WhichPoint(amount) if _listed(caller) or caller.me.wallet else PointByCode(amount)
