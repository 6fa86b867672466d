"""The calls that the phone in the browser has open; every turn is posted by a thread of its own."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from ussd_app.simulator.gateway import Screen, UssdSession
from ussd_app.simulator.networks.configuration import NetworksConfiguration

FORGOTTEN_AFTER_S = 600


@dataclass(slots=True)
class _Call:
    session: UssdSession
    waiting: bool = True
    presses: list[int] = field(default_factory=list)
    """How many keys each time; never which."""
    touched: float = field(default_factory=time.monotonic)

    def as_json(self) -> dict[str, Any]:
        session, screen = self.session, self.session.screen
        ended = session.ended is not None and not self.waiting
        return {
            "session_id": session.session_id,
            "state": "waiting" if self.waiting else "ended" if ended else "open",
            "kind": screen.kind if screen else None,
            "text": screen.text if screen else "",
            "hops": session.hops,
            "path": list(self.presses),
            "error": session.error,
        }


class Switchboard:
    """Calls live in memory only and are forgotten when nothing has happened on them for ten minutes."""

    def __init__(self, callbacks_url: str) -> None:
        self._callbacks_url = callbacks_url
        self._lock = threading.Lock()
        self._calls: dict[str, _Call] = {}

    def dial(self, phone: str, service_code: str, text: str) -> str:
        session = UssdSession(self._callbacks_url, phone, service_code)
        call = _Call(session)
        with self._lock:
            self._calls[session.session_id] = call
        self._in_a_thread(call, lambda: session.dial(text))
        return session.session_id

    def find(self, session_id: str) -> _Call | None:
        with self._lock:
            return self._calls.get(session_id)

    def press(self, call: _Call, keys: str) -> bool:
        """False while the last turn is still on its way, or after the end."""
        if not self._seize(call):
            return False
        call.presses.append(len(keys))
        self._in_a_thread(call, lambda: call.session.press(keys))
        return True

    def hang_up(self, call: _Call) -> bool:
        if not self._seize(call):
            return False
        self._in_a_thread(call, call.session.hang_up)
        return True

    def forget_the_old(self) -> bool:
        horizon = time.monotonic() - FORGOTTEN_AFTER_S
        with self._lock:
            old = [call for call in self._calls.values() if call.touched < horizon and not call.waiting]
            for call in old:
                del self._calls[call.session.session_id]
        for call in old:
            call.session.hang_up()
        return False

    def _seize(self, call: _Call) -> bool:
        with self._lock:
            if call.waiting or call.session.ended:
                return False
            call.waiting = True
            return True

    def _in_a_thread(self, call: _Call, turn: Any) -> None:
        def run() -> Screen | None:
            try:
                return turn()
            finally:
                call.touched, call.waiting = time.monotonic(), False

        threading.Thread(target=run, daemon=True).start()


def switchboard_at(configuration: NetworksConfiguration) -> Switchboard:
    return Switchboard(f"{configuration.web_url}/callbacks/{configuration.callback_token}")


def ussd_gateway(switchboard: Switchboard) -> Blueprint:
    pages = Blueprint("ussd_gateway", __name__, url_prefix="/control/ussd/sessions")

    @pages.post("")
    def dial() -> ResponseReturnValue:
        wish = request.get_json(silent=True) or {}
        phone, code = str(wish.get("phone", "")), str(wish.get("service_code", ""))
        if not phone or not code:
            return jsonify(error="Name the phone and the service_code to dial."), 400
        return jsonify(session_id=switchboard.dial(phone, code, str(wish.get("text", "")))), 202

    @pages.get("/<session_id>")
    def look(session_id: str) -> ResponseReturnValue:
        call = switchboard.find(session_id)
        return jsonify(call.as_json()) if call else _unknown()

    @pages.post("/<session_id>/press")
    def press(session_id: str) -> ResponseReturnValue:
        call = switchboard.find(session_id)
        if call is None:
            return _unknown()
        keys = str((request.get_json(silent=True) or {}).get("keys", ""))
        return ("", 202) if switchboard.press(call, keys) else _not_open()

    @pages.post("/<session_id>/hang-up")
    def hang_up(session_id: str) -> ResponseReturnValue:
        call = switchboard.find(session_id)
        if call is None:
            return _unknown()
        return ("", 202) if switchboard.hang_up(call) else _not_open()

    return pages


def _unknown() -> ResponseReturnValue:
    return jsonify(error="There is no such call, or it is long over."), 404


def _not_open() -> ResponseReturnValue:
    return jsonify(error="The call is waiting for its page, or is over."), 409
