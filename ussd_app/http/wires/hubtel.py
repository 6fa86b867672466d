"""Hubtel's programmable services: JSON with the last key and a number for each turn, answered in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Request, Response

from ussd_app.http.callback import Callback, Ending, LastKey, keys_dialled
from ussd_app.http.form import BadForm, field
from ussd_app.http.wires.port import MOST_NAME, MOST_NETWORK, MOST_TEXT, phone_of, session_of

ENDINGS = {"release": "Released", "timeout": "Timeout"}


class Hubtel:
    name = "hubtel"

    def __init__(self, code: str) -> None:
        self._code = code

    def read(self, request: Request) -> Callback | Ending:
        form = _object(request)
        session_id = session_of(self.name, field(form, "sessionid", MOST_NAME), "SessionId")
        network = field(form, "operator", MOST_NETWORK, default="")
        kind = field(form, "type", 20).lower()
        if kind in ENDINGS:
            return Ending(session_id, ENDINGS[kind], network)
        if kind not in ("initiation", "response"):
            raise BadForm("The field Type is not one that is known here.")
        phone, first = phone_of(field(form, "mobile", 20), "Mobile"), kind == "initiation"
        message = field(form, "message", MOST_TEXT)
        text = keys_dialled(self._code, message) if first else message
        return LastKey(session_id, phone, text, network, first, _number(form))

    def write(self, call: Callback, body: str, screen: str) -> Response:
        goes_on = body.startswith("CON ")
        page = {
            "SessionId": call.session_id.removeprefix(self.name + ":"),
            "Type": "response" if goes_on else "release",
            "Message": body[4:],
            "Label": screen,
            "DataType": "input" if goes_on else "display",
            "FieldType": "text",
        }
        return Response(json.dumps(page, ensure_ascii=False), content_type="application/json; charset=utf-8")


def _object(request: Request) -> Mapping[str, str]:
    """Names in lower case: their own examples write `Type` and `serviceCode` alike."""
    try:
        read: Any = json.loads(request.get_data())
    except (ValueError, RecursionError) as problem:
        raise BadForm("This is not JSON.") from problem
    if not isinstance(read, dict):
        raise BadForm("This is not a JSON object.")
    return {name.lower(): str(value) for name, value in read.items() if type(value) in (str, int)}


def _number(form: Mapping[str, str]) -> int:
    written = field(form, "sequence", 6)
    if not (written.isascii() and written.isdigit()):
        raise BadForm("The field Sequence is not a number.")
    return int(written)
