"""The phone in the browser: its page, and the API by which a page, a test or a script picks a phone up and presses keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from ussd_app.settings import Settings
from ussd_app.simulator.account_book import ledger_of, swap_sim
from ussd_app.simulator.doorway import let_in, see_out
from ussd_app.simulator.phonebook import phones
from ussd_app.simulator.screens import Meter, asks_for_secret, dialled_behind
from ussd_app.simulator.transcript_pages import add_transcripts
from ussd_app.simulator.wire import NoNetwork, Wire
from ussd_app.store.database import Database
from ussd_app.store.points import directory


class _NotJson(Exception):
    """The body is not a JSON object."""


def simulator(
    database: Database, settings: Settings, empty_redis: Callable[[], str] = lambda: "There is none."
) -> Blueprint:
    """Every request here is short: the networks answer at once, and a page that waits for its turn asks again.

    `empty_redis` empties the local stack's own, or says in a sentence why it does not.
    """
    pages = Blueprint(
        "simulator",
        __name__,
        url_prefix="/simulator",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    pages.before_request(let_in)
    pages.after_request(see_out)
    pages.register_error_handler(NoNetwork, _no_network)
    pages.register_error_handler(_NotJson, _not_json)
    wire = Wire(settings.networks_url)
    _add_page(pages, settings)
    _add_lists(pages, database)
    _add_calls(pages, wire, settings.ussd_code)
    _add_networks(pages, wire)
    _add_sending(pages, wire, settings.sms_number)
    _add_misfortunes(pages, database, empty_redis)
    add_transcripts(pages, settings, _wish)
    return pages


def _add_page(pages: Blueprint, settings: Settings) -> None:
    @pages.get("/")
    def page() -> str:
        return render_template(
            "simulator.html", ussd_code=settings.ussd_code, sms_number=settings.sms_number, timezone=settings.timezone
        )


def _add_lists(pages: Blueprint, database: Database) -> None:
    @pages.get("/api/phones")
    def list_phones() -> ResponseReturnValue:
        most = request.args.get("limit", 200, type=int)
        with database.begin() as db:
            return jsonify(phones(db, request.args.get("search", ""), most))

    @pages.get("/api/points")
    def list_points() -> ResponseReturnValue:
        with database.begin() as db:
            open_ones = [each for each in directory(db).by_code.values() if each.open]
        return jsonify([{"code": each.code, "name": each.name, "commune_code": each.commune_code} for each in open_ones])

    @pages.get("/api/phones/<phone>/ledger")
    def ledger(phone: str) -> ResponseReturnValue:
        with database.begin() as db:
            return jsonify(ledger_of(db, phone))


def _add_calls(pages: Blueprint, wire: Wire, ussd_code: str) -> None:
    @pages.post("/api/sessions")
    def dial() -> ResponseReturnValue:
        wish = _wish()
        behind = dialled_behind(ussd_code, str(wish.get("dialled") or ussd_code))
        if behind is None:
            return jsonify(error=f"The network knows no such code; it serves {ussd_code}."), 422
        return wire.post("/ussd/sessions", {"phone": str(wish.get("phone", "")), "service_code": ussd_code, "text": behind})

    @pages.get("/api/sessions/<session_id>")
    def look(session_id: str) -> ResponseReturnValue:
        call, status = wire.get(f"/ussd/sessions/{quote(session_id, safe='')}")
        return _measured(call), status

    @pages.post("/api/sessions/<session_id>/press")
    def press(session_id: str) -> ResponseReturnValue:
        keys = str(_wish().get("keys", ""))
        return wire.post(f"/ussd/sessions/{quote(session_id, safe='')}/press", {"keys": keys})

    @pages.post("/api/sessions/<session_id>/hang-up")
    def hang_up(session_id: str) -> ResponseReturnValue:
        return wire.post(f"/ussd/sessions/{quote(session_id, safe='')}/hang-up", {})


def _add_networks(pages: Blueprint, wire: Wire) -> None:
    @pages.get("/api/phones/<phone>/messages")
    def messages(phone: str) -> ResponseReturnValue:
        said, status = wire.get(f"/phones/{quote(phone, safe='+')}/messages")
        return jsonify(said), status

    @pages.post("/api/points/<code>/redeem")
    def redeem(code: str) -> ResponseReturnValue:
        return wire.post(f"/points/{quote(code, safe='')}/redeem", {"code": str(_wish().get("code", ""))})

    @pages.get("/api/faults")
    def faults() -> ResponseReturnValue:
        return wire.get("/faults")

    @pages.post("/api/faults")
    def set_faults() -> ResponseReturnValue:
        return wire.post("/faults", _wish())


def _add_sending(pages: Blueprint, wire: Wire, sms_number: str) -> None:
    @pages.post("/api/phones/<phone>/messages")
    def send(phone: str) -> ResponseReturnValue:
        """Written on the phone: to the product's number, unless another is named."""
        wish = _wish()
        letter = {"text": str(wish.get("text", "")), "to": str(wish.get("to") or sms_number)}
        return wire.post(f"/phones/{quote(phone, safe='+')}/messages", letter)

    @pages.post("/api/phones/<phone>/rings")
    def ring(phone: str) -> ResponseReturnValue:
        return wire.post(f"/phones/{quote(phone, safe='+')}/rings", {"to": str(_wish().get("to", ""))})


def _add_misfortunes(pages: Blueprint, database: Database, empty_redis: Callable[[], str]) -> None:
    @pages.post("/api/phones/<phone>/sim")
    def sim(phone: str) -> ResponseReturnValue:
        proven = _wish().get("proven") is True
        with database.begin() as db:
            concerned = swap_sim(db, phone, proven=proven)
        return jsonify(proven=proven, people=concerned)

    @pages.post("/api/redis/empty")
    def empty() -> ResponseReturnValue:
        refusal = empty_redis()
        return (jsonify(error=refusal), 409) if refusal else jsonify(emptied=True)


def _wish() -> dict[str, Any]:
    wish = request.get_json(silent=True)
    if not isinstance(wish, dict):
        raise _NotJson
    return wish


def _measured(call: dict[str, Any]) -> dict[str, Any]:
    """A page that has come is measured; one that the phone company wrote itself never travelled."""
    if call.get("state") == "waiting" or call.get("kind") not in {"CON", "END"}:
        return call
    text = str(call.get("text", ""))
    return {**call, **asdict(Meter.of(text)), "secret": call["kind"] == "CON" and asks_for_secret(text)}


def _no_network(_: NoNetwork) -> ResponseReturnValue:
    return jsonify(error="The simulated networks do not answer just now; the launcher starts them again."), 502


def _not_json(_: _NotJson) -> ResponseReturnValue:
    return jsonify(error="The body must be a JSON object."), 400
