"""The simulated networks' control API with its answers as they were recorded, for whoever stands in front of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

HOME = """Kinh chao ba Dao
1 Xem so du
2 Tien da nhan
3 Xac nhan nhan tien
4 Rut tien mat
5 Hoi dap, khieu nai
6 Doi tieng, ma PIN"""
BALANCE = "So du cua ba: 1.250.000d luc 09:30 5/1. Noi giu: Mobile Money\n1 Rut tien\n2 Tien da nhan\n0 Ve dau"
ASK_PIN = "Moi ba nhap ma PIN. Khong cho ai biet ma nay, ke ca can bo."
GOODBYE = "Cam on ba. Chuc ba manh khoe."
ENGLISH = "Your balance: 500.000d at 09:30 on 5/1. Kept in: a pay point\n1 Get cash\n0 Home"
ACCENTED = "Chưa có khoản tiền nào được chuyển.\n0 Về đầu"
BROKEN = "Network connection problem or invalid MMI code. Please try again later."

SCRIPT = {
    "": ("CON", HOME),
    "1": ("CON", BALANCE),
    "2": ("CON", ACCENTED),
    "4": ("CON", ASK_PIN),
    "4*2580": ("END", GOODBYE),
    "5": ("CON", ENGLISH),
    "6": ("ERROR", BROKEN),
}
"""What the line answers to all that was keyed in a call."""

MESSAGE = {
    "id": "ATXid_1",
    "from": "ASXH",
    "text": "Ba Dao da nhan 500.000d ky 1/2027. Xem so du: bam *8899#",
    "at": "2027-01-05T02:30:00+00:00",
}
RIGHT_CODE = "48151623"


@dataclass
class PretendNetworks:
    """Every page is on its way for one look, and there at the next."""

    url: str = ""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    messages: list[dict[str, str]] = field(default_factory=list)
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, path: str, wish: Any) -> tuple[int, Any]:
        self.asked.append((path, wish))
        match path.split("/")[2:]:
            case ["ussd", "sessions"]:
                return self._dial(wish)
            case ["ussd", "sessions", session, *what]:
                call = self.calls.get(session)
                return self._turn(call, what, wish) if call else (404, {"error": "There is no such call."})
            case ["phones", _, "messages"]:
                return 200, self.messages
            case ["points", _, "redeem"]:
                if wish["code"] != RIGHT_CODE:
                    return 404, {"error": "There is no such code."}
                return 200, {"amount": 500000, "reference": "MP1"}
            case ["faults"] if wish is None or "sms_slow" in wish:
                return 200, {"sms_slow": {"sentence": "Late.", "setting": wish and wish["sms_slow"]}}
            case _:
                return 400, {"error": "There is no fault called that.", "names": ["sms_slow"]}

    def _dial(self, wish: Any) -> tuple[int, Any]:
        if not wish["phone"]:
            return 400, {"error": "Name the phone and the service_code to dial."}
        session = f"ATUid_{len(self.calls)}"
        self.calls[session] = {"session_id": session, "typed": wish["text"].split("*") if wish["text"] else [], "looks": 0}
        return 202, {"session_id": session}

    def _turn(self, call: dict[str, Any], what: list[str], wish: Any) -> tuple[int, Any]:
        if what == ["press"]:
            call["typed"].append(wish["keys"])
            call["looks"] = 0
            return 202, None
        if what == ["hang-up"]:
            call["over"] = True
            return 202, None
        call["looks"] += 1
        kind, text = SCRIPT.get("*".join(call["typed"]), ("CON", HOME))
        waiting = call["looks"] == 1
        state = "waiting" if waiting else "open" if kind == "CON" else "ended"
        shown = {"kind": None, "text": ""} if waiting else {"kind": kind, "text": text}
        error = "The application could not be reached: TimeoutError" if kind == "ERROR" and not waiting else ""
        hops = len(call["typed"]) + 1
        path = [len(each) for each in call["typed"]]
        return 200, {"session_id": call["session_id"], "state": state, **shown, "hops": hops, "path": path, "error": error}


@contextmanager
def pretend_networks() -> Iterator[PretendNetworks]:
    networks = PretendNetworks()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve(None)

        def do_POST(self) -> None:
            self._serve(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _serve(self, wish: Any) -> None:
            status, said = networks.answer(self.path, wish)
            body = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        networks.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield networks
        server.shutdown()
        thread.join()
