"""The provider's pages: which address of the GSMA Mobile Money API 1.2 leads where, and who may come in."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from flask import Blueprint, Response, jsonify, request
from jsonschema import ValidationError

from ussd_app.simulator.networks.book import iso
from ussd_app.simulator.networks.gsma import accounts, authorisation_codes, request_states, transactions
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.errors import Refusal, missing, unknown
from ussd_app.simulator.networks.gsma.receiving import as_uuid, go_wrong_before, json_body, take
from ussd_app.simulator.networks.gsma.request_states import Kind
from ussd_app.simulator.networks.gsma.validation import check_request, checked, whole_dong
from ussd_app.simulator.networks.parts import Parts

_KINDS = ("withdrawal", "disbursement")


def mobile_money(parts: Parts) -> Blueprint:
    pages = Blueprint("mobile_money", __name__, url_prefix="/v1.2/mm")
    _guard(pages, parts)
    _orders(pages, parts)
    _codes(pages, parts)
    _accounts(pages, parts)
    _enquiries(pages, parts)
    return pages


def _guard(pages: Blueprint, parts: Parts) -> None:
    @pages.before_request
    def let_in() -> Response | None:
        given, key = request.headers.get("X-API-Key", ""), parts.configuration.momo_api_key
        if not hmac.compare_digest(given.encode(), key.encode()):
            raise Refusal("authorisation", "clientAuthorisationError", "X-API-Key is not known here.")
        if request.method == "POST":
            return go_wrong_before(parts, request)
        if request.method == "GET" and parts.faults.strikes("money_enquiry_unavailable"):
            raise Refusal("serviceUnavailable", "genericError", "The provider is not to be had just now.")
        return None

    @pages.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> tuple[Response, int]:
        return jsonify(checked("errorObject", refusal.as_json())), refusal.status

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


def _orders(pages: Blueprint, parts: Parts) -> None:
    @pages.post("/accounts/<kind>/<identifier>/authorisationcodes")
    def ask_for_a_code(kind: str, identifier: str) -> Response:
        body = json_body(request)
        check_request("requestAuthorisationCode", body)
        whole_dong(body)
        return take(parts, request, "authorisationcode", Account(kind, identifier), body)

    @pages.post("/transactions/type/<kind>")
    def ask_for_a_transaction(kind: str) -> Response:
        body = json_body(request)
        check_request("requestTransactionType", body)
        if kind not in _KINDS:
            raise Refusal("businessRule", "transactionTypeError", "Only withdrawal and disbursement are done here.")
        known = cast("Kind", kind)
        return take(parts, request, known, transactions.check(known, body), body)


def _codes(pages: Blueprint, parts: Parts) -> None:
    @pages.get("/accounts/<kind>/<identifier>/authorisationcodes")
    def list_codes(kind: str, identifier: str) -> Response:
        state = request.args.get("codeState")
        if state is None:
            raise missing("codeState")
        return _list(authorisation_codes.listed(parts.book, Account(kind, identifier), state, *_page()))

    @pages.get("/accounts/<kind>/<identifier>/authorisationcodes/<code>")
    def show_code(kind: str, identifier: str, code: str) -> Response:
        return jsonify(authorisation_codes.one(parts.book, Account(kind, identifier), code))

    @pages.patch("/accounts/<kind>/<identifier>/authorisationcodes/<code>")
    def cancel_code(kind: str, identifier: str, code: str) -> Response:
        changes = json_body(request)
        check_request("requestGenericPatchArray", changes)
        if [(change["path"], change["value"]) for change in changes] != [("/codeState", "cancelled")]:
            raise Refusal("validation", "formatError", "Only /codeState can be changed, and only to cancelled.")
        authorisation_codes.cancel(parts.book, Account(kind, identifier), code)
        return Response(status=204)


def _accounts(pages: Blueprint, parts: Parts) -> None:
    book = parts.book
    shown: dict[str, Callable[[Account], dict[str, Any]]] = {
        "balance": lambda account: accounts.balance(book, account),
        "status": lambda account: accounts.status(book, account),
    }

    @pages.get("/accounts/<kind>/<identifier>/<any(balance, status):what>")
    def show_account(kind: str, identifier: str, what: str) -> Response:
        return jsonify(shown[what](Account(kind, identifier)))

    @pages.get("/accounts/<kind>/<identifier>/transactions")
    def list_transactions(kind: str, identifier: str) -> Response:
        account = Account(kind, identifier)
        accounts.balance(book, account)
        return _list(transactions.statement(book, account, *_page()), transactions.how_many(book, account))


def _enquiries(pages: Blueprint, parts: Parts) -> None:
    @pages.get("/transactions/<reference>")
    def show_transaction(reference: str) -> Response:
        return jsonify(transactions.one(parts.book, reference))

    @pages.get("/requeststates/<server_id>")
    def show_state(server_id: str) -> Response:
        return jsonify(request_states.state(parts.book, as_uuid(server_id, "serverCorrelationId")))

    @pages.get("/responses/<client_id>")
    def show_response(client_id: str) -> Response:
        return jsonify(request_states.response(parts.book, as_uuid(client_id, "clientCorrelationId")))

    @pages.get("/heartbeat")
    def heartbeat() -> Response:
        return jsonify(checked("responseHeartbeat", {"serviceStatus": "available"}))


def _page() -> tuple[int, int]:
    limit, offset = request.args.get("limit", "50"), request.args.get("offset", "0")
    if not (limit.isdecimal() and offset.isdecimal()):
        raise Refusal("validation", "invalidOffset", "limit and offset are whole numbers.")
    return int(limit), int(offset)


def _list(items: list[dict[str, Any]], available: int | None = None) -> Response:
    answer = jsonify(items)
    answer.headers["X-Records-Available-Count"] = str(len(items) if available is None else available)
    answer.headers["X-Records-Returned-Count"] = str(len(items))
    return answer
