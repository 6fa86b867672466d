"""Who may come in: a key, a name with its password, or a token that was given for them and has not run out."""

from __future__ import annotations

import base64
import hmac
import time
from typing import Any

from flask import Blueprint, Request, Response, jsonify, request

from ussd_app.simulator.networks.gsma.errors import Refusal
from ussd_app.simulator.networks.parts import Parts

TOKENS_AT = "/oauth/token"


def let_in(parts: Parts, request: Request) -> None:
    """A sandbox lets those in who show nothing at all, unless it is told not to; a wrong key gets in nowhere."""
    shown = [request.headers.get("X-API-Key"), request.headers.get("Authorization")]
    if not any(shown) and not parts.configuration.key_required:
        return
    if shown[0] and not _same(shown[0], parts.configuration.momo_api_key):
        raise Refusal("authorisation", "clientAuthorisationError", "X-API-Key is not known here.")
    if shown[1] and not _authorised(parts, shown[1]):
        raise Refusal("authorisation", "clientAuthorisationError", "Authorization is not known here, or has run out.")
    if not any(shown):
        raise Refusal("authorisation", "clientAuthorisationError", "X-API-Key is not known here.")


def _authorised(parts: Parts, header: str) -> bool:
    scheme, _, value = header.partition(" ")
    match scheme.lower():
        case "basic":
            return _password_fits(parts, value)
        case "bearer":
            return _token_good(parts, value.strip())
        case _:
            return False


def _password_fits(parts: Parts, encoded: str) -> bool:
    try:
        name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return False
    return bool(name and colon) and _same(password, parts.configuration.momo_api_key)


def new_token(parts: Parts) -> str:
    """Good until the moment that is written in it; any copy of the provider with the same data key takes it."""
    until = str(int(time.time()) + parts.configuration.token_lifetime_s)
    return f"{until}.{_signature(parts, until)}"


def _token_good(parts: Parts, token: str) -> bool:
    until, _, signature = token.partition(".")
    return until.isdecimal() and int(until) > time.time() and _same(signature, _signature(parts, until))


def _signature(parts: Parts, until: str) -> str:
    return parts.book.seal.digest(f"access token until {until}").hex()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def token_pages(parts: Parts) -> Blueprint:
    """OAuth 2's client credentials (RFC 6749, 4.4): the secret is the API key, in the header or in the form."""
    pages = Blueprint("tokens", __name__)

    def token() -> Response | tuple[Response, int]:
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        given: dict[str, Any] = request.form or request.get_json(silent=True) or {}
        if request.values.get("grant_type", given.get("grant_type")) != "client_credentials":
            return jsonify(error="unsupported_grant_type"), 400
        by_header = scheme.lower() == "basic" and _password_fits(parts, encoded)
        if not by_header and not _same(str(given.get("client_secret", "")), parts.configuration.momo_api_key):
            return jsonify(error="invalid_client"), 401
        given_out = {"access_token": new_token(parts), "token_type": "Bearer"}
        answer = jsonify(given_out | {"expires_in": parts.configuration.token_lifetime_s})
        answer.headers["Cache-Control"] = "no-store"
        return answer

    pages.add_url_rule(TOKENS_AT, view_func=token, methods=["POST"])
    return pages
