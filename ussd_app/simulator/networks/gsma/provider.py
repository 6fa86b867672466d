"""The provider's pages: which address of the GSMA Mobile Money API 1.2 leads where, and who may come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request
from jsonschema import ValidationError

from ussd_app.simulator.networks.book import iso
from ussd_app.simulator.networks.gsma import clerk, deviations, request_states, statements, transactions
from ussd_app.simulator.networks.gsma.account_pages import account_pages
from ussd_app.simulator.networks.gsma.batch_pages import batch_pages
from ussd_app.simulator.networks.gsma.deviations import AsTheCasesWriteIt
from ussd_app.simulator.networks.gsma.entrance import let_in
from ussd_app.simulator.networks.gsma.errors import Refusal, unknown
from ussd_app.simulator.networks.gsma.payment_pages import payment_pages
from ussd_app.simulator.networks.gsma.receiving import as_uuid, check_headers, client_of
from ussd_app.simulator.networks.gsma.sandbox import check_client, missing_response, not_known
from ussd_app.simulator.networks.gsma.validation import checked
from ussd_app.simulator.networks.parts import Parts

PREFIX = "/v1.2/mm"


def mobile_money(parts: Parts) -> Blueprint:
    pages = Blueprint("mobile_money", __name__, url_prefix=PREFIX)
    _guard(pages, parts)
    payment_pages(pages, parts)
    account_pages(pages, parts)
    batch_pages(pages, parts)
    _enquiries(pages, parts)
    return pages


def _guard(pages: Blueprint, parts: Parts) -> None:
    @pages.before_request
    def admit() -> None:
        let_in(parts, request)
        if parts.configuration.sandbox:
            check_client(client_of(request))
        check_headers(request)
        struck = request.method == "GET" and parts.faults.strikes("money_enquiry_unavailable")
        closed = parts.ways.now.service == "unavailable" and not request.path.endswith("/heartbeat")
        if struck or closed:
            raise Refusal("serviceUnavailable", "genericError", "The provider is not to be had just now.")

    @pages.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> tuple[Response, int]:
        if not isinstance(refusal, AsTheCasesWriteIt):
            checked("errorObject", refusal.as_json())
        return jsonify(refusal.as_json()), refusal.status

    @pages.errorhandler(ValidationError)
    def own_mistake(_: ValidationError) -> tuple[Response, int]:
        return refuse(Refusal("internal", "genericError", "The provider's own answer breaks the standard."))

    @pages.after_request
    def dated(response: Response) -> Response:
        response.headers["X-Date"] = iso(datetime.now(UTC))
        return response

    @pages.route("/<path:_anything>", methods=["GET", "POST", "PATCH", "PUT", "DELETE"])
    def nowhere(_anything: str) -> Response:
        raise unknown("resource here")


def _enquiries(pages: Blueprint, parts: Parts) -> None:
    @pages.get("/transactions/<reference>")
    def show_transaction(reference: str) -> Response:
        deviations.lost_answer.looked_at(client_of(request), reference)
        return jsonify(transactions.one(parts.book, reference))

    @pages.get("/statemententries/<reference>")
    def show_entry(reference: str) -> Response:
        return jsonify(statements.entries_of(parts.book, reference))

    @pages.get("/requeststates/<server_id>")
    def show_state(server_id: str) -> Response:
        asked = as_uuid(server_id, "serverCorrelationId")
        if parts.configuration.sandbox:
            clerk.settle_soon(parts, asked)
        return jsonify(request_states.state(parts.book, asked, parts.ways.now.poll_limit))

    @pages.get("/responses/<client_id>")
    def show_response(client_id: str) -> Response:
        asked = as_uuid(client_id, "clientCorrelationId")
        if parts.configuration.sandbox and request_states.known(parts.book, asked) is None:
            told = missing_response(client_of(request))
            if told is not None and deviations.lost_answer.turns_away():
                raise not_known()
            if told is not None:
                return jsonify(checked("responseResponse", told))
        return jsonify(request_states.response(parts.book, asked))

    @pages.get("/heartbeat")
    def heartbeat() -> Response:
        return jsonify(checked("responseHeartbeat", _service(parts.ways.now.service)))


def _service(service: str) -> dict[str, Any]:
    match service:
        case "degraded":
            return {"serviceStatus": service, "delay": 5000}
        case "unavailable":
            back = datetime.now(UTC) + timedelta(minutes=5)
            return {"serviceStatus": service, "plannedRestorationTime": iso(back)}
        case _:
            return {"serviceStatus": service}
