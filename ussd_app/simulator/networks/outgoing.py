"""What a phone sends by itself: a message to a short number, or one ring that is never answered."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from ussd_app.simulator.networks.book import iso
from ussd_app.simulator.networks.courier import Letter, owe
from ussd_app.simulator.networks.parts import Parts

NETWORK_CODE = "99999"
LONGEST = 1_530
"""Letters: ten parts, as most handsets allow."""


def outgoing(parts: Parts) -> Blueprint:
    """Posted to the product as Africa's Talking posts them, again and again until it answers with 200."""
    pages = Blueprint("outgoing", __name__, url_prefix="/control/phones")

    @pages.post("/<phone>/messages")
    def send(phone: str) -> ResponseReturnValue:
        wish: dict[str, Any] = request.get_json(silent=True) or {}
        text, to = wish.get("text"), wish.get("to")
        if not isinstance(text, str) or not isinstance(to, str) or not text or not to:
            return jsonify(error="Write something first."), 400
        if len(text) > LONGEST:
            return jsonify(error=f"A message has at most {LONGEST} letters."), 400
        form = _message(phone, to, text)
        _post(parts, "sms-inbound", form)
        return jsonify(id=form["id"]), 202

    @pages.post("/<phone>/rings")
    def ring(phone: str) -> ResponseReturnValue:
        wish: dict[str, Any] = request.get_json(silent=True) or {}
        to = wish.get("to")
        if not isinstance(to, str) or not to:
            return jsonify(error="Key in the number to ring."), 400
        form = _call(phone, to)
        _post(parts, "voice", form)
        return jsonify(id=form["sessionId"]), 202

    return pages


def _message(phone: str, to: str, text: str) -> dict[str, str]:
    return {
        "date": iso(datetime.now(UTC)),
        "from": phone,
        "id": str(uuid.uuid4()),
        "linkId": str(uuid.uuid4()),
        "text": text,
        "to": to,
        "networkCode": NETWORK_CODE,
    }


def _call(phone: str, to: str) -> dict[str, str]:
    return {
        "isActive": "1",
        "sessionId": f"ATVId_{uuid.uuid4().hex}",
        "direction": "Inbound",
        "callerNumber": phone,
        "destinationNumber": to,
    }


def _post(parts: Parts, page: str, form: dict[str, str]) -> None:
    letter = Letter(
        method="POST",
        to=f"/callbacks/{parts.configuration.callback_token}/{page}",
        headers={"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "at-sms-api/1.0"},
        body=urlencode(form),
    )
    with parts.book.writing() as cursor:
        owe(parts.book, cursor, "sms", [letter])
