"""What came of a message, as its carrier reports it: stored once, whenever it comes, and applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, Response, request

from sms.providers.port import Report
from ussd_app.http.form import BadForm, field, sentence
from ussd_app.store import delivery_reports
from ussd_app.store.database import Database


def sms_reports(
    database: Database,
    provider: str,
    read: Callable[[Mapping[str, str]], Report | None],
    clock: Callable[[], datetime],
) -> Blueprint:
    pages = Blueprint("sms_reports", __name__)

    @pages.post("/sms-reports")
    def report() -> Response:
        form = request.form
        try:
            for name in ("id", "status"):
                field(form, name, 100)
            field(form, "failureReason", 200, default="")
        except BadForm as problem:
            return sentence(str(problem), 400)
        understood = read(form)
        if understood is None:
            return sentence("This is not a delivery report that we know.", 400)
        database.quick(
            lambda db: delivery_reports.keep_report(
                db,
                provider=provider,
                provider_id=understood.reference,
                outcome=understood.fate.value,
                failure=understood.reason,
                e164=understood.phone.e164 if understood.phone else "",
                now=clock(),
                cost_millidong=understood.cost_millidong,
            )
        )
        return Response("", 200)

    return pages
