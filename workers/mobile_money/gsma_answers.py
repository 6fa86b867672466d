"""What a GSMA Mobile Money API 1.2 provider means by each answer to an order, read without touching a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workers.mobile_money.json_reading import moment, pairs, read_amount, read_object, same_number, word
from workers.mobile_money.keys import NOT_AUTHORISED
from workers.mobile_money.port import (
    Accepted,
    Busy,
    Failed,
    Issued,
    NotFound,
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
    "insufficientfunds": "insufficient_float",
    "greaterthantransactionmaxvalue": "over_limit",
    "maxbalanceexceeded": "over_limit",
    "accountmaxtotalvolumeexceeded": "over_limit",
    "accountmaxtotalvalueexceeded": "over_limit",
    **{f"{each}limitexceeded": "over_limit" for each in (
        "dailyvolume", "weeklyvolume", "monthlyvolume", "dailyvalue", "weeklyvalue", "monthlyvalue",
    )},
    "lessthantransactionminvalue": "bad_order",
    "samepartieserror": "bad_order",
    "quotehasexpired": "bad_order",
    "identifiererror": "point_closed",
}  # fmt: skip
"""Their codes in our own list of reasons; a whole category stands below where its codes do not differ for us."""

_BY_CATEGORY = {"validation": "bad_order", "authorisation": "not_allowed", "identification": "point_closed"}

TRANSACTION_PAID = frozenset({"completed"})
TRANSACTION_REVERSED = frozenset({"reversed"})
"""transactionStatus is free text in the standard: only what is listed in these two is known to mean anything."""

REDEEMED_BY = "redemptiontransactionreference"
"""Metadata of a code that was redeemed: the standard has no state for it and calls such a code expired."""

GUESSED_AT = "guessedat"
"""Metadata of a code at whose point wrong ones were tried: the standard has nothing for it, and others may not say it."""


REVERSED_BY = "reversaltransactionreference"
"""Metadata of a transaction of which a part was taken back: its state goes on to be `completed`."""


@dataclass(frozen=True, slots=True)
class LookAt:
    """Not an answer yet: a path at the provider where the answer stands."""

    path: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """Not an answer yet: the bare reference of what the order became, a code or a transaction."""

    reference: str


@dataclass(frozen=True, slots=True)
class WithdrawnBy:
    """Not an answer yet: the transaction that says whether the cash was really paid."""

    reference: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Not an answer yet: this transaction was paid once, and its reversals must be looked for."""

    reference: str
    paid_at: datetime | None


def read_submitted(status: int, body: bytes, order: Order) -> Submitted:
    answer = read_object(body)
    if status in (201, 202) and answer is not None:
        return Accepted(str(answer.get("servercorrelationid") or order.attempt_id))
    error = read_error(answer)
    match status, error:
        case 503, _:
            return Busy("http_503")
        case 429, _:
            return Busy("http_429")
        case 400, (_, "duplicaterequest"):
            return Unsure("duplicate: ask")
        case 400, (_, "ratelimiterror"):
            return Busy("rate_limit")
        case 401, (_, "clientauthorisationerror"):
            return Busy(NOT_AUTHORISED)
        case ((400 | 401 | 404), (category, code)):
            return Refused(reason_of(category, code, order))
        case _:  # 500, other 5xx, and any error not in the standard's own form: a proxy may have spoken, not they
            return Unsure(f"http_{status}")


def read_response(status: int, body: bytes) -> LookAt | State:
    """GET /responses/{id}: where what became of our request can be seen."""
    answer = read_object(body)
    if status == 200 and answer and isinstance(link := answer.get("link"), str):
        return LookAt(link)
    # Only their own words count as "never seen": a wrong address answers 404 too.
    if status == 404 and (error := read_error(answer)) and error[0] == "identification":
        return NotFound()
    return StillUnsure(trouble(status, answer))


def read_linked(status: int, body: bytes, order: Order) -> LookAt | LookUp | WithdrawnBy | TakenBack | State:
    """What a link leads to: a code, a transaction, a request that is still under way, or the record of an error."""
    answer = read_object(body)
    if status != 200 or answer is None:
        return StillUnsure(trouble(status, answer))
    if "codestate" in answer:
        return _read_code(answer, order)
    if "transactionstatus" in answer:
        return read_transaction(status, body, order, "")
    if "servercorrelationid" in answer:
        return _read_request_state(answer, order)
    return _failed(answer, order)


def read_transaction(status: int, body: bytes, order: Order, reference: str) -> TakenBack | State:
    """The movement itself; `reference` is the one it was asked for by, or empty where a link led to it."""
    answer = read_object(body)
    if status != 200 or answer is None:
        return StillUnsure(trouble(status, answer))
    state = word(answer.get("transactionstatus"))
    if state not in TRANSACTION_PAID | TRANSACTION_REVERSED:
        return StillUnsure("transaction status not known")
    to_wallet = isinstance(order.to, ToWallet)
    if word(answer.get("type")) != ("disbursement" if to_wallet else "withdrawal"):
        return StillUnsure("not a disbursement" if to_wallet else "not a withdrawal")
    if not _agrees(answer, order):
        return StillUnsure("amount differs")
    if isinstance(order.to, ToWallet) and not _reached(answer, order.to):
        return StillUnsure("another party")
    told = answer.get("transactionreference")
    if not (reference or (isinstance(told, str) and told)):
        return StillUnsure("transaction without a reference")
    paid_at = moment(answer.get("creationdate"))
    found = reference or str(told)
    taken_back = state in TRANSACTION_REVERSED or REVERSED_BY in pairs(answer)
    return TakenBack(found, paid_at) if taken_back else Paid(found, paid_at)


def _read_code(code: Mapping[str, Any], order: Order) -> WithdrawnBy | State:
    if ("amount" in code or "currency" in code) and not _agrees(code, order):
        return StillUnsure("amount differs")
    if reference := pairs(code).get(REDEEMED_BY):
        return WithdrawnBy(reference)
    match word(code.get("codestate")):
        case "active":
            written = code.get("authorisationcode")
            if not isinstance(written, str) or not written:
                return StillUnsure("active code without a code")
            return Issued(written, _expiry(code), str(order.attempt_id), moment(pairs(code).get(GUESSED_AT)))
        case "cancelled":
            return Failed("cancelled")
        case "expired":
            return Failed("expired")
        case _:
            return StillUnsure("code state not known")


def _read_request_state(request: Mapping[str, Any], order: Order) -> LookAt | LookUp | State:
    match word(request.get("status")):
        case "pending":
            return Pending(_poll_limit(request.get("polllimit")))
        case "failed":
            return _failed(request.get("error") or request.get("errorreference"), order)
        case "completed" if isinstance(found := request.get("objectreference"), str) and found:
            return LookAt(found) if "/" in found else LookUp(found)  # the standard allows either
        case _:
            return StillUnsure("request state not known")


def _failed(record: object, order: Order) -> State:
    match read_error(record):
        case None:
            return StillUnsure("unreadable_answer")
        case _, "duplicaterequest":  # another request under our id is known: this record is not about that one
            return StillUnsure("duplicate: ask")
        case category, code:
            return Failed(reason_of(category, code, order))


def reason_of(category: str, code: str, order: Order) -> str:
    reason = REASONS.get(code) or _BY_CATEGORY.get(category, "refused_by_provider")
    return "no_wallet" if reason == "point_closed" and isinstance(order.to, ToWallet) else reason


def read_error(record: object) -> tuple[str, str] | None:
    """Category and code, in lower case; None for what is no error in the standard's own form."""
    if not isinstance(record, dict):
        return None
    category, code = word(record.get("errorcategory")), word(record.get("errorcode"))
    return (category, code) if category and code else None


def trouble(status: int, answer: object) -> str:
    error = read_error(answer)
    if error and error[1] == "clientauthorisationerror":
        return NOT_AUTHORISED
    return f"http_{status}" if status != 200 else "unreadable_answer"


def _agrees(answer: Mapping[str, Any], order: Order) -> bool:
    return read_amount(answer.get("amount")) == order.amount and word(answer.get("currency")) == "vnd"


def _reached(answer: Mapping[str, Any], wallet: ToWallet) -> bool:
    """A provider may name the party by other keys than the number; only another number is a contradiction."""
    told = pairs(answer, "creditparty").get("msisdn", "")
    return not told or same_number(told, wallet.phone.e164)


def _poll_limit(written: object) -> int | None:
    return written if isinstance(written, int) and not isinstance(written, bool) and written > 0 else None


def _expiry(code: Mapping[str, Any]) -> datetime | None:
    made = moment(code.get("creationdate"))
    try:
        return made + timedelta(seconds=int(code["codelifetime"])) if made else None
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
