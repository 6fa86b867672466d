"""Africa's Talking's messaging API as its own SDK calls it, and the delivery reports that follow."""

from __future__ import annotations

import random
import re
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from ussd_app.simulator.networks.book import Book, iso
from ussd_app.simulator.networks.courier import Letter
from ussd_app.simulator.networks.faults import Faults
from ussd_app.simulator.networks.parts import Parts
from ussd_app.simulator.networks.server import HANG_UP

MOST_RECIPIENTS = 1_000
NETWORK_CODE = "99999"
PRICE_DONG = 350
LATE_S = 60

_MOBILE = re.compile(r"\+84[35789]\d{8}|\+(?!84)[1-9]\d{8,14}")
_LANDLINE = re.compile(r"\+842\d{8,9}")


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the network says to one number of a call."""

    number: str
    code: int
    status: str
    message_id: str

    @property
    def accepted(self) -> bool:
        return self.code == 101

    def as_json(self) -> dict[str, Any]:
        return {
            "statusCode": self.code,
            "number": self.number,
            "status": self.status,
            "cost": f"VND {PRICE_DONG}.0000" if self.accepted else "0",
            "messageId": self.message_id,
        }


def africas_talking_sms(parts: Parts) -> Blueprint:
    pages = Blueprint("africas_talking_sms", __name__, url_prefix="/version1")

    @pages.post("/messaging")
    def send() -> Response:
        if "apiKey" not in request.headers:
            return _plainly("The supplied authentication is invalid", 401)
        missing = next((name for name in ("username", "to", "message") if not request.form.get(name)), None)
        if missing:
            return _plainly(f"Request is missing required form field '{missing}'", 400)
        if parts.faults.strikes("sms_error_500"):
            return _plainly("Internal Server Error", 500)
        if parts.faults.strikes("sms_busy"):
            return _plainly("Service Unavailable", 503)
        numbers = request.form["to"].split(",")
        if len(numbers) > MOST_RECIPIENTS:
            return _plainly(f"At most {MOST_RECIPIENTS} recipients are taken in one call", 400)
        verdicts = [_judge(number.strip(), parts.faults) for number in numbers]
        _take(parts, verdicts, request.form["message"], request.form.get("from", "AFRICASTKNG"))
        if parts.faults.strikes("sms_slow"):
            parts.background.stopped.wait(2)
        if parts.faults.strikes("sms_cut_after_accept"):
            request.environ[HANG_UP] = True
        return _spoken(verdicts)

    return pages


def _plainly(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/plain")


def _judge(number: str, faults: Faults) -> _Verdict:
    if not _MOBILE.fullmatch(number):
        if _LANDLINE.fullmatch(number):
            return _Verdict(number, 404, "UnsupportedNumberType", "None")
        return _Verdict(number, 403, "InvalidPhoneNumber", "None")
    if faults.strikes("sms_refuse"):
        return _Verdict(number, 406, "UserInBlacklist", "None")
    return _Verdict(number, 101, "Success", f"ATXid_{uuid.uuid4().hex}")


def _spoken(verdicts: list[_Verdict]) -> Response:
    taken = sum(each.accepted for each in verdicts)
    answer = jsonify(
        SMSMessageData={
            "Message": f"Sent to {taken}/{len(verdicts)} Total Cost: VND {taken * PRICE_DONG}.0000",
            "Recipients": [each.as_json() for each in verdicts],
        }
    )
    answer.status_code = 201
    return answer


def _take(parts: Parts, verdicts: list[_Verdict], text: str, sender: str) -> None:
    accepted = [each for each in verdicts if each.accepted]
    if not accepted:
        return
    copies = [copy for each in accepted for copy in _copies(parts.faults, each.message_id, each.number)]
    late = {each.message_id: each.wait_s for each in copies}
    reports = [
        report for each in accepted if each.message_id in late for report in _reports(parts, each, late[each.message_id])
    ]
    book = parts.book
    with book.reading() as cursor:
        cursor.execute(
            _TAKE,
            (
                sender,
                book.seal.close(text),
                [each.message_id for each in copies],
                [each.number for each in copies],
                [each.wait_s for each in copies],
                [each.wait_s for each in reports],
                [each.sealed(book) for each in reports],
            ),
        )


# One statement, hence one transaction and one round trip: this is the busiest page of all.
_TAKE = """
WITH taken AS (
    INSERT INTO networks.messages (id, phone, sender, sealed_text, at)
    SELECT m.id, m.phone, %s, %s, now() + m.wait * interval '1 second'
    FROM unnest(%s::text[], %s::text[], %s::float8[]) AS m (id, phone, wait))
INSERT INTO networks.letters (lane, due, sealed)
SELECT 'sms', now() + l.wait * interval '1 second', l.sealed FROM unnest(%s::float8[], %s::bytea[]) AS l (wait, sealed)
"""


@dataclass(frozen=True, slots=True)
class _Copy:
    """One message as it reaches one phone."""

    message_id: str
    number: str
    wait_s: float


def _copies(faults: Faults, message_id: str, number: str) -> list[_Copy]:
    if faults.strikes("sms_lost"):
        return []
    wait_s = LATE_S if faults.strikes("sms_late") else 0
    again = [_Copy(f"{message_id}_again", number, wait_s)] if faults.strikes("sms_twice") else []
    return [_Copy(message_id, number, wait_s), *again]


def _reports(parts: Parts, verdict: _Verdict, late_s: float) -> list[Letter]:
    if parts.faults.strikes("sms_report_lost"):
        return []
    failed = parts.faults.strikes("sms_report_failed")
    form = {
        "id": verdict.message_id,
        "status": "Failed" if failed else "Success",
        "phoneNumber": verdict.number,
        "networkCode": NETWORK_CODE,
        "retryCount": "0",
    }
    if failed:
        form["failureReason"] = "DeliveryFailure"
    late_s += LATE_S * parts.faults.strikes("sms_report_late")
    letters = [_letter(parts, form, late_s) for _ in range(2 if parts.faults.strikes("sms_report_twice") else 1)]
    if parts.faults.strikes("sms_report_interim"):
        letters.append(_letter(parts, form | {"status": "Submitted"}, late_s))
    return letters


def _letter(parts: Parts, form: dict[str, str], late_s: float) -> Letter:
    """Each takes its own time, so that they come in any order."""
    return Letter(
        method="POST",
        to=f"/callbacks/{parts.configuration.callback_token}/sms-reports",
        headers={"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "at-sms-api/1.0"},
        body=urlencode(form),
        wait_s=late_s + random.uniform(0.2, 2),  # noqa: S311 - not a secret
    )


def inbox(book: Book, phone: str) -> list[dict[str, Any]]:
    """Every message that has reached a phone, oldest first."""
    sent = book.rows(
        "SELECT id, sender, sealed_text, at FROM networks.messages WHERE phone = %s AND at <= now() ORDER BY at, place",
        phone,
    )
    return [
        {"id": row["id"], "from": row["sender"], "text": book.seal.open(row["sealed_text"]), "at": iso(row["at"])}
        for row in sent
    ]
