"""What an MTN MoMo disbursement means by each answer, read without touching a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workers.mobile_money.connection import Answer
from workers.mobile_money.json_reading import read_amount, read_object, same_number, word
from workers.mobile_money.keys import NOT_AUTHORISED
from workers.mobile_money.port import (
    Accepted,
    Busy,
    Failed,
    Funds,
    Holder,
    NotFound,
    NoWallet,
    Order,
    Paid,
    Pending,
    Refused,
    State,
    StillUnsure,
    Submitted,
    ToWallet,
    Unsure,
)

REASONS = {
    "payee_not_found": "no_wallet",
    "payee_not_allowed_to_receive": "over_limit",
    "payer_limit_reached": "over_limit",
    "not_enough_funds": "insufficient_float",
}
"""Their codes in our own list of reasons; every other one is told as `refused_by_provider`."""

OURS_TO_MEND = frozenset({
    "not_allowed", "not_allowed_target_environment", "invalid_callback_url_host", "invalid_currency",
})  # fmt: skip
"""Said of how we are set up there, never of the person who is to be paid."""


def read_submitted(answer: Answer, order: Order) -> Submitted:
    code = code_of(answer.body)
    match answer.status:
        case 202:
            return Accepted(str(order.attempt_id))
        case 409 if code == "resource_already_exist":
            return Unsure("duplicate: ask")
        case 401 | 403:
            return Busy(NOT_AUTHORISED)
        case 429 | 503:
            return Busy(f"http_{answer.status}")
        case 400 | 404 | 500 if code in REASONS:
            return Refused(REASONS[code])
        case 400 | 500 if code in OURS_TO_MEND:
            return Busy(NOT_AUTHORISED)
        case _:  # a 400 without a word may come from anyone on the way, and a 500 may hide an order that was taken
            return Unsure(f"http_{answer.status}")


def read_state(answer: Answer, order: Order) -> State:
    told = read_object(answer.body)
    if answer.status == 404 and code_of(answer.body) == "resource_not_found":
        return NotFound()
    if answer.status != 200 or told is None:
        return StillUnsure(trouble(answer))
    match word(told.get("status")):
        case "pending":
            return Pending()
        case "failed":
            return Failed(REASONS.get(_reason(told), "refused_by_provider"))
        case "successful":
            return _paid(told, order)
        case _:
            return StillUnsure("status not known")


def _paid(told: Mapping[str, Any], order: Order) -> State:
    if read_amount(told.get("amount")) != order.amount or word(told.get("currency")) != "vnd":
        return StillUnsure("amount differs")
    payee = told.get("payee")
    number = str(payee.get("partyid") or "") if isinstance(payee, dict) else ""
    if not isinstance(order.to, ToWallet) or (number and not same_number(number, order.to.phone.e164)):
        return StillUnsure("another party")
    reference = told.get("financialtransactionid")
    if not reference:
        return StillUnsure("paid without a reference")
    return Paid(str(reference), None)


def _reason(told: Mapping[str, Any]) -> str:
    """A word, or an object with a code: both are in use."""
    reason = told.get("reason")
    return word(reason.get("code")) if isinstance(reason, dict) else word(reason)


def read_funds(answer: Answer) -> Funds | StillUnsure:
    told = read_object(answer.body)
    available = read_amount((told or {}).get("availablebalance"))
    if answer.status != 200 or told is None or available is None or word(told.get("currency")) != "vnd":
        return StillUnsure(trouble(answer))
    return Funds(available, type(available)(0))


def read_active(answer: Answer) -> NoWallet | StillUnsure | None:
    """GET …/active: None when the account is there to be paid into."""
    told = read_object(answer.body)
    if answer.status == 404 and code_of(answer.body) in ("resource_not_found", "payee_not_found"):
        return NoWallet("no_wallet")
    if answer.status != 200 or told is None:
        return StillUnsure(trouble(answer))
    match told.get("result"):
        case True | "true":
            return None
        case False | "false":
            return NoWallet("wallet_closed")
        case _:
            return StillUnsure("unreadable_answer")


def read_name(answer: Answer) -> Holder | StillUnsure:
    told = read_object(answer.body)
    if answer.status != 200 or told is None:
        return StillUnsure(trouble(answer))
    whole = told.get("name") or " ".join(str(told[each]) for each in ("family_name", "given_name") if told.get(each))
    return Holder(str(whole))


def code_of(body: bytes) -> str:
    return word((read_object(body) or {}).get("code"))


def trouble(answer: Answer) -> str:
    if answer.status in (401, 403):
        return NOT_AUTHORISED
    return f"http_{answer.status}" if answer.status != 200 else "unreadable_answer"
