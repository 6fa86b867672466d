"""TruRoute's XML, as operators in southern Africa speak it: the last key, without a number for the turn."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from flask import Request, Response

from ussd_app.http.callback import Callback, Ending, LastKey, keys_dialled
from ussd_app.http.form import BadForm, field
from ussd_app.http.wires.port import MOST_NAME, MOST_NETWORK, MOST_TEXT, phone_of, session_of

REQUEST, RESPONSE, RELEASE, TIMEOUT = "1", "2", "3", "4"
ENDINGS = {RELEASE: "Released", TIMEOUT: "Timeout"}


class TruRoute:
    name = "truroute"

    def __init__(self, code: str) -> None:
        self._code = code

    def read(self, request: Request) -> Callback | Ending:
        form = _elements(request.get_data())
        session_id = session_of(self.name, field(form, "sessionid", MOST_NAME), "sessionid")
        network = field(form, "network", MOST_NETWORK, default="")
        kind = field(form, "type", 2)
        if kind in ENDINGS:
            return Ending(session_id, ENDINGS[kind], network)
        if kind not in (REQUEST, RESPONSE):
            raise BadForm("The element type is not one that is known here.")
        phone, message = phone_of(field(form, "msisdn", 20), "msisdn"), field(form, "msg", MOST_TEXT)
        text = keys_dialled(self._code, message) if kind == REQUEST else message
        # Some operators in between add an id for each message; the form itself has none.
        message_id = field(form, "requestid", MOST_NAME, default="")
        return LastKey(session_id, phone, text, network, kind == REQUEST, message_id=message_id)

    def write(self, call: Callback, body: str, screen: str) -> Response:
        kind = RESPONSE if body.startswith("CON ") else RELEASE
        page = f"<ussd><type>{kind}</type><msg>{escape(body[4:])}</msg><premium><cost>0</cost><ref/></premium></ussd>"
        return Response('<?xml version="1.0" encoding="UTF-8"?>' + page, content_type="text/xml; charset=utf-8")


def _elements(body: bytes) -> Mapping[str, str]:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise BadForm("This document declares entities, which no gateway needs.")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - no entities, as just seen, and 64 KB at most
    except (ElementTree.ParseError, ValueError, LookupError) as problem:
        raise BadForm("This is not XML.") from problem
    if root.tag != "ussd":
        raise BadForm("The outermost element is not ussd.")
    return {each.tag: (each.text or "").strip() for each in root}
