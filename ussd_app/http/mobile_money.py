"""A mobile-money provider's callback: a hint that something happened, stored and asked about, never believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, Response, request

from ussd_app.http.doorbell import Doorbell
from ussd_app.http.form import sentence
from ussd_app.store import cash_outs
from ussd_app.store.database import Database
from ussd_app.store.vault import Vault
from workers.mobile_money.port import Hint

ReadCallback = Callable[[Mapping[str, str], bytes], Hint | None]


def mobile_money_callbacks(
    database: Database,
    vault: Vault,
    readers: Mapping[str, ReadCallback],
    doorbell: Doorbell,
    clock: Callable[[], datetime],
) -> Blueprint:
    pages = Blueprint("mobile_money", __name__)

    @pages.route("/mobile-money/<provider>", methods=["PUT", "POST"])
    def result(provider: str) -> Response:
        read = readers.get(provider)
        if read is None:
            return sentence("No such provider.", 404)
        body = request.get_data()
        hint = read(dict(request.headers), body)
        if hint is None:
            return sentence("This is not a callback of this provider.", 400)
        with database.begin() as db:
            new = cash_outs.keep_callback(
                db,
                vault,
                provider=provider,
                event_key=hint.event_key,
                cash_out_id=hint.attempt_id,
                body=body.decode("utf-8", "replace"),
                now=clock(),
            )
        if new:
            doorbell.ring("cash-out")
        return Response("", 204)

    return pages
