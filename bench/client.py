"""A load generator in a process of its own: kept-alive connections, each a phone that dials, reads and checks every page.

The plan comes as JSON on standard input, what was seen goes as JSON to standard output.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import cycle
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from ussd_app.settings import HOME

CONNECTIONS = 16
SLOWEST_S = 30
HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Expected:
    """What is keyed so far, and words that must stand on the page that answers it."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    phone: str
    turns: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    port: int
    path: str
    seconds: float
    calls: tuple[Call, ...]
    connections: int = CONNECTIONS


@dataclass(frozen=True, slots=True)
class Seen:
    """One round: how long each page took in milliseconds, what was wrong, and what the client itself used."""

    took_ms: list[float]
    wrong: int
    first_wrong: str
    wall_s: float
    client_cpu_s: float


def dial(plan: Plan) -> Seen:
    """Let another process call for `plan.seconds`; it ends with this one."""
    command = [sys.executable, "-m", "bench.client"]
    with subprocess.Popen(command, cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
        try:
            answer, _ = client.communicate(json.dumps(asdict(plan)).encode(), timeout=plan.seconds + SLOWEST_S)
        except BaseException:
            client.kill()
            raise
    if client.returncode:
        raise RuntimeError("the load generator failed")
    return Seen(**json.loads(answer))


class _Hand(asyncio.Protocol):
    """One connection: sends a request when told to, and hands over the body that comes back."""

    def __init__(self) -> None:
        self._received = b""
        self._body: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        self._received = b""
        self._body = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._body

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(HEAD_END)
        if found and self._body and len(body) >= _length(head) and not self._body.done():
            self._body.set_result(body if head.startswith(b"HTTP/1.1 200") else head)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._body and not self._body.done():
            self._body.set_exception(exc or ConnectionResetError("the server hung up"))


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0])


class _Round:
    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self._head = f"POST {plan['path']} HTTP/1.1\r\nHost: 127.0.0.1:{plan['port']}\r\n".encode()
        self._head += b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        self._calls: Iterator[dict[str, Any]] = cycle(plan["calls"])
        self._took: list[float] = []
        self._wrong: list[str] = []

    async def run(self) -> Seen:
        begun, used = time.perf_counter(), time.process_time()
        end = begun + self._plan["seconds"]
        await asyncio.gather(*(self._phone(end) for _ in range(self._plan["connections"])))
        wall, cpu = time.perf_counter() - begun, time.process_time() - used
        return Seen(self._took, len(self._wrong), next(iter(self._wrong), ""), wall, cpu)

    async def _phone(self, end: float) -> None:
        _, hand = await asyncio.get_running_loop().create_connection(_Hand, "127.0.0.1", self._plan["port"])
        while time.perf_counter() < end:
            await self._session(hand, next(self._calls), end)
        with suppress(OSError):
            hand._transport.close()

    async def _session(self, hand: _Hand, call: dict[str, Any], end: float) -> None:
        session = uuid4().hex
        for turn in call["turns"]:
            request = self._request(session, call["phone"], turn["text"])
            asked = time.perf_counter()
            page = (await hand.ask(request)).decode()
            self._took.append((time.perf_counter() - asked) * 1000)
            if not all(word in page for word in turn["words"]):
                self._wrong.append(f"{turn['text']!r} of {call['phone']} gave {page!r}, without {turn['words']}")
            if time.perf_counter() > end:
                return

    def _request(self, session: str, phone: str, text: str) -> bytes:
        form = {"phoneNumber": phone, "serviceCode": "*8899#", "sessionId": session, "networkCode": "99999", "text": text}
        body = urlencode(form).encode()
        return self._head + str(len(body)).encode() + HEAD_END + body


if __name__ == "__main__":
    json.dump(asdict(asyncio.run(_Round(json.load(sys.stdin)).run())), sys.stdout)
