"""Africa's Talking: a form with everything keyed so far, answered in plain text; a second address says how it ended."""

from __future__ import annotations

from flask import Request, Response

from ussd_app.domain.phone import Phone
from ussd_app.http.callback import Callback, Ending
from ussd_app.http.form import BadForm, field
from ussd_app.http.wires.port import MOST_NAME, MOST_NETWORK, MOST_TEXT

MOST_METADATA = 99  # characters, and no `|`, which joins one hop to the next


class AfricasTalking:
    name = "africas-talking"

    def read(self, request: Request) -> Callback:
        form = request.form
        try:
            # A `+` that was not percent-encoded arrives as a space.
            phone = Phone("+" + field(form, "phoneNumber", 20).strip().removeprefix("+"))
        except ValueError as problem:
            raise BadForm("The field phoneNumber is not a number like +84912345678.") from problem
        field(form, "serviceCode", 40)
        session_id = field(form, "sessionId", MOST_NAME)
        if not session_id:
            raise BadForm("The field sessionId is empty.")
        text = field(form, "text", MOST_TEXT)
        return Callback(session_id, phone, text, field(form, "networkCode", MOST_NETWORK, default=""))

    def write(self, call: Callback, body: str, screen: str) -> Response:
        page = Response(body, content_type="text/plain; charset=utf-8")
        page.headers["at-ussd-hop-metadata"] = screen.replace("|", "/")[:MOST_METADATA]
        return page

    def read_ending(self, request: Request) -> Ending:
        """The fields `input` and `lastAppResponse` hold PINs and codes: they are not read."""
        form = request.form
        return Ending(
            session_id=field(form, "sessionId", MOST_NAME),
            status=field(form, "status", 20),
            network_code=field(form, "networkCode", MOST_NETWORK, default=""),
            duration_ms=_whole(form.get("durationInMillis")),
            hops=_whole(form.get("hopsCount")),
        )


def _whole(written: str | None) -> int | None:
    return int(written) if written and written.isascii() and written.isdigit() and len(written) < 10 else None
