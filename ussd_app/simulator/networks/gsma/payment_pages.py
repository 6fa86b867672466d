"""The pages on which payments are asked for, changed and taken back."""

from __future__ import annotations

from typing import Any, cast, get_args

from flask import Blueprint, Response, request

from ussd_app.simulator.networks.gsma import deviations, movements, reversals, transactions
from ussd_app.simulator.networks.gsma.accounts import FLOAT
from ussd_app.simulator.networks.gsma.errors import Refusal, missing
from ussd_app.simulator.networks.gsma.receiving import client_of, destined, json_body, take, take_change
from ussd_app.simulator.networks.gsma.request_states import TransactionType
from ussd_app.simulator.networks.gsma.validation import check_request
from ussd_app.simulator.networks.parts import Parts


def payment_pages(pages: Blueprint, parts: Parts) -> None:
    @pages.post("/transactions/type/<kind>")
    def ask_by_type(kind: str) -> Response:
        body = json_body(request)
        check_request("requestTransactionType", body) if kind != "reversal" else None
        return _ask(parts, kind, body)

    @pages.post("/transactions")
    def ask_as_before() -> Response:
        """Deprecated by the standard: the type is in the body."""
        body = json_body(request)
        if isinstance(body, dict) and body.get("type") == "reversal":
            return _ask(parts, "reversal", body)
        check_request("requestTransaction", body)
        return _ask(parts, body["type"], body)

    @pages.patch("/transactions/<reference>")
    def change(reference: str) -> Response:
        transactions.one(parts.book, reference)
        return take_change(parts, request, "change_transaction", FLOAT, reference)

    @pages.post("/transactions/<reference>/reversals")
    def reverse(reference: str) -> Response:
        return _reverse(parts, reference, json_body(request))


def _ask(parts: Parts, kind: str, body: Any) -> Response:
    if kind == "reversal":
        original = body.get("originalTransactionReference") if isinstance(body, dict) else None
        if not isinstance(original, str):
            raise missing("originalTransactionReference")
        return _reverse(parts, original, body | {"type": "reversal"})
    if kind not in get_args(TransactionType):
        raise Refusal("businessRule", "transactionTypeError", "There is no such type of transaction.")
    known = cast("TransactionType", kind)
    client = client_of(request)
    account = movements.check(parts, known, client, body)
    fate = destined(parts, known, body, *movements.parties(parts, client, body))
    return take(parts, request, known, account, body, fate=fate)


def _reverse(parts: Parts, reference: str, body: Any) -> Response:
    fate = destined(parts, "reversal", body)
    if fate.code and deviations.untypical_reversal(body):  # taken whatever it is about, and refused later
        return take(parts, request, "reversal", FLOAT, body, reference, fate)
    check_request("requestReversal", body)
    if parts.configuration.sandbox:
        deviations.check_reversal(reference, request.headers.get("X-Callback-URL", ""))
    return take(parts, request, "reversal", reversals.check(parts.book, reference, body), body, reference, fate)
