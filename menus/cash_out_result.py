"""What became of a cash-out: the truth as it is known now, whoever asks and however often."""

from datetime import datetime

from menus.kinds import HOME, NOT_IN_THE_LIST, Again, Caller, Go, Goodbye, Menu, Say, ToHome, Words, screen
from ussd_app.domain.caller import CashOutSeen, CashOutState
from ussd_app.domain.cash_out_rules import Bound, Possible
from ussd_app.domain.money import Dong

REASONS = (
    "wrong_account", "wrong_owner", "no_cash", "network_busy", "over_limit",
    "sim_unverified", "account_locked", "not_enough", "expired", "point_shut", "other",
)  # fmt: skip
"""Why a cash-out did not happen, as far as its owner needs to know. A reason we have no words for is `other`."""

_SAID_AS = {"name_mismatch": "wrong_owner", "no_wallet": "wrong_account", "wallet_closed": "account_locked"}
"""What is found out about an account before it is paid into, in the words there are."""


def hour(moment: datetime, caller: Caller) -> str:
    return _here(moment, caller).strftime("%H:%M")


def day(moment: datetime, caller: Caller) -> str:
    here = _here(moment, caller)
    return f"{here.day}/{here.month}"


def _here(moment: datetime, caller: Caller) -> datetime:
    zone = caller.line.now.tzinfo
    return moment.astimezone(zone) if zone and moment.tzinfo else moment


def _order(reference: str, caller: Caller) -> CashOutSeen | None:
    last = caller.me.last_cash_out
    return last if last and last.reference == reference else None


def _told(order: CashOutSeen, caller: Caller) -> Words:
    expires = order.code_expires_at or order.asked_at
    return {
        "tien": order.amount,
        "diem": order.point_name,
        "ma": order.reference,
        "p": caller.line.service.minutes_to_result,
        "lydo": _reason(order.reason),
        "code": order.code,
        "gio": hour(expires, caller),
        "ng": day(expires, caller),
    }


def _reason(key: str) -> Say:
    key = _SAID_AS.get(key, key)
    return Say(f"reason.{key if key in REASONS else 'other'}")


@screen("cash_out.requested")
class Requested(Goodbye):
    """Drawn after the order was handled: it is under way, or it was refused and nothing was taken."""

    amount: Dong
    point_code: str

    def text(self, caller: Caller) -> str:
        return "cash_out.pending" if caller.me.live_cash_out else "cash_out.failed"

    def words(self, caller: Caller) -> Words:
        last = caller.me.last_cash_out
        if last and (last.state.live or (last.amount, last.point_code) == (self.amount, self.point_code)):
            return _told(last, caller)
        return {"lydo": _why_not(self.amount, caller, caller.line.possible_at_point(caller.me), self.point_code)}


@screen("cash_out.requested_wallet")
class ToWalletRequested(Goodbye):
    amount: Dong

    def text(self, caller: Caller) -> str:
        return "cash_out.pending" if caller.me.live_cash_out else "cash_out.failed"

    def words(self, caller: Caller) -> Words:
        last = caller.me.last_cash_out
        if last and (last.state.live or (last.amount, last.to_wallet) == (self.amount, True)):
            return _told(last, caller)
        return {"lydo": _why_not(self.amount, caller, caller.line.possible_into_wallet(caller.me))}


def _why_not(amount: Dong, caller: Caller, possible: Possible, point_code: str = "") -> Say:
    """The likeliest cause of an order that was refused before it was one."""
    point = caller.line.points.find(point_code)
    if amount > possible.most:
        return _reason("not_enough" if possible.bound is Bound.BALANCE else "over_limit")
    return _reason("point_shut" if point and point.shut(caller.line.now) else "other")


@screen("cash_out.result")
class Result(Goodbye):
    reference: str

    def text(self, caller: Caller) -> str:
        order = _order(self.reference, caller)
        match order.state if order else None:
            case CashOutState.ISSUED if order and order.code:
                return "cash_out.code"
            case CashOutState.PAID:
                return "cash_out.paid.wallet" if order and order.to_wallet else "cash_out.paid"
            case CashOutState.FAILED | CashOutState.REVERSED | None:
                return "cash_out.failed"
            case _:
                return "cash_out.pending"

    def words(self, caller: Caller) -> Words:
        order = _order(self.reference, caller)
        return _told(order, caller) if order else {"lydo": _reason("other")}

    def sealed(self, caller: Caller) -> bool:
        return self.text(caller) == "cash_out.code"


@screen("resume.ordered")
class OrderTaken(Menu):
    """An order is under way: no second one is made, and its result is one key away."""

    reference: str

    def text(self, caller: Caller) -> str:
        return self.name if _order(self.reference, caller) else "cash_out.nothing"

    def words(self, caller: Caller) -> Words:
        order = _order(self.reference, caller)
        if order is None:
            return {}
        return {"tien": order.amount, "gio": hour(order.asked_at, caller), "ma": order.reference}

    def answer(self, typed: str, caller: Caller) -> Go[Result | ToHome] | Again:
        match typed:
            case "1":
                return Go(Result(self.reference))
            case "2":
                return Go(HOME)
            case _:
                return NOT_IN_THE_LIST
