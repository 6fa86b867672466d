"""One kept HTTP connection for each thread that calls a carrier: never repeated, never redirected, and out in time."""

from __future__ import annotations

import http.client
import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi

CONNECT_AND_READ_S = (3.05, 9.05)
MOST_IDLE_S = 20.0
"""A line that was silent for longer is not trusted: the other end may just be hanging up."""

LONGEST_ANSWER = 4 * 1024 * 1024


class Answer(NamedTuple):
    status: int
    body: bytes


class NeverLeft(Exception):
    """The connection itself was not made, so that nothing can have been taken; the message names what happened."""


class Broken(Exception):
    """The request may have arrived and its answer did not; the message names what happened."""


class KeptLines:
    """Requests over connections that are kept, one for each thread and address. One instance serves all threads.

    `requests` costs four times the processor time of all else that sending a message takes.
    """

    def __init__(self) -> None:
        self._lines = threading.local()
        self._context: ssl.SSLContext | None = None
        self._making = threading.Lock()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises NeverLeft or Broken; every answer that could be read, whatever its status, is returned."""
        address = urlsplit(url)
        key = f"{address.scheme}://{address.netloc}"
        line = self._ready(key) or self._connect(key, address)
        try:
            line.request("POST", address.path or "/", body, dict(headers))
            answer = line.getresponse()
            heard = Answer(answer.status, _whole(answer))
        except (OSError, http.client.HTTPException, ValueError) as problem:
            self._forget(key)
            raise Broken(type(problem).__name__) from problem
        if answer.will_close or not answer.isclosed():
            self._forget(key)
        else:
            self._lines.__dict__[key] = (line, time.monotonic())
        return heard

    def _ready(self, key: str) -> http.client.HTTPConnection | None:
        """The kept line, unless the other end has hung up meanwhile or was given long enough to."""
        kept: tuple[http.client.HTTPConnection, float] | None = self._lines.__dict__.get(key)
        if kept is None:
            return None
        line, used = kept
        if line.sock is not None and time.monotonic() - used < MOST_IDLE_S and not _something_to_read(line.sock):
            return line
        self._forget(key)
        return None

    def _forget(self, key: str) -> None:
        kept = self._lines.__dict__.pop(key, None)
        if kept is not None:
            kept[0].close()

    def _connect(self, key: str, address: SplitResult) -> http.client.HTTPConnection:
        line = self._line(address)
        connect_s, read_s = CONNECT_AND_READ_S
        line.timeout = connect_s
        try:
            line.connect()
        except (OSError, http.client.HTTPException, ValueError) as problem:
            line.close()
            raise NeverLeft(type(problem).__name__) from problem
        line.sock.settimeout(read_s)
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines.__dict__[key] = (line, time.monotonic())
        return line

    def _line(self, address: SplitResult) -> http.client.HTTPConnection:
        host, port = address.hostname or "", address.port
        if address.scheme != "https":
            return http.client.HTTPConnection(host, port)
        proxy = "" if proxy_bypass(host) else getproxies().get("https", "")
        if not proxy:
            return http.client.HTTPSConnection(host, port, context=self._trust())
        through = urlsplit(proxy)
        line = http.client.HTTPSConnection(through.hostname or "", through.port or 3128, context=self._trust())
        line.set_tunnel(host, port or 443)
        return line

    def _trust(self) -> ssl.SSLContext:
        """Made once: reading all the certificates costs more than a thousand messages."""
        with self._making:
            if self._context is None:
                own = os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE")
                self._context = ssl.create_default_context(cafile=own or certifi.where())
            return self._context


def _whole(answer: http.client.HTTPResponse) -> bytes:
    """Raises IncompleteRead when it ends before its time."""
    if answer.length is None:
        return answer.read(LONGEST_ANSWER)
    if answer.length > LONGEST_ANSWER:
        raise ValueError("an answer of that length is none of theirs")
    return answer.read()


def _something_to_read(connection: socket.socket) -> bool:
    """On a line that waits for no answer this can only be its end."""
    if hasattr(select, "poll"):
        look = select.poll()
        look.register(connection, select.POLLIN)
        return bool(look.poll(0))
    return bool(select.select([connection], [], [], 0)[0])
