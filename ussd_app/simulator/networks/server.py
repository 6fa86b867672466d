"""The HTTP/1.1 server the networks stand on: a thread for each caller, kept alive, able to hang up without a word."""

from __future__ import annotations

import io
import socket
import socketserver
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any, BinaryIO, Protocol
from urllib.parse import unquote_to_bytes

HANG_UP = "networks.hang_up"
"""An application that sets this in its environ has its connection closed with no answer at all."""

_LONGEST_LINE = 65_536
_MOST_HEADERS = 100
_LARGEST_BODY = 8 * 1024 * 1024
_IDLE_S = 300


class Application(Protocol):
    def __call__(self, environ: dict[str, Any], start_response: Any, /) -> Iterable[bytes]: ...


class _BadRequest(Exception):
    """What was sent is not HTTP as understood here; the message is the status line's."""


class NetworksServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], application: Application) -> None:
        self.application = application
        super().__init__(address, _Caller)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Paths hold one-time codes, so a failure is told by its kind only."""
        problem = sys.exc_info()[1]
        if not isinstance(problem, ConnectionError | TimeoutError):
            sys.stderr.write(f"networks: {type(problem).__name__} while serving a request\n")


class _Caller(socketserver.BaseRequestHandler):
    server: NetworksServer  # pyright: ignore[reportIncompatibleVariableOverride] - socketserver leaves it Any

    def handle(self) -> None:
        connection: socket.socket = self.request
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(_IDLE_S)
        with connection.makefile("rb") as reader:
            try:
                while self._serve_one(connection, reader):
                    pass
            except _BadRequest as problem:
                connection.sendall(f"HTTP/1.1 {problem}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())

    def _serve_one(self, connection: socket.socket, reader: BinaryIO) -> bool:
        """False when the conversation is over."""
        line = reader.readline(_LONGEST_LINE)
        if not line:
            return False
        environ = _read_request(line, reader, connection)
        environ["SERVER_NAME"], environ["SERVER_PORT"] = self.server.server_address[0], "0"
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = self.client_address[0], str(self.client_address[1])
        answer = _answer(self.server.application, environ)
        if environ.get(HANG_UP):
            return False
        connection.sendall(answer)
        return environ["networks.keep_alive"]


def _read_request(line: bytes, reader: BinaryIO, connection: socket.socket) -> dict[str, Any]:
    try:
        method, target, version = line.decode("latin-1").split()
    except ValueError:
        raise _BadRequest("400 Bad Request") from None
    headers = _read_headers(reader)
    body = _read_body(headers, reader, connection)
    path, _, query = target.partition("?")
    wants = headers.get("HTTP_CONNECTION", "").lower()
    return headers | {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": version,
        "CONTENT_TYPE": headers.pop("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "networks.keep_alive": wants != "close" if version == "HTTP/1.1" else wants == "keep-alive",
    }


def _read_headers(reader: BinaryIO) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    for _ in range(_MOST_HEADERS):
        line = reader.readline(_LONGEST_LINE)
        if line in (b"\r\n", b"\n"):
            return headers
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise _BadRequest("400 Bad Request")
        headers["HTTP_" + name.strip().upper().replace("-", "_")] = value.strip()
    raise _BadRequest("431 Request Header Fields Too Large")


def _read_body(headers: dict[str, Any], reader: BinaryIO, connection: socket.socket) -> bytes:
    """By its length, or in chunks, as Node's and Java's clients send what they stream (RFC 9112, 6 and 7.1)."""
    encoding, length = headers.pop("HTTP_TRANSFER_ENCODING", ""), headers.pop("HTTP_CONTENT_LENGTH", "")
    if encoding and (encoding.lower() != "chunked" or length):
        raise _BadRequest("400 Bad Request")
    size = 0 if encoding else _number(length or "0", 10)
    if headers.get("HTTP_EXPECT", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    return _read_chunks(reader) if encoding else reader.read(size)


def _read_chunks(reader: BinaryIO) -> bytes:
    body = bytearray()
    while size := _number(reader.readline(_LONGEST_LINE).decode("latin-1").partition(";")[0].strip(), 16, len(body)):
        body += reader.read(size)
        if reader.read(2) != b"\r\n":
            raise _BadRequest("400 Bad Request")
    _read_headers(reader)  # trailers, which nobody here reads
    return bytes(body)


def _number(text: str, base: int, read: int = 0) -> int:
    """How many bytes follow; nothing but digits, and with those read before not more than is taken."""
    if not (text.isascii() and text.isalnum()):
        raise _BadRequest("400 Bad Request")
    try:
        size = int(text, base)
    except ValueError:
        raise _BadRequest("400 Bad Request") from None
    if read + size > _LARGEST_BODY:
        raise _BadRequest("413 Content Too Large")
    return size


def _answer(application: Application, environ: dict[str, Any]) -> bytes:
    head: list[str] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        head[:] = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]

    parts = application(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    if not any(line.lower().startswith("content-length:") for line in head[1:]):
        head.append(f"Content-Length: {len(body)}")
    head.append(f"Date: {formatdate(usegmt=True)}")
    if not environ["networks.keep_alive"]:
        head.append("Connection: close")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + (b"" if environ["REQUEST_METHOD"] == "HEAD" else body)


@contextmanager
def serving(application: Application, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve in a thread for as long as the block lasts; gives the address."""
    with NetworksServer((host, port), application) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()
