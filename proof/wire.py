"""The line between our client and a provider: the real `requests` call, carried in process, with whatever can befall it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import NewConnectionError, ProtocolError

Application = Callable[[dict[str, Any], Any], Any]
HOST = "provider.proof"
HANG_UP = "networks.hang_up"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an application said to one request; no status when it hung up without a word."""

    status: int
    headers: dict[str, str]
    body: bytes

    def as_response(self, request: requests.PreparedRequest) -> requests.Response:
        if not self.status:
            raise reset(request)
        response = requests.Response()
        response.status_code, response._content = self.status, self.body
        response.headers = CaseInsensitiveDict(self.headers)
        response.url, response.request = request.url or "", request
        return response


def ask(application: Application, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
    """One request to a WSGI application, without a socket."""
    where = urlsplit(url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(where.path).decode("latin-1"),
        "QUERY_STRING": where.query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else "HTTP_" + key] = value
    head: list[Any] = []

    def start_response(status: str, told: list[tuple[str, str]], _: Any = None) -> None:
        head[:] = [int(status.split(" ", 1)[0]), dict(told)]

    said = application(environ, start_response)
    content = b"".join(said)
    if close := getattr(said, "close", None):
        close()
    return Answer(0, {}, b"") if environ.get(HANG_UP) else Answer(head[0], head[1], content)


Carry = Callable[[requests.PreparedRequest], requests.Response]


class _Line(BaseAdapter):
    def __init__(self, carry: Carry) -> None:
        super().__init__()
        self._carry = carry

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        return self._carry(request)

    def close(self) -> None:
        pass


@contextmanager
def line_to_provider(carry: Carry) -> Iterator[None]:
    """While the block lasts, what any `requests` session of this process sends to the provider's host goes this way."""
    usual = requests.Session.get_adapter
    line = _Line(carry)

    def chosen(session: requests.Session, url: str | bytes) -> BaseAdapter:
        return line if HOST in str(url) else usual(session, url)  # type: ignore[arg-type] - requests types it wider

    with patch.object(requests.Session, "get_adapter", chosen):
        yield


# ---- what a network can do -------------------------------------------------------------------------------


def no_connection(request: requests.PreparedRequest) -> Exception:
    """Surely nothing left."""
    problem = NewConnectionError(None, "refused")  # type: ignore[arg-type] - there is no pool
    return requests.ConnectionError(problem, request=request)


def timed_out(request: requests.PreparedRequest) -> Exception:
    return requests.ReadTimeout("no answer", request=request)


def reset(request: requests.PreparedRequest) -> Exception:
    return requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104)), request=request)
