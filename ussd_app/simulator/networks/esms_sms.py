"""eSMS.vn's messaging API, one phone a call, and the reports that follow by GET: the second carrier of `make run`."""

from __future__ import annotations

import random
import re
import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from ussd_app.simulator.networks.courier import Letter
from ussd_app.simulator.networks.parts import Parts
from ussd_app.simulator.networks.server import HANG_UP

PRICE = "420.0000"
_MOBILE = re.compile(r"0[35789]\d{8}|84[35789]\d{8}")


def esms_sms(parts: Parts) -> Blueprint:
    pages = Blueprint("esms_sms", __name__, url_prefix="/MainService.svc/json")

    @pages.post("/SendMultipleMessage_V4_post_json/")
    def send() -> Response:
        if parts.faults.strikes("esms_error_500"):
            return Response("Internal Server Error", 500)
        if parts.faults.strikes("esms_busy"):
            return Response("Service Unavailable", 503)
        wanted: Any = request.get_json(silent=True)
        if not isinstance(wanted, dict) or not all(wanted.get(name) for name in ("ApiKey", "SecretKey")):
            return _said("101", "Authorize Failed")
        phone = str(wanted.get("Phone") or "")
        if not _MOBILE.fullmatch(phone) or not wanted.get("Content"):
            return _said("108", "Phone number is not in correct format")
        if parts.faults.strikes("esms_refuse"):
            return _said("99", "The phone number is blocked")
        sms_id = uuid.uuid4().hex
        if not _take(parts, wanted, phone, sms_id):
            return _said("124", "Duplicate RequestId")
        if parts.faults.strikes("esms_cut_after_accept"):
            request.environ[HANG_UP] = True
        return jsonify(CodeResult="100", CountRegenerate=0, SMSID=sms_id)

    return pages


def _said(code: str, words: str) -> Response:
    return jsonify(CodeResult=code, CountRegenerate=0, ErrorMessage=words)


def _take(parts: Parts, wanted: dict[str, Any], phone: str, sms_id: str) -> bool:
    """False when this RequestId was taken before: theirs blocks it for a day."""
    book = parts.book
    row = book.row(
        _TAKE,
        wanted.get("RequestId") or sms_id,
        sms_id,
        "+84" + (phone[1:] if phone.startswith("0") else phone[2:]),
        str(wanted.get("Brandname") or "eSMS"),
        book.seal.close(wanted["Content"]),
        random.uniform(0.2, 2),  # noqa: S311 - not a secret
        _report(wanted, phone, sms_id).sealed(book),
    )
    return bool(row and row["taken"])


_TAKE = """
WITH first AS (
    INSERT INTO networks.esms_requests (request_id, sms_id) VALUES (%s, %s)
    ON CONFLICT (request_id) DO UPDATE SET sms_id = excluded.sms_id, at = now()
    WHERE esms_requests.at < now() - interval '24 hours' RETURNING sms_id
), arrived AS (
    INSERT INTO networks.messages (id, phone, sender, sealed_text) SELECT sms_id, %s, %s, %s FROM first
), owed AS (
    INSERT INTO networks.letters (lane, due, sealed) SELECT 'sms', now() + %s * interval '1 second', %s FROM first
)
SELECT count(*) > 0 AS taken FROM first
"""


def _report(wanted: dict[str, Any], phone: str, sms_id: str) -> Letter:
    query = {
        "SMSID": sms_id,
        "SendFailed": "0",
        "SendStatus": "5",
        "SendSuccess": "1",
        "TotalPrice": PRICE,
        "TotalReceiver": "1",
        "TotalSent": "1",
        "RequestId": str(wanted.get("RequestId") or ""),
        "TypeId": "2",
        "telcoid": "1",
        "phonenumber": phone,
    }
    to = str(wanted.get("CallbackUrl") or "/callbacks/nowhere")
    return Letter(method="GET", to=f"{to}?{urlencode(query)}", headers={"User-Agent": "esms"}, body="")
