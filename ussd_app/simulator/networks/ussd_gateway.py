"""The calls that phones in the browser have open: each turn in a thread of its own, each with its time running down."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from ussd_app.simulator.gateway import Line, Screen, UssdSession
from ussd_app.simulator.networks.parts import Parts
from ussd_app.simulator.networks.ussd_line import FaultyLine

FORGOTTEN_AFTER_S = 600


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the network waits for a key, and how long it keeps one call."""

    idle_s: int = 30
    session_s: int = 180


@dataclass(slots=True)
class _Call:
    session: UssdSession
    patience: Patience
    began: float = field(default_factory=time.monotonic)
    waiting: bool = True
    presses: list[int] = field(default_factory=list)
    """How many keys each time; never which."""
    touched: float = field(default_factory=time.monotonic)

    def left(self) -> tuple[float, float]:
        """Seconds until the next key must have come, and until the whole call is over."""
        now = time.monotonic()
        idle = self.patience.idle_s if self.waiting else self.patience.idle_s - (now - self.touched)
        return max(0.0, idle), max(0.0, self.patience.session_s - (now - self.began))

    def why_over(self) -> str:
        """The network's reason to end the call just now; empty while there is none."""
        idle, session = self.left()
        if not session:
            return f"A call lasts {self.patience.session_s} s at most"
        return "" if idle else f"No key came within {self.patience.idle_s} s"

    def as_json(self) -> dict[str, Any]:
        session, screen = self.session, self.session.screen
        idle, whole = self.left()
        ended = session.ended is not None and not self.waiting
        return {
            "session_id": session.session_id,
            "state": "waiting" if self.waiting else "ended" if ended else "open",
            "kind": screen.kind if screen else None,
            "text": screen.text if screen else "",
            "hops": session.hops,
            "path": list(self.presses),
            "error": session.error,
            "ending": session.ended,
            "screen": session.screen_name,
            "notes": list(session.notes),
            "took_ms": round(screen.took_s * 1000) if screen else 0,
            "clock": {
                "idle_left_s": round(idle, 1),
                "idle_limit_s": self.patience.idle_s,
                "session_left_s": round(whole, 1),
                "session_limit_s": self.patience.session_s,
            },
        }


class Switchboard:
    """Calls live in memory only and are forgotten when nothing has happened on them for ten minutes."""

    def __init__(self, callbacks_url: str, line: Line, patience: Patience) -> None:
        self._callbacks_url, self._line, self._patience = callbacks_url, line, patience
        self._lock = threading.Lock()
        self._calls: dict[str, _Call] = {}

    def dial(self, phone: str, service_code: str, text: str) -> str:
        session = UssdSession(self._callbacks_url, phone, service_code, line=self._line)
        call = _Call(session, self._patience)
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

    def end_the_overdue(self) -> bool:
        with self._lock:
            open_calls = [call for call in self._calls.values() if not call.waiting and not call.session.ended]
        for call in open_calls:
            why = call.why_over()
            if why and self._seize(call):
                self._in_a_thread(call, partial(call.session.time_out, why))
        return False

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


def switchboard_at(parts: Parts) -> Switchboard:
    where = parts.configuration
    return Switchboard(
        f"{where.web_url}/callbacks/{where.callback_token}",
        FaultyLine(parts.faults, parts.background.stopped),
        Patience(where.idle_limit_s, where.session_limit_s),
    )


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
