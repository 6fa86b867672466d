"""Everything peculiar to eSMS.vn: how they are called, what they answer, what they report later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sms.gsm import is_gsm7
from sms.providers.kept_line import Broken, KeptLines, NeverLeft
from sms.providers.port import Accepted, Busy, Fate, Outcome, Refused, Report, Unsure, price_in_millidong
from ussd_app.domain.phone import Phone

NAME = "esms"

THEIR_ADDRESS = "https://rest.esms.vn"
_SEND = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
_CUSTOMER_CARE = "2"

# CodeResult, from their table of error codes (developers.esms.vn, read 2026-11).
ACCEPTED = "100"
KNOWN_ALREADY = "124"
"""They have had this RequestId within a day: it came twice, or our first attempt did arrive."""
REFUSED = {
    "99": "blocked_number",
    "104": "brandname_unknown",
    "108": "bad_number",
    "118": "unsupported_type",
    "146": "wrong_template",
    "177": "network_not_registered",
}
BUSY = {
    "101": "not_authorised",
    "102": "no_price_list",
    "103": "account_is_empty",
    "140": "address_not_allowed",
}


class Esms:
    """Sends through their API, one phone a call. One instance serves all threads of a worker process."""

    name = NAME
    phones_in_a_call = 1

    def __init__(self, api_key: str, secret_key: str, base_url: str, sender: str, callback_url: str) -> None:
        self._url = (base_url or THEIR_ADDRESS).rstrip("/") + _SEND
        self._account = {"ApiKey": api_key, "SecretKey": secret_key}
        self._sender, self._callback_url = sender, callback_url
        self._lines = KeptLines()

    def send(self, text: str, to: tuple[Phone, ...], key: str = "") -> tuple[Outcome, ...]:
        """Their RequestId is the key, so that the same attempt that reaches them twice goes out once."""
        return tuple(self._send(text, each, key if len(to) == 1 else "") for each in to)

    def _send(self, text: str, to: Phone, key: str) -> Outcome:
        wanted = self._account | {
            "Phone": "0" + to.e164.removeprefix("+84") if to.e164.startswith("+84") else to.e164.removeprefix("+"),
            "Content": text,
            "Brandname": self._sender,
            "SmsType": _CUSTOMER_CARE,
            "IsUnicode": "0" if is_gsm7(text) else "1",
            "RequestId": key,
            "CallbackUrl": self._callback_url,
        }
        body = json.dumps({name: value for name, value in wanted.items() if value}).encode()
        try:
            answer = self._lines.post(self._url, body, {"Content-Type": "application/json", "Accept": "application/json"})
        except NeverLeft as problem:
            return Busy(str(problem))
        except Broken as problem:
            return Unsure(str(problem))
        return read_answer(answer.status, answer.body)


# ---- reading what they answer: pure ----------------------------------------------------------------------


def read_answer(status: int, body: bytes) -> Outcome:
    """They answer 200 to everything they have understood, and say the rest in `CodeResult`."""
    match status:
        case 200:
            return _read_result(body)
        case 401 | 403:
            return Busy("not_authorised")
        case 404:  # the address is wrong, not the message
            return Busy("wrong_address")
        case 429 | 503:  # turned away at the door
            return Busy(f"http_{status}")
        case _:  # they do not say what a bare 4xx means, and behind a 5xx it may have gone out
            return Unsure(f"http_{status}")


def _read_result(body: bytes) -> Outcome:
    try:
        said: Any = json.loads(body)
        code = str(said["CodeResult"]).strip()
    except (ValueError, KeyError, TypeError):
        return Unsure("unreadable_answer")
    if code == ACCEPTED:
        return Accepted(str(said.get("SMSID") or ""))
    if code in REFUSED:
        return Refused(REFUSED[code])
    if code in BUSY:
        return Busy(BUSY[code])
    return Unsure("known_already" if code == KNOWN_ALREADY else f"unknown_code_{code[:10]}")


# ---- delivery reports: pure ------------------------------------------------------------------------------

_ENDED, _REJECTED = "5", "4"


def read_report(form: Mapping[str, str]) -> Report | None:
    """None when the call names no message. One message has one phone here: it failed, or it arrived."""
    reference = form.get("SMSID", "").strip()
    if not reference:
        return None
    status = form.get("SendStatus", "").strip()
    arrived, failed = (_count(form.get(name, "")) for name in ("SendSuccess", "SendFailed"))
    fate, reason = Fate.ON_ITS_WAY, ""
    if status == _REJECTED or (status == _ENDED and failed and not arrived):
        fate, reason = Fate.UNDELIVERED, "rejected" if status == _REJECTED else "failed"
    elif status == _ENDED and arrived:
        fate = Fate.DELIVERED
    price = price_in_millidong(form.get("TotalPrice", "")) if fate is not Fate.ON_ITS_WAY else None
    return Report(reference, fate, reason, _phone(form.get("phonenumber", "")), price)


def _count(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 7 else 0


def _phone(written: str) -> Phone | None:
    digits = "".join(each for each in written if each.isdigit())
    try:
        return Phone("+84" + digits[1:] if digits.startswith("0") else "+" + digits)
    except ValueError:
        return None
