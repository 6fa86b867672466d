"""What came of a message, as its carrier reports it: stored once, whenever it comes, and applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, request

from sms.providers.port import Report
from ussd_app.http.form import BadForm, field, sentence
from ussd_app.store import delivery_reports
from ussd_app.store.database import Database

LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class ReportsOf:
    """How one carrier reports: which fields it must send, and what they mean."""

    provider: str
    read: Callable[[Mapping[str, str]], Report | None]
    needed: tuple[str, ...]


def sms_reports(
    database: Database, first: ReportsOf, others: Mapping[str, ReportsOf], clock: Callable[[], datetime]
) -> Blueprint:
    """The first carrier's reports come to `/sms-reports`; each other's to a path with its name, posted or in a query."""
    pages = Blueprint("sms_reports", __name__)

    @pages.post("/sms-reports")
    def report() -> Response:
        return _keep(database, first, request.form, clock())

    @pages.route("/sms-reports/<provider>", methods=["GET", "POST"])
    def report_of(provider: str) -> Response:
        reports = others.get(provider)
        if reports is None:
            return sentence("There is no carrier of that name here.", 404)
        return _keep(database, reports, request.args if request.method == "GET" else request.form, clock())

    return pages


def _keep(database: Database, reports: ReportsOf, form: Mapping[str, str], now: datetime) -> Response:
    try:
        for name in reports.needed:
            field(form, name, 100)
        for name in form:
            field(form, name, LONGEST_VALUE if name not in reports.needed else 100)
    except BadForm as problem:
        return sentence(str(problem), 400)
    understood = reports.read(form)
    if understood is None:
        return sentence("This is not a delivery report that we know.", 400)
    database.one_by_one(
        lambda db: delivery_reports.keep_report(
            db,
            provider=reports.provider,
            provider_id=understood.reference,
            outcome=understood.fate.value,
            failure=understood.reason,
            e164=understood.phone.e164 if understood.phone else "",
            now=now,
            cost_millidong=understood.cost_millidong,
        )
    )
    return Response("", 200)
