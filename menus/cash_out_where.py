"""Where the money is to be had: a point of the commune, one near by, another by its code, or one's own wallet."""

from menus.cash_out_agree import AgreeToCashOut, AgreeToWallet, agree_here, agree_to_wallet
from menus.kinds import NOT_IN_THE_LIST, Again, Caller, Go, Menu, Question, Say, Words, Zero, screen
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

    def answer(self, typed: str, caller: Caller) -> Go["AgreeToCashOut | AgreeToWallet | PointByCode"] | Again:
        listed = _listed(caller)
        match typed:
            case "1" | "2" | "3" if int(typed) <= len(listed):
                point = listed[int(typed) - 1]
                shut = point.shut(caller.line.now)
                return Again(f"cash_out.shut.{shut}") if shut else Go(agree_here(self.amount, point.code, caller))
            case "4":
                return Go(PointByCode(self.amount))
            case "5" if caller.me.wallet:
                return Go(agree_to_wallet(self.amount, caller))
            case _:
                return NOT_IN_THE_LIST


@screen("cash_out.point_code")
class PointByCode(Question):
    amount: Dong
    zero = Zero.BACK
    samples = ("1001", "1101", "1102", "2002", "2003", "9999")

    def text(self, caller: Caller) -> str:
        return "cash_out.point_code.shut" if _own(caller) and not _listed(caller) else self.name

    def answer(self, typed: str, caller: Caller) -> Go[AgreeToCashOut] | Again:
        point = caller.line.points.find(typed)
        if point is None:
            return Again("cash_out.no_such_point")
        shut = point.shut(caller.line.now)
        return Again(f"cash_out.shut.{shut}") if shut else Go(agree_here(self.amount, point.code, caller))


def where(amount: Dong, caller: Caller) -> WhichPoint | PointByCode:
    return WhichPoint(amount) if _listed(caller) or caller.me.wallet else PointByCode(amount)
