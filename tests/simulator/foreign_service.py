"""Another team's USSD service: plain http.server, Africa's Talking's form, and nothing of ours."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

MENU = "CON Karibu, Asha\n1 Balance\n2 Airtime"


def library_of_asha(text: str, turns: int) -> str:
    """What their service says to all that was keyed. Each balance has another receipt."""
    match text.split("*"):
        case [""]:
            return MENU
        case ["1"]:
            return f"CON Your balance is {turns * 10}. Ref AB{turns}00\n1 Confirm AB{turns}00"
        case ["2"]:
            return "CON Enter your PIN"
        case ["2", "7391"]:
            return "END Sent. Your PIN 7391 was right, code 4815 1623."
        case _:
            return "END Unknown choice"


@dataclass
class ForeignService:
    url: str = ""
    answer: Callable[[str, int], str] = library_of_asha
    turns: list[dict[str, str]] = field(default_factory=list)
    ends: list[dict[str, str]] = field(default_factory=list)
    said: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(self, path: str, form: dict[str, str]) -> str:
        if path.startswith("/ends"):
            self.ends.append(form)
            return ""
        self.turns.append(form | {"path": path})
        return self.said.setdefault((form["sessionId"], form["text"]), self.answer(form["text"], len(self.turns)))


@contextmanager
def foreign_service() -> Iterator[ForeignService]:
    service = ForeignService()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True))
            body = service.take(self.path, form).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield service
        server.shutdown()
        thread.join()
