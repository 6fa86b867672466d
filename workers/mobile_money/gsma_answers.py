"""What a GSMA Mobile Money API 1.2 provider means by each answer, read without touching a network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ussd_app.domain.money import Dong
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
    Unsure,
)

NOT_AUTHORISED = "not_authorised"
"""Our key is wrong: for an operator to mend, while the money stays held."""

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
"""transactionStatus is free text in the standard: only what is listed here is known to mean that cash was paid."""

REDEEMED_BY = "redemptiontransactionreference"
"""Metadata of a code that was redeemed: the standard has no state for it and calls such a code expired."""


@dataclass(frozen=True, slots=True)
class LookAt:
    """Not an answer yet: a path at the provider where the answer stands."""

    path: str


@dataclass(frozen=True, slots=True)
class WithdrawnBy:
    """Not an answer yet: the transaction that says whether the cash was really paid."""

    reference: str


def read_submitted(status: int, body: bytes, order: Order) -> Submitted:
    answer = read_object(body)
    if status in (201, 202) and answer is not None:
        return Accepted(str(answer.get("servercorrelationid") or order.attempt_id))
    error = _error(answer)
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
            return Refused(reason_of(category, code))
        case _:  # 500, other 5xx, and any error not in the standard's own form: a proxy may have spoken, not they
            return Unsure(f"http_{status}")


def read_response(status: int, body: bytes) -> LookAt | State:
    """GET /responses/{id}: where what became of our request can be seen."""
    answer = read_object(body)
    if status == 200 and answer and isinstance(link := answer.get("link"), str):
        return LookAt(link)
    # Only their own words count as "never seen": a wrong address answers 404 too.
    if status == 404 and (error := _error(answer)) and error[0] == "identification":
        return NotFound()
    return StillUnsure(_trouble(status, answer))


def read_linked(status: int, body: bytes, order: Order) -> LookAt | WithdrawnBy | State:
    """What a link leads to: the code, a request that is still under way, or the record of an error."""
    answer = read_object(body)
    if status != 200 or answer is None:
        return StillUnsure(_trouble(status, answer))
    if "codestate" in answer:
        return _read_code(answer, order)
    if "servercorrelationid" in answer:
        return _read_request_state(answer)
    return _failed(answer)


def read_transaction(status: int, body: bytes, order: Order, reference: str) -> State:
    answer = read_object(body)
    if status != 200 or answer is None:
        return StillUnsure(_trouble(status, answer))
    if _word(answer.get("transactionstatus")) not in TRANSACTION_PAID:
        return StillUnsure("transaction status not known")
    if _word(answer.get("type")) != "withdrawal":
        return StillUnsure("not a withdrawal")
    if not _agrees(answer, order):
        return StillUnsure("amount differs")
    return Paid(reference, _moment(answer.get("creationdate")))


def _read_code(code: Mapping[str, Any], order: Order) -> WithdrawnBy | State:
    if ("amount" in code or "currency" in code) and not _agrees(code, order):
        return StillUnsure("amount differs")
    if reference := _metadata(code).get(REDEEMED_BY):
        return WithdrawnBy(reference)
    match _word(code.get("codestate")):
        case "active":
            written = code.get("authorisationcode")
            if not isinstance(written, str) or not written:
                return StillUnsure("active code without a code")
            return Issued(written, _expiry(code), str(order.attempt_id))
        case "cancelled":
            return Failed("cancelled")
        case "expired":
            return Failed("expired")
        case _:
            return StillUnsure("code state not known")


def _read_request_state(request: Mapping[str, Any]) -> LookAt | State:
    match _word(request.get("status")):
        case "pending":
            return Pending()
        case "failed":
            return _failed(request.get("error") or request.get("errorreference"))
        case "completed" if isinstance(path := request.get("objectreference"), str) and path.startswith("/"):
            return LookAt(path)
        case _:
            return StillUnsure("request state not known")


def _failed(record: object) -> State:
    match _error(record):
        case None:
            return StillUnsure("unreadable_answer")
        case _, "duplicaterequest":  # another request under our id is known: this record is not about that one
            return StillUnsure("duplicate: ask")
        case category, code:
            return Failed(reason_of(category, code))


def reason_of(category: str, code: str) -> str:
    return REASONS.get(code) or _BY_CATEGORY.get(category, "refused_by_provider")


# ---- the small print: names and words in any case, amounts as text ---------------------------------------


def read_object(body: bytes) -> dict[str, Any] | None:
    """A JSON object with its names in lower case at every depth: providers differ from the standard in case."""
    try:
        read = json.loads(body, object_pairs_hook=lambda pairs: {name.lower(): value for name, value in pairs})
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def read_amount(written: object) -> Dong | None:
    """`500000` or `500000.00`; anything else, and any part of a đồng, is not an amount."""
    match = re.fullmatch(r"(0|[1-9][0-9]{0,17})(\.0{1,4})?", written) if isinstance(written, str) else None
    return Dong(int(match[1])) if match else None


def _agrees(answer: Mapping[str, Any], order: Order) -> bool:
    return read_amount(answer.get("amount")) == order.amount and _word(answer.get("currency")) == "vnd"


def _error(record: object) -> tuple[str, str] | None:
    if not isinstance(record, dict):
        return None
    category, code = _word(record.get("errorcategory")), _word(record.get("errorcode"))
    return (category, code) if category and code else None


def _trouble(status: int, answer: object) -> str:
    error = _error(answer)
    if error and error[1] == "clientauthorisationerror":
        return NOT_AUTHORISED
    return f"http_{status}" if status != 200 else "unreadable_answer"


def _metadata(answer: Mapping[str, Any]) -> dict[str, str]:
    pairs = answer.get("metadata")
    return {
        _word(each.get("key")): str(each["value"])
        for each in (pairs if isinstance(pairs, list) else [])
        if isinstance(each, dict) and each.get("value")
    }


def _expiry(code: Mapping[str, Any]) -> datetime | None:
    made = _moment(code.get("creationdate"))
    try:
        return made + timedelta(seconds=int(code["codelifetime"])) if made else None
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _moment(written: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _word(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""
