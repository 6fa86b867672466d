"""People who dial at their own pace, whatever the service does: each page is checked against its caller alone.

The plan comes as JSON on standard input, what was seen goes as JSON to standard output.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from collections import deque
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from bench.client import HEAD_END, _Hand

GIVES_UP_S = 10.0  # as Africa's Talking does
BUSY = "Dang co nhieu nguoi goi"
MONEY = re.compile(r"\d{1,3}(?:\.\d{3})+d")


class Crowd:
    """Sessions begin at a steady rate; every turn waits for its page and then for its caller to have read it."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan, self._rng = plan, random.Random(8899)
        self._idle: deque[_Hand] = deque()
        self._seen: list[tuple[float, float, str]] = []
        self._first: dict[str, str] = {}

    async def dial(self) -> dict[str, Any]:
        await asyncio.sleep(self._plan["starts_at"] - time.time())
        began, tasks = time.perf_counter(), set[asyncio.Task[None]]()
        self._began = began
        calls = self._plan["calls"]
        while (now := time.perf_counter() - began) < self._plan["seconds"]:
            due = int(now * self._plan["new_a_second"])
            while len(tasks) < due:
                tasks.add(asyncio.create_task(self._session(calls[len(tasks) % len(calls)])))
            await asyncio.sleep(0.005)
        await asyncio.gather(*tasks)
        return {"turns": self._seen, "first": self._first}

    async def _session(self, call: dict[str, Any]) -> None:
        session = uuid4().hex
        for turn in call["turns"]:
            asked = time.perf_counter()
            page = await self._ask(session, call["phone"], turn["text"])
            took = time.perf_counter() - asked
            what = self._judged(page, call, turn)
            self._seen.append((asked - self._began, took * 1000, what))
            if what != "served":
                self._first.setdefault(what, f"{turn['text']!r} of {call['phone']} gave {page!r}")
                return
            await asyncio.sleep(self._rng.uniform(0.5, 1.5) * self._plan["reads_for_s"])

    def _judged(self, page: str, call: dict[str, Any], turn: dict[str, Any]) -> str:
        if not page:
            return "no answer"
        if BUSY in page:
            return "busy"
        if any(money != call["money"] for money in MONEY.findall(page)):
            return "LEAK"
        return "served" if all(word in page for word in turn["words"]) else "WRONG"

    async def _ask(self, session: str, phone: str, text: str) -> str:
        form = {"phoneNumber": phone, "serviceCode": "*8899#", "sessionId": session, "networkCode": "99999", "text": text}
        body = urlencode(form).encode()
        head = f"POST {self._plan['path']} HTTP/1.1\r\nHost: 127.0.0.1:{self._plan['port']}\r\n"
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}"
        try:
            async with asyncio.timeout(GIVES_UP_S):
                hand = self._idle.pop() if self._idle else await self._connected()
                page = await hand.ask(head.encode() + HEAD_END + body)
        except (OSError, TimeoutError):
            return ""
        self._idle.append(hand)
        return page.decode()

    async def _connected(self) -> _Hand:
        loop = asyncio.get_running_loop()
        _, hand = await loop.create_connection(_Hand, "127.0.0.1", self._plan["port"])
        return hand


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        json.dump(asyncio.run(Crowd(json.load(sys.stdin)).dial()), sys.stdout)
