"""A second provider, of another kind: it speaks the MTN MoMo disbursement API, pays into wallets only, calls back once."""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import b64decode
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from psycopg.rows import DictRow

from ussd_app.simulator.networks.book import Cursor
from ussd_app.simulator.networks.courier import MOST_TRIES, Letter
from ussd_app.simulator.networks.parts import Parts
from ussd_app.simulator.networks.server import HANG_UP

FLOAT_AT_START = 10**12
TOKEN_LIVES_S = 3600
SETTLED_AFTER_S = 0.3

_TABLES = """
CREATE TABLE IF NOT EXISTS networks.mtn_float (balance bigint NOT NULL CHECK (balance >= 0));
CREATE TABLE IF NOT EXISTS networks.mtn_tokens (token text PRIMARY KEY, ends timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS networks.mtn_transfers (
    id uuid PRIMARY KEY, amount bigint NOT NULL, currency text NOT NULL, external_id text NOT NULL, payee text NOT NULL,
    callback_url text NOT NULL, refused boolean NOT NULL, status text NOT NULL DEFAULT 'PENDING',
    reason text NOT NULL DEFAULT '', transaction_id text NOT NULL DEFAULT '', due timestamptz NOT NULL);
"""


class Refusal(Exception):
    """A status, and a code in their own form; no code stands for what their gateway says."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def as_json(self) -> dict[str, Any]:
        return (
            {"code": self.code, "message": self.message}
            if self.code
            else {
                "statusCode": self.status,
                "message": self.message,
            }
        )


def mtn_momo(parts: Parts) -> Blueprint:
    pages = Blueprint("mtn_momo", __name__, url_prefix="/mtn-momo/disbursement")
    with parts.book.writing() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('networks'))")
        cursor.execute(_TABLES)
        cursor.execute(
            "INSERT INTO networks.mtn_float SELECT %s WHERE NOT EXISTS (SELECT 1 FROM networks.mtn_float)",
            (FLOAT_AT_START,),
        )
    _tokens(pages, parts)
    _transfers(pages, parts)
    _accounts(pages, parts)

    @pages.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> tuple[Response, int]:
        return jsonify(refusal.as_json()), refusal.status

    return pages


def _tokens(pages: Blueprint, parts: Parts) -> None:
    @pages.post("/token/")
    def token() -> Response:
        _check_subscription(parts)
        kind, _, written = request.headers.get("Authorization", "").partition(" ")
        _, _, password = b64decode(written).decode().partition(":") if kind == "Basic" else ("", "", "")
        if not hmac.compare_digest(password.encode(), parts.configuration.mtn_momo_api_key.encode()):
            raise Refusal(401, "", "Access denied due to invalid user or key.")
        made = secrets.token_urlsafe(24)
        with parts.book.reading() as cursor:
            cursor.execute(
                "INSERT INTO networks.mtn_tokens VALUES (%s, now() + %s * interval '1 second')", (made, TOKEN_LIVES_S)
            )
        return jsonify({"access_token": made, "token_type": "access_token", "expires_in": TOKEN_LIVES_S})


def _transfers(pages: Blueprint, parts: Parts) -> None:
    @pages.post("/v1_0/transfer")
    def transfer() -> Response:
        _let_in(parts)
        strikes = parts.faults.strikes
        if strikes("money_cut_before_accept"):
            return _hang_up()
        if strikes("money_unavailable"):
            raise Refusal(503, "SERVICE_UNAVAILABLE", "Service temporarily unavailable, try again later.")
        if strikes("money_error_500"):
            raise Refusal(500, "INTERNAL_PROCESSING_ERROR", "An internal error occurred while processing.")
        _take(parts, _reference(request.headers.get("X-Reference-Id", "")), request.get_json(force=True, silent=True))
        if strikes("money_cut_after_accept"):
            return _hang_up()
        if strikes("money_error_500_after_accept"):
            raise Refusal(500, "INTERNAL_PROCESSING_ERROR", "An internal error occurred while processing.")
        return Response(status=202)

    @pages.get("/v1_0/transfer/<reference>")
    def shown(reference: str) -> Response:
        _let_in(parts)
        if parts.faults.strikes("money_enquiry_unavailable"):
            raise Refusal(503, "SERVICE_UNAVAILABLE", "Service temporarily unavailable, try again later.")
        row = parts.book.row("SELECT * FROM networks.mtn_transfers WHERE id = %s", _reference(reference))
        if row is None:
            raise Refusal(404, "RESOURCE_NOT_FOUND", "Requested resource was not found.")
        return jsonify(present(row))


def _take(parts: Parts, reference: UUID, body: Any) -> None:
    """Once for each reference, however many come at the same time."""
    try:
        amount, currency = int(body["amount"]), str(body["currency"])
        payee, external_id = str(body["payee"]["partyId"]), str(body.get("externalId", ""))
        if amount <= 0 or body["payee"]["partyIdType"] != "MSISDN" or not payee.isdigit():
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise Refusal(400, "", "Bad request.") from None
    if currency != "VND":
        raise Refusal(500, "INVALID_CURRENCY", "Currency not supported.")
    refused = parts.faults.strikes("money_refuse")
    with parts.book.reading() as cursor:
        taken = cursor.execute(
            "INSERT INTO networks.mtn_transfers (id, amount, currency, external_id, payee, callback_url, refused, due)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, now() + %s * interval '1 second') ON CONFLICT DO NOTHING",
            (
                *(reference, amount, currency, external_id, payee, request.headers.get("X-Callback-Url", "")),
                *(refused, SETTLED_AFTER_S),
            ),
        )
    if taken.rowcount == 0:
        raise Refusal(409, "RESOURCE_ALREADY_EXIST", "Duplicated reference id. Creation of resource failed.")


def _accounts(pages: Blueprint, parts: Parts) -> None:
    @pages.get("/v1_0/account/balance")
    def balance() -> Response:
        _let_in(parts)
        row = parts.book.row("SELECT balance FROM networks.mtn_float")
        return jsonify({"availableBalance": str(row["balance"] if row else 0), "currency": "VND"})

    @pages.get("/v1_0/accountholder/msisdn/<number>/active")
    def active(number: str) -> Response:
        _let_in(parts)
        return jsonify({"result": number.isdigit()})

    @pages.get("/v1_0/accountholder/msisdn/<number>/basicuserinfo")
    def holder(number: str) -> Response:
        """It knows nobody's name."""
        _let_in(parts)
        return jsonify({"sub": number})


def settle_one(parts: Parts) -> bool:
    """False when no transfer is due."""
    with parts.book.writing() as cursor:
        row = cursor.execute(
            "SELECT * FROM networks.mtn_transfers WHERE status = 'PENDING' AND due <= now()"
            " ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED"
        ).fetchone()
        if row is None:
            return False
        _settle(parts, cursor, row)
    return True


def _settle(parts: Parts, cursor: Cursor, row: DictRow) -> None:
    paid = (
        not row["refused"]
        and cursor.execute(
            "UPDATE networks.mtn_float SET balance = balance - %s WHERE balance >= %s", (row["amount"], row["amount"])
        ).rowcount
    )
    status, reason = ("SUCCESSFUL", "") if paid else ("FAILED", "NOT_ENOUGH_FUNDS")
    settled = cursor.execute(
        "UPDATE networks.mtn_transfers SET status = %s, reason = %s, transaction_id = %s WHERE id = %s RETURNING *",
        (status, reason, str(secrets.randbelow(9 * 10**9) + 10**9) if paid else "", row["id"]),
    ).fetchone()
    if settled is not None and row["callback_url"] and not parts.faults.strikes("money_no_callback"):
        headers = {"Content-Type": "application/json"}
        letter = Letter("PUT", row["callback_url"], headers, json.dumps(present(settled)))
        cursor.execute(  # its last try is its first: nobody is called back a second time
            "INSERT INTO networks.letters (lane, due, tries, sealed) VALUES ('money', now(), %s, %s)",
            (MOST_TRIES - 1, letter.sealed(parts.book)),
        )


def present(row: DictRow) -> dict[str, Any]:
    told: dict[str, Any] = {
        "externalId": row["external_id"],
        "amount": str(row["amount"]),
        "currency": row["currency"],
        "payee": {"partyIdType": "MSISDN", "partyId": row["payee"]},
        "status": row["status"],
    }
    if row["transaction_id"]:
        told["financialTransactionId"] = row["transaction_id"]
    if row["reason"]:
        told["reason"] = row["reason"]
    return told


def _check_subscription(parts: Parts) -> None:
    given = request.headers.get("Ocp-Apim-Subscription-Key", "")
    if not hmac.compare_digest(given.encode(), parts.configuration.mtn_momo_subscription_key.encode()):
        raise Refusal(401, "", "Access denied due to invalid subscription key.")


def _let_in(parts: Parts) -> None:
    _check_subscription(parts)
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if parts.book.row("SELECT 1 AS known FROM networks.mtn_tokens WHERE token = %s AND ends > now()", token) is None:
        raise Refusal(401, "", "Access token expired or unknown.")


def _reference(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise Refusal(400, "", "X-Reference-Id must be a UUID.") from None


def _hang_up() -> Response:
    request.environ[HANG_UP] = True
    return Response(status=204)
