"""A code that a point's keeper keyed in, turned into money at the point: once, and asked about until it is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from workers.mobile_money.connection import Answer, NeverLeft, NoAnswer
from workers.mobile_money.gsma_account import read_code_to_redeem, read_redeemed, read_redemption_failed
from workers.mobile_money.gsma_answers import LookAt, read_response, trouble
from workers.mobile_money.gsma_line import GsmaLine, at_home, moment_now
from workers.mobile_money.gsma_wishes import wish_for_withdrawal
from workers.mobile_money.json_reading import read_object
from workers.mobile_money.port import NotFound, NotRedeemed, Redeemed, Redemption, StillUnsure, Unsure

LOOKS_S = (0.1, 0.2, 0.4, 0.8, 1.5)
"""Between looks for a withdrawal to be settled: its keeper and an elder stand waiting, and a USSD page has ten seconds."""


Pause = Callable[[float], None]
"""Lets so many seconds go by."""


def redeem(line: GsmaLine, account: str, redemption: Redemption, pause: Pause) -> Redeemed | NotRedeemed | Unsure:
    """The standard wants the amount in a withdrawal, and only the provider knows it: the code itself is read first."""
    try:
        if not redemption.code:
            return _outcome(line, redemption, NotRedeemed("already_redeemed"), pause)
        amount = read_code_to_redeem(line.get(f"{at_home(account)}/authorisationcodes/{quote(redemption.code, safe='')}"))
        match amount:
            case StillUnsure(reason):
                return Unsure(reason)
            case NotRedeemed():  # perhaps by this very attempt, of which we never heard
                return _outcome(line, redemption, amount, pause)
            case _:
                return _outcome(line, redemption, _withdraw(line, account, redemption, amount), pause)
    except NoAnswer as trouble:
        return Unsure(trouble.reason)


def _withdraw(line: GsmaLine, account: str, redemption: Redemption, amount: str) -> NotRedeemed | None:
    """A clear no, which counts only if an earlier try of the same id is not known to them."""
    now = moment_now()
    wish = wish_for_withdrawal(redemption, amount, account, now)
    try:
        answer = line.change("POST", "/transactions/type/withdrawal", redemption.attempt_id, wish, now)
    except NeverLeft:
        return NotRedeemed("try_later")
    return read_redemption_failed(read_object(answer.body)) if answer.status >= 400 else None


def _outcome(
    line: GsmaLine, redemption: Redemption, if_never_seen: NotRedeemed | None, pause: Pause
) -> Redeemed | NotRedeemed | Unsure:
    for wait_s in (*LOOKS_S, 0):
        found = read_response(*line.read(f"/responses/{redemption.attempt_id}"))
        if isinstance(found, NotFound) and if_never_seen is not None:
            return if_never_seen
        path = line.within(found.path) if isinstance(found, LookAt) else None
        if path is None:
            return Unsure("no_way_to_the_withdrawal")
        settled = _settled(line, path)
        if settled is not None:
            return settled
        pause(wait_s)
    return Unsure("still_under_way")


def _settled(line: GsmaLine, path: str) -> Redeemed | NotRedeemed | Unsure | None:
    """None while it is under way. An error in place of an answer is about our question, not about the withdrawal."""
    told = _told(line.get(path))
    if isinstance(told, Unsure):
        return told
    if isinstance(reference := told.get("objectreference"), str) and reference:  # a path or a bare reference
        found = line.within(reference) if "/" in reference else f"/transactions/{quote(reference, safe='')}"
        told = _told(line.get(found)) if found else Unsure("no_way_to_the_withdrawal")
        if isinstance(told, Unsure):
            return told
    if "transactionstatus" in told:
        redeemed = read_redeemed(told)
        return Unsure(redeemed.reason) if isinstance(redeemed, StillUnsure) else redeemed
    return read_redemption_failed(told.get("error") or told.get("errorreference") or told)


def _told(answer: Answer) -> dict[str, Any] | Unsure:
    told = read_object(answer.body)
    return told if answer.status == 200 and told is not None else Unsure(trouble(answer.status, told))
