"""What a person at the simulator may do to the networks that no real network offers: look in, pay out, break things."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from ussd_app.simulator.networks.africas_talking_sms import inbox
from ussd_app.simulator.networks.book import Book, iso
from ussd_app.simulator.networks.faults import SENTENCES, BadFault
from ussd_app.simulator.networks.gsma.terminal import HandedOver, Terminals, TurnedAway
from ussd_app.simulator.networks.gsma.ways import BadWay
from ussd_app.simulator.networks.parts import Parts


def control(parts: Parts) -> Blueprint:
    pages = Blueprint("control", __name__, url_prefix="/control")
    terminals = Terminals(parts)

    @pages.post("/points/<code>/redeem")
    def redeem(code: str) -> ResponseReturnValue:
        typed = (request.get_json(silent=True) or {}).get("code")
        if not isinstance(typed, str) or not typed.strip():
            return jsonify(error="Key in the code."), 400
        match terminals.redeem(code, "".join(typed.split())):
            case HandedOver(amount, reference):
                return jsonify(amount=amount, reference=reference)
            case TurnedAway(status, sentence, until):
                return jsonify(error=sentence, **({"tryAgainAt": iso(until)} if until else {})), status

    @pages.get("/phones/<phone>/messages")
    def messages(phone: str) -> ResponseReturnValue:
        return jsonify(inbox(parts.book, phone))

    @pages.get("/book")
    def book() -> ResponseReturnValue:
        return jsonify(_sums(parts.book))

    _behaviour(pages, parts)
    return pages


def _behaviour(pages: Blueprint, parts: Parts) -> None:
    @pages.get("/provider")
    def ways() -> ResponseReturnValue:
        return jsonify(parts.ways.listing())

    @pages.post("/provider")
    def change_ways() -> ResponseReturnValue:
        try:
            parts.ways.change(request.get_json(force=True, silent=True))
        except BadWay as problem:
            return jsonify(error=str(problem)), 400
        return jsonify(parts.ways.listing())

    @pages.get("/faults")
    def faults() -> ResponseReturnValue:
        return jsonify(parts.faults.listing())

    @pages.post("/faults")
    def set_faults() -> ResponseReturnValue:
        try:
            parts.faults.set(request.get_json(force=True, silent=True))
        except BadFault as problem:
            return jsonify(error=str(problem), names=list(SENTENCES)), 400
        return jsonify(parts.faults.listing())


def _sums(book: Book) -> dict[str, Any]:
    withdrawals = book.row(
        "SELECT count(*) AS n, coalesce(sum(amount), 0)::bigint AS total"
        " FROM networks.transactions WHERE type = 'withdrawal'"
    )
    messages = book.row("SELECT count(*) AS n FROM networks.messages")
    owed = book.row("SELECT count(*) AS n FROM networks.letters WHERE due < 'infinity'")
    pending = book.row("SELECT count(*) AS n FROM networks.requests WHERE status = 'pending'")
    codes = book.rows("SELECT state, count(*) AS n FROM networks.codes GROUP BY state")
    return {
        "accounts": book.rows(
            "SELECT kind, identifier, currency, balance, reserved, balance - reserved AS available"
            " FROM networks.accounts ORDER BY kind, identifier, currency"
        ),
        "withdrawals": withdrawals["n"] if withdrawals else 0,
        "withdrawn": withdrawals["total"] if withdrawals else 0,
        "codes": {row["state"]: row["n"] for row in codes},
        "sms": {"accepted": messages["n"] if messages else 0},
        "orders_pending": pending["n"] if pending else 0,
        "callbacks_owed": owed["n"] if owed else 0,
    }
