"""How the provider takes an order from a client: once for each correlation id, and with whatever was made to go wrong."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from flask import Request, Response, jsonify

from ussd_app.simulator.networks.gsma import clerk, request_states
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.errors import Refusal, missing
from ussd_app.simulator.networks.gsma.request_states import Kind, Order
from ussd_app.simulator.networks.parts import Parts
from ussd_app.simulator.networks.server import HANG_UP

NEVER_ANSWERS_S = 60
_CALLBACK_FIRST_WITHIN_S = 3


def go_wrong_before(parts: Parts, request: Request) -> Response | None:
    """An answer here means that nothing was taken."""
    if parts.faults.strikes("money_never_answers"):
        parts.background.stopped.wait(NEVER_ANSWERS_S)
        return _hang_up(request)
    if parts.faults.strikes("money_cut_before_accept"):
        return _hang_up(request)
    if parts.faults.strikes("money_unavailable"):
        raise Refusal("serviceUnavailable", "genericError", "The provider is not to be had just now.")
    if parts.faults.strikes("money_error_500"):
        raise Refusal("internal", "genericError", "Something broke at the provider.")
    return None


def json_body(request: Request) -> Any:
    body = request.get_json(force=True, silent=True)
    if body is None:
        raise Refusal("validation", "formatError", "The body is not JSON.")
    return body


def as_uuid(text: str, what: str) -> UUID:
    try:
        if len(text) != 36:
            raise ValueError
        return UUID(text)
    except ValueError:
        raise Refusal("validation", "formatError", f"{what} must be a UUID.") from None


def correlation_id(request: Request) -> UUID:
    text = request.headers.get("X-CorrelationID", "")
    if not text:
        raise missing("X-CorrelationID")
    return as_uuid(text, "X-CorrelationID")


def take(parts: Parts, request: Request, kind: Kind, account: Account, body: dict[str, Any]) -> Response:
    client_id = correlation_id(request)
    callback_url = request.headers.get("X-Callback-URL", "")
    order = Order(client_id, kind, account, body, callback_url, parts.faults.strikes("money_refuse"))
    request_states.keep(parts.book, order)
    if parts.faults.strikes("money_callback_first"):
        clerk.settle_now(parts, order.server_id)
        _wait_until_called_back(parts)
    if parts.faults.strikes("money_cut_after_accept"):
        return _hang_up(request)
    if parts.faults.strikes("money_error_500_after_accept"):
        raise Refusal("internal", "genericError", "Something broke at the provider.")
    answer = jsonify(request_states.pending(order))
    answer.status_code = 202
    return answer


def _hang_up(request: Request) -> Response:
    request.environ[HANG_UP] = True
    return Response(status=204)


def _wait_until_called_back(parts: Parts) -> None:
    """Bounded, for the client may be unable to hear a callback while it waits for this very answer."""
    until = time.monotonic() + _CALLBACK_FIRST_WITHIN_S
    while time.monotonic() < until:
        if parts.book.row("SELECT 1 AS due FROM networks.letters WHERE lane = 'money' AND tries < 2") is None:
            return
        parts.background.stopped.wait(0.02)
