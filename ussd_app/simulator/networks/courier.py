"""What the networks owe the product by HTTP is a row until the product has said that it has it."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from ussd_app.simulator.networks.book import Book, Cursor
from ussd_app.simulator.networks.sealing import BrokenSeal

Lane = Literal["sms", "money"]

MOST_TRIES = 12
_ROUND = 20
_LEASE_S = 90
_ROUND_LASTS_S = 30
_PRODUCT_ANSWERS_WITHIN_S = 10


@dataclass(frozen=True, slots=True)
class Letter:
    """`to` may begin with a slash: then it goes to the product's own address, wherever that is by then."""

    method: Literal["POST", "PUT", "GET"]
    to: str = field(repr=False)
    headers: Mapping[str, str]
    body: str = field(repr=False)
    wait_s: float = 0.0

    def sealed(self, book: Book) -> bytes:
        return book.seal.close([self.method, self.to, dict(self.headers), self.body])


def owe(book: Book, cursor: Cursor, lane: Lane, letters: Iterable[Letter]) -> None:
    """Written in the caller's own transaction: what happened and what is owed for it stand or fall together."""
    letters = list(letters)
    cursor.execute(
        "INSERT INTO networks.letters (lane, due, sealed)"
        " SELECT %s, now() + l.wait * interval '1 second', l.sealed"
        " FROM unnest(%s::float8[], %s::bytea[]) AS l (wait, sealed)",
        (lane, [each.wait_s for each in letters], [each.sealed(book) for each in letters]),
    )


class Courier:
    """Carries one lane's letters; any number of hands may call `round` at once, each with lines of its own."""

    def __init__(self, book: Book, lane: Lane, web_url: str) -> None:
        self._book, self._lane, self._web_url = book, lane, web_url
        self._lines = threading.local()

    def round(self) -> bool:
        """Take up a few letters that are due, carry them, and cross them off. False when none was due."""
        taken = self._book.rows(_TAKE, _LEASE_S, self._lane, _ROUND)
        started = time.monotonic()
        carried: list[int] = []
        for row in taken:
            in_time = time.monotonic() - started < _ROUND_LASTS_S
            try:
                done = in_time and self._carry(*self._book.seal.open(row["sealed"]))
            except BrokenSeal:  # nobody can carry it; the others must not wait behind it
                self._put_off(row["id"], MOST_TRIES)
                continue
            if done:
                carried.append(row["id"])
            else:
                self._put_off(row["id"], row["tries"])
        if carried:
            with self._book.reading() as cursor:
                cursor.execute("DELETE FROM networks.letters WHERE id = ANY(%s)", (carried,))
        return bool(taken)

    def _put_off(self, letter: int, tries: int) -> None:
        wait = "infinity" if tries >= MOST_TRIES else f"{min(0.5 * 2 ** (tries - 1), 60)} seconds"
        with self._book.reading() as cursor:
            cursor.execute("UPDATE networks.letters SET due = now() + %s::interval WHERE id = %s", (wait, letter))

    def _carry(self, method: str, to: str, headers: Mapping[str, str], body: str) -> bool:
        url = urlsplit(self._web_url + to if to.startswith("/") else to)
        line = self._line(url.scheme, url.netloc)
        path = url.path + (f"?{url.query}" if url.query else "")
        for fresh in (line.sock is None, True):
            try:
                line.request(method, path, body.encode() or None, dict(headers))
                answer = line.getresponse()
                answer.read()
                return 200 <= answer.status < 300
            except TimeoutError:
                line.close()
                return False
            except (OSError, http.client.HTTPException):
                line.close()
                if fresh:  # an old line may have been closed at the other end; a new one says the truth
                    return False
        return False

    def _line(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        lines: dict[str, http.client.HTTPConnection] = self._lines.__dict__
        where = f"{scheme}://{netloc}"
        if where not in lines:
            kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
            lines[where] = kind(netloc, timeout=_PRODUCT_ANSWERS_WITHIN_S)
        return lines[where]


_TAKE = """
UPDATE networks.letters SET due = now() + %s * interval '1 second', tries = tries + 1
WHERE id IN (SELECT id FROM networks.letters WHERE lane = %s AND due <= now()
             ORDER BY due LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id, tries, sealed
"""
