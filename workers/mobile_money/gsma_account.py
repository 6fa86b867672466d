"""What a GSMA provider says of itself, of our account with it, of a wallet, and of a code that is being redeemed: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from ussd_app.domain.statements import LineKind, StatementLine
from workers.mobile_money.connection import Answer
from workers.mobile_money.gsma_answers import read_error, trouble
from workers.mobile_money.json_reading import moment, pairs, read_amount, read_json, read_object, word
from workers.mobile_money.port import (
    Funds,
    Heartbeat,
    Holder,
    NotRedeemed,
    NoWallet,
    Redeemed,
    Reversed,
    Service,
    StatementCut,
    StillUnsure,
)

PAGE = 100

_KINDS = {
    "reversal": LineKind.REVERSED,
    "fee": LineKind.FEE,
    "charge": LineKind.FEE,
}
"""What displayType may say beside the direction. It is free text: what is not here is told by direction alone."""

_SAYS_WHAT = ("transactiontype", "type", "displaytype")

_PAID_OUT = frozenset({"withdrawal", "disbursement", "transfer", "deposit"})

_MOVED = frozenset({"completed", "reversed", ""})
_NOTHING_MOVED = frozenset({
    "pending", "created", "initiated", "accepted", "inprogress", "failed", "rejected", "declined", "cancelled", "expired",
})  # fmt: skip
"""Of transactionStatus, which is free text: a line of any other is shown as of a kind that nobody knows."""

_NOT_REDEEMED = {
    "identifiererror": "no_such_code",
    "incorrectstate": "already_redeemed",
    "servicingpartyauthorisationerror": "wrong_point",
    "requestingpartyauthorisationerror": "no_such_code",
    "ratelimiterror": "try_later",
    "clientauthorisationerror": "try_later",
    "greaterthantransactionmaxvalue": "over_limit",
    "maxbalanceexceeded": "over_limit",
}


def read_heartbeat(answer: Answer) -> Heartbeat:
    """GET /heartbeat. A 503 is as clear as words; any other trouble says nothing about the service."""
    told = read_object(answer.body) or {}
    if answer.status == 503:
        return Heartbeat(Service.UNAVAILABLE, moment(told.get("plannedrestorationtime")))
    if answer.status != 200:
        return Heartbeat(Service.UNKNOWN)
    try:
        service = Service(word(told.get("servicestatus")))
    except ValueError:
        service = Service.UNKNOWN
    return Heartbeat(service, moment(told.get("plannedrestorationtime")))


def read_funds(answer: Answer) -> Funds | StillUnsure:
    told = read_object(answer.body)
    if answer.status != 200 or told is None:
        return StillUnsure(trouble(answer.status, told))
    available = read_amount(told.get("availablebalance", told.get("currentbalance")))
    reserved = read_amount(told.get("reservedbalance", "0"))
    if available is None or reserved is None or word(told.get("currency")) not in ("vnd", ""):
        return StillUnsure("unreadable_answer")
    return Funds(available, reserved)


def read_wallet_status(answer: Answer) -> NoWallet | StillUnsure | None:
    """GET /accounts/{…}/status: None when the account is there to be paid into."""
    told = read_object(answer.body)
    error = read_error(told)
    if answer.status == 404 and error and error[0] == "identification":
        return NoWallet("no_wallet")
    if answer.status != 200 or told is None:
        return StillUnsure(trouble(answer.status, told))
    match word(told.get("accountstatus")):
        case "available":
            return None
        case "unregistered":
            return NoWallet("no_wallet")
        case "unavailable":
            return NoWallet("wallet_closed")
        case _:
            return StillUnsure("account status not known")


def read_name(answer: Answer) -> Holder | StillUnsure:
    """GET /accounts/{…}/accountname. A provider that tells no names still has said that the account is there."""
    told = read_object(answer.body)
    if answer.status != 200 or told is None:
        return StillUnsure(trouble(answer.status, told))
    name = told.get("name")
    if not isinstance(name, dict):
        return Holder("")
    whole = name.get("fullname") or name.get("nativename")
    parts = [name.get(each) for each in ("lastname", "middlename", "firstname")]  # the order a Vietnamese name has
    return Holder(str(whole) if whole else " ".join(str(each) for each in parts if each))


# ---- a code at a pay point -------------------------------------------------------------------------------


def read_code_to_redeem(answer: Answer) -> str | NotRedeemed | StillUnsure:
    """The amount of an active code, as they wrote it; or why it cannot be redeemed (any more)."""
    told = read_object(answer.body)
    if answer.status == 404 and read_error(told):
        return NotRedeemed("no_such_code")
    if answer.status != 200 or told is None:
        return StillUnsure(trouble(answer.status, told))
    if pairs(told).get("redemptiontransactionreference"):
        return NotRedeemed("already_redeemed")
    amount = read_amount(told.get("amount"))
    match word(told.get("codestate")):
        case "active" if amount is not None:
            return str(amount.amount)
        case "expired":
            return NotRedeemed("expired")
        case "cancelled":
            return NotRedeemed("cancelled")
        case _:
            return StillUnsure("code state not known")


def read_redemption_failed(record: object) -> NotRedeemed | None:
    """Why a withdrawal was refused; None for what is no clear refusal."""
    match read_error(record):
        case None | (_, "duplicaterequest") | ("internal", _):
            return None
        case "serviceunavailable", _:
            return NotRedeemed("try_later")
        case _, code if code.endswith("limitexceeded"):
            return NotRedeemed("over_limit")
        case _, code:
            return NotRedeemed(_NOT_REDEEMED.get(code, "refused_by_provider"))


def read_redeemed(told: Mapping[str, Any]) -> Redeemed | NotRedeemed | StillUnsure:
    """The withdrawal itself. What was taken back before its keeper heard of it is nothing to hand over."""
    if word(told.get("transactionstatus")) == "reversed" and word(told.get("type")) == "withdrawal":
        return NotRedeemed("refused_by_provider")
    amount, reference = read_amount(told.get("amount")), told.get("transactionreference")
    if word(told.get("transactionstatus")) != "completed" or word(told.get("type")) != "withdrawal":
        return StillUnsure("transaction status not known")
    if amount is None or word(told.get("currency")) != "vnd" or not isinstance(reference, str) or not reference:
        return StillUnsure("unreadable_answer")
    return Redeemed(amount, reference)


# ---- the statement ---------------------------------------------------------------------------------------


def read_extent(answer: Answer) -> tuple[int, int | None]:
    """How many entries this page of a list has, and how many there are in all, if they say so. Raises StatementCut."""
    entries = read_json(answer.body)
    if answer.status != 200 or not isinstance(entries, list):
        raise StatementCut(trouble(answer.status, entries))
    available = answer.headers.get("x-records-available-count", "")
    return len(entries), int(available) if available.isascii() and available.isdigit() else None


def read_lines(answer: Answer, provider: str, account: str) -> Iterator[StatementLine]:
    """The movements of a page. Raises StatementCut at one that cannot be read: a line is never passed over in silence."""
    for entry in read_json(answer.body):
        if not isinstance(entry, dict):
            raise StatementCut("unreadable_line")
        if word(entry.get("transactionstatus")) not in _NOTHING_MOVED:
            yield _line(entry, provider, account)


def read_reversals(answer: Answer, original: str) -> Iterator[Reversed]:
    """The completed reversals of this transaction that the page lists."""
    for each in read_json(answer.body):
        if isinstance(each, dict) and each.get("originaltransactionreference") == original:
            amount, reference = read_amount(each.get("amount")), each.get("transactionreference")
            if amount and isinstance(reference, str) and word(each.get("transactionstatus")) == "completed":
                yield Reversed(reference, amount, original)


def _line(entry: Mapping[str, Any], provider: str, account: str) -> StatementLine:
    reference = entry.get("transactionreference")
    amount = read_amount(entry.get("amount"))
    at = moment(entry.get("creationdate") or entry.get("datecreated") or entry.get("requestdate"))
    if not isinstance(reference, str) or not reference or amount is None or at is None:
        raise StatementCut("unreadable_line")
    if word(entry.get("currency")) != "vnd":
        raise StatementCut("another_currency")
    kind = _kind(entry, account)
    ours = entry.get("requestingorganisationtransactionreference") or pairs(entry).get("reference", "")
    attempt_id = _uuid(pairs(entry).get("clientcorrelationid", ""))
    original = entry.get("originaltransactionreference")
    return StatementLine(
        provider, f"{reference}/{kind}", at, kind, amount, reference, attempt_id, str(ours), str(original or "")
    )


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _kind(entry: Mapping[str, Any], account: str) -> LineKind:
    """Which way it went is told by the parties; what it was, by the type, where they say it."""
    if word(entry.get("transactionstatus")) not in _MOVED:
        return LineKind.OTHER
    said = next((word(entry[name]) for name in _SAYS_WHAT if word(entry.get(name))), "")
    if (known := _KINDS.get(said)) is not None:
        return known
    if account in pairs(entry, "debitparty").values():
        return LineKind.PAID_OUT if said in _PAID_OUT or not said else LineKind.OTHER
    if account in pairs(entry, "creditparty").values():
        return LineKind.FUNDED if said not in _PAID_OUT or said in ("deposit", "transfer") else LineKind.OTHER
    return LineKind.OTHER
