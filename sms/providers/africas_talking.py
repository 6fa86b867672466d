"""Everything peculiar to Africa's Talking: how they are called, what they answer, what they report later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from africastalking.SMS import SMSService

from sms.providers.kept_line import Answer, Broken, KeptLines, NeverLeft
from sms.providers.port import Accepted, Busy, Fate, Outcome, Refused, Report, Unsure, price_in_millidong
from ussd_app.domain.phone import Phone

NAME = "africas_talking"

NOT_AUTHORISED = "not_authorised"
"""Our key is wrong or not yet active: for an operator to mend, while the messages wait."""

# What they say of one recipient. The names are theirs; numbers alone decide.
ACCEPTED = {100: "Processed", 101: "Sent", 102: "Queued"}
REFUSED = {
    401: "RiskHold",
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    406: "UserInBlacklist",
    407: "CouldNotRoute",
    409: "DoNotDisturbRejection",
    502: "RejectedByGateway",  # an operator looked at it and said no: the next look would say the same
}
BUSY = {
    405: "InsufficientBalance",  # refused before anything was sent; goes out once the account is filled
    501: "GatewayError",  # it came as far as their gateway, which could not take it
}
UNSURE = {500: "InternalServerError"}  # they do not know themselves how far it came


class AfricasTalking:
    """Sends through their API. One instance serves all threads of a worker process."""

    name = NAME
    phones_in_a_call = 100  # one call that comes to nothing leaves at most this many messages unsure

    def __init__(self, username: str, api_key: str, base_url: str = "", sender: str = "") -> None:
        self._service = _KeptAlive(username, api_key, base_url)
        self._sender = sender or None

    def send(self, text: str, to: tuple[Phone, ...], key: str = "") -> tuple[Outcome, ...]:
        """They take no key of ours."""
        if not to:
            return ()
        try:
            sent: Any = self._service.send(text, [each.e164 for each in to], sender_id=self._sender)
        except NeverLeft as problem:
            return (Busy(str(problem)),) * len(to)
        except Broken as problem:
            return (Unsure(str(problem)),) * len(to)
        return read_answer(sent.status, sent.body, to)


class _KeptAlive(SMSService):
    """Their SDK over lines that are kept, where it opens a new TLS connection for every message.

    It also keeps the HTTP status that the SDK drops, and leaves reading the body to `read_answer`: the SDK hands
    JSON back as bare text when its content type names a character set.
    """

    def __init__(self, username: str, api_key: str, base_url: str) -> None:
        super().__init__(username, api_key)
        if base_url:
            self._baseUrl = base_url.rstrip("/").removesuffix("/version1") + "/version1"
        self._lines = KeptLines()

    def _make_request(
        self,
        url: str,
        method: str,
        headers: Any,
        data: Any,
        params: Any,
        callback: object = None,
        timeout: object = None,
    ) -> Answer:
        """`callback` and `timeout` are the SDK's; nobody here gives them, and `send` only ever posts."""
        form = urlencode(data).encode()
        return self._lines.post(url, form, headers | {"Content-Type": "application/x-www-form-urlencoded"})


# ---- reading what they answer: pure ----------------------------------------------------------------------


def read_answer(status: int, body: bytes, to: tuple[Phone, ...]) -> tuple[Outcome, ...]:
    """One outcome for each phone, in the order of `to`."""
    match status:
        case 200 | 201:
            return _read_recipients(body, to)
        case 401 | 403:
            whole: Outcome = Busy(NOT_AUTHORISED)
        case 404:  # the address is wrong, not the message
            whole = Busy("wrong_address")
        case 429 | 503:  # turned away at the door
            whole = Busy(f"http_{status}")
        case 400 | 402 | 405 | 406 | 411 | 413 | 414 | 415 | 422:  # the same words would be refused again
            whole = Refused(f"http_{status}")
        case _:  # 500, 502, 504 and what we have never seen: it may have gone out behind the error
            whole = Unsure(f"http_{status}")
    return (whole,) * len(to)


def _read_recipients(body: bytes, to: tuple[Phone, ...]) -> tuple[Outcome, ...]:
    try:
        data = json.loads(body)["SMSMessageData"]
        recipients, message = data.get("Recipients") or [], str(data.get("Message") or "")
        told = {_digits(each["number"]): _of_one(each) for each in recipients}
    except (ValueError, KeyError, TypeError, AttributeError):
        return (Unsure("unreadable_answer"),) * len(to)
    silent = _of_all(message) if not told else Unsure("not_mentioned")
    return tuple(told.get(_digits(each.e164), silent) for each in to)


def _of_one(recipient: Mapping[str, Any]) -> Outcome:
    code = _whole_number(recipient.get("statusCode"))
    if code in ACCEPTED:
        reference = str(recipient.get("messageId") or "")
        return Accepted("" if reference == "None" else reference, _price(recipient), _parts(recipient))
    return _unaccepted(code) or Unsure(f"unknown_status_{code}")


def _price(recipient: Mapping[str, Any]) -> int | None:
    currency, _, amount = str(recipient.get("cost") or "").partition(" ")
    return price_in_millidong(amount) if currency == "VND" else None


def _parts(recipient: Mapping[str, Any]) -> int | None:
    return _whole_number(recipient.get("messageParts")) or None


def _of_all(message: str) -> Outcome:
    """No recipient is listed: then the message may name what was wrong with the whole call."""
    by_name = {name: code for table in (REFUSED, BUSY, UNSURE) for code, name in table.items()}
    return _unaccepted(by_name.get(message.strip(), 0)) or Unsure("not_mentioned")


def _unaccepted(code: int) -> Outcome | None:
    if code in REFUSED:
        return Refused(REFUSED[code])
    if code in BUSY:
        return Busy(BUSY[code])
    if code in UNSURE:
        return Unsure(UNSURE[code])
    return None


def _whole_number(value: object) -> int:
    written = str(value)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0


def _digits(number: object) -> str:
    return "".join(each for each in str(number) if each.isdigit())


# ---- delivery reports: pure ------------------------------------------------------------------------------


_FATES = {
    "success": Fate.DELIVERED,
    "failed": Fate.UNDELIVERED,
    "rejected": Fate.UNDELIVERED,
    "expired": Fate.UNDELIVERED,
    "absentsubscriber": Fate.UNDELIVERED,
}


def read_report(form: Mapping[str, str]) -> Report | None:
    """None when the form names no message. A status we do not know is no ending."""
    reference = form.get("id", "").strip()
    if not reference:
        return None
    fate = _FATES.get(form.get("status", "").strip().lower(), Fate.ON_ITS_WAY)
    return Report(reference, fate, form.get("failureReason", "").strip(), _phone(form.get("phoneNumber", "")))


def _phone(written: str) -> Phone | None:
    try:
        return Phone("+" + _digits(written))
    except ValueError:
        return None
