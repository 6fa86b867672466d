"""A provider on loopback that says what a test wrote down for each method and path, with what a network may do to it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

WIRE = Path(__file__).parents[1] / "wire"


@dataclass
class Said:
    status: int = 200
    body: bytes = b""
    fault: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def recorded(provider: str, name: str) -> Said:
    case = json.loads((WIRE / provider / f"{name}.json").read_text())
    body = case["body"]
    return Said(case["status"], body.encode() if isinstance(body, str) else json.dumps(body).encode())


class Loopback(ThreadingHTTPServer):
    """Says for each method and path what the test wrote down, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self, otherwise: Said) -> None:
        super().__init__(("127.0.0.1", 0), _Caller)
        self.says: dict[str, Said] = {}
        self.otherwise = otherwise
        self.heard: list[tuple[str, dict[str, str], Any]] = []
        self.connections = 0
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def asked(self) -> list[str]:
        return [heard for heard, _, _ in self.heard]


class _Caller(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Loopback  # pyright: ignore[reportIncompatibleVariableOverride] - only ever made by Loopback

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        heard = f"{self.command} {self.path}"
        headers = {name.lower(): value for name, value in self.headers.items()}
        json_like = body and headers.get("content-type", "").startswith("application/json")
        self.server.heard.append((heard, headers, json.loads(body) if json_like else body or None))
        said = self.server.says.get(heard, self.server.says.get(heard.partition("?")[0], self.server.otherwise))
        match said.fault:
            case "silence":
                self.server.over.wait(30)
                self.close_connection = True
            case "reset":
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            case "half":
                self._answer(said, len(said.body) + 100)
                self.close_connection = True
            case _:
                self._answer(said, len(said.body))

    do_POST = do_GET
    do_PATCH = do_GET

    def _answer(self, said: Said, promised: int) -> None:
        self.send_response(said.status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(promised), **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said.body)

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def loopback(otherwise: Said) -> Iterator[Loopback]:
    provider = Loopback(otherwise)
    serving = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield provider
    provider.over.set()
    provider.shutdown()
    serving.join()
    provider.server_close()
