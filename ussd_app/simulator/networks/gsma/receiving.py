"""How the provider takes a request from a client: once for each correlation id, and with whatever must go wrong."""

from __future__ import annotations

import hashlib
import hmac
import random
import time
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Request, Response, jsonify

from ussd_app.simulator.networks.gsma import clerk, request_states
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.errors import Refusal, missing
from ussd_app.simulator.networks.gsma.magic import NO_FUNDS, PLAIN, Fate, Happening, fate_of
from ussd_app.simulator.networks.gsma.request_states import Completed, Kind, Later, Order
from ussd_app.simulator.networks.gsma.validation import check_request
from ussd_app.simulator.networks.parts import Parts
from ussd_app.simulator.networks.server import HANG_UP

NEVER_ANSWERS_S = 60
SLOW_S = 30
_CALLBACK_FIRST_WITHIN_S = 3


def go_wrong_before(parts: Parts, request: Request, what: Happening = "") -> Response | None:
    """An answer here means that nothing was taken."""
    strikes = parts.faults.strikes
    if strikes("money_never_answers"):
        parts.background.stopped.wait(NEVER_ANSWERS_S)
        return _hang_up(request)
    if strikes("money_cut_before_accept") or what == "request_lost":
        return _hang_up(request)
    if strikes("money_unavailable") or what == "unavailable":
        raise Refusal("serviceUnavailable", "genericError", "The provider is not to be had just now.")
    if strikes("money_error_500") or what == "broken":
        raise Refusal("internal", "genericError", "Something broke at the provider.")
    if what == "rate_limited":
        raise Refusal("businessRule", "rateLimitError", "Too many requests; send this one again later.")
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


def check_headers(request: Request) -> None:
    """X-Date, X-Callback-URL and X-Content-Hash, where they are given."""
    try:
        moment(request.headers.get("X-Date", ""))
    except ValueError:
        raise Refusal("validation", "formatError", "X-Date is no date and time.") from None
    callback = request.headers.get("X-Callback-URL", "")
    url = urlsplit(callback)
    if callback and not callback.startswith("/") and (url.scheme not in ("http", "https") or not url.hostname):
        raise Refusal("validation", "formatError", "X-Callback-URL is no address.")
    given = request.headers.get("X-Content-Hash", "")
    if given and not hmac.compare_digest(given.lower().encode(), hashlib.sha256(request.get_data()).hexdigest().encode()):
        raise Refusal("validation", "formatError", "X-Content-Hash is not the SHA-256 of the body.")


def moment(text: str) -> datetime | None:
    """ISO 8601, or as HTTP dates are written; ValueError for anything else."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


def client_of(request: Request) -> str:
    return request.headers.get("X-Client-Id", "")


def destined(parts: Parts, kind: str, body: Any, *parties: Account) -> Fate:
    """Only a sandbox has magic."""
    return fate_of(kind, body, parties) if parts.configuration.sandbox and isinstance(body, dict) else PLAIN


def take(
    parts: Parts, request: Request, kind: Kind, account: Account, body: Any, subject: str = "", fate: Fate = PLAIN
) -> Response:
    lost = go_wrong_before(parts, request, fate.happening)
    if lost is not None:
        return lost
    if fate.at_once:
        fate.refuse()
    if parts.faults.strikes("money_refuse"):
        fate = NO_FUNDS
    callback_url = request.headers.get("X-Callback-URL", "")
    client_id = correlation_id(request)
    order = Order(client_id, kind, account, body, callback_url, fate, subject, client_of(request))
    request_states.keep(parts.book, order, _wait_s(fate.happening))
    if parts.faults.strikes("money_callback_first") or fate.happening == "callback_first":
        clerk.settle_now(parts, order.server_id)
        _wait_until_called_back(parts)
    if parts.faults.strikes("money_cut_after_accept") or fate.happening == "answer_lost":
        return _hang_up(request)
    if parts.faults.strikes("money_error_500_after_accept") or fate.happening == "broken_after":
        raise Refusal("internal", "genericError", "Something broke at the provider.")
    return _answer(parts, order)


def _wait_s(what: Happening) -> float | None:
    match what:
        case "stuck":
            return None
        case "slow":
            return SLOW_S
        case _:
            return random.uniform(0.1, 0.5)  # noqa: S311 - how busy the provider is


def _answer(parts: Parts, order: Order) -> Response:
    now = parts.ways.now
    if now.sync and not order.callback_url and order.fate.happening not in ("stuck", "slow"):
        match clerk.settle_now(parts, order.server_id):
            case Completed(told=told):
                return _with_status(jsonify(told), 201)
            case Refusal() as refusal:
                raise refusal
            case Later() | None:
                pass
    return _with_status(jsonify(request_states.pending(order, now.poll_limit)), 202)


def take_change(parts: Parts, request: Request, kind: Kind, account: Account, subject: str) -> Response:
    """A PATCH: 202 and a callback where an address for it was given, else it is done at once.

    Then 204 says so where no id came with it, or the provider was told to be synchronous; else 202 and how it ended,
    as the public clients want it. A PATCH may be sent again: the same id answers as it did.
    """
    changes = json_body(request)
    check_request("requestGenericPatchArray", changes)
    if len(changes) != 1:
        raise Refusal("validation", "lengthError", "One change at a time.")
    lost = go_wrong_before(parts, request)
    if lost is not None:
        return lost
    body, callback_url = (changes[0]["path"], changes[0]["value"]), request.headers.get("X-Callback-URL", "")
    given = request.headers.get("X-CorrelationID", "")
    client_id = correlation_id(request) if given or callback_url else None
    if client_id is None:
        with parts.book.writing() as cursor:
            clerk.change(parts, cursor, Order(UUID(int=0), kind, account, body, subject=subject))
        return Response(status=204)
    if not callback_url:
        return _change_now(parts, Order(client_id, kind, account, body, subject=subject))
    order = Order(client_id, kind, account, body, callback_url, PLAIN, subject, client_of(request))
    earlier = request_states.known(parts.book, client_id)
    if earlier is None or earlier["kind"] != kind:
        request_states.keep(parts.book, order, _wait_s(""))
        return _with_status(jsonify(request_states.pending(order, parts.ways.now.poll_limit)), 202)
    state = request_states.state(parts.book, earlier["server_id"], parts.ways.now.poll_limit)
    return _with_status(jsonify(state), 202)


def _change_now(parts: Parts, order: Order) -> Response:
    earlier = request_states.known(parts.book, order.client_id)
    if earlier is None:
        request_states.keep(parts.book, order, 0.0)
        match clerk.settle_now(parts, order.server_id):
            case Refusal() as refusal:
                raise refusal
            case _:
                return _changed(parts, order.server_id)
    if earlier["kind"] != order.kind:
        raise Refusal("businessRule", "duplicateRequest", "This X-CorrelationID is known already.")
    if earlier["error"]:
        error = earlier["error"]
        raise Refusal(error["errorCategory"], error["errorCode"], error["errordescription"])
    return _changed(parts, earlier["server_id"])


def _changed(parts: Parts, server_id: UUID) -> Response:
    if parts.ways.now.sync:
        return Response(status=204)
    return _with_status(jsonify(request_states.state(parts.book, server_id, parts.ways.now.poll_limit)), 202)


def _with_status(answer: Response, status: int) -> Response:
    answer.status_code = status
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
