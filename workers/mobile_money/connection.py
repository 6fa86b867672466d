"""One kept connection to a provider: its time-outs, its silence in our logs, and whether a request ever left."""

from __future__ import annotations

import hashlib
import json
import logging
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, NewConnectionError

CONNECT_AND_READ_S = (3.05, 8)
MOST_THREADS = 32


class NoAnswer(Exception):
    """Nothing usable came back. The reason is a kind of trouble, never an address: an address may hold a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NeverLeft(NoAnswer):
    """The request surely did not reach them."""


class Lost(NoAnswer):
    """The request may have reached them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers (names in lower case), as they came."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


class Connection:
    """A pool of kept connections. No retries: a retry inside a library is a second order that no row knows of."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # nothing is shared by threads
        self._session.auth = _as_it_is  # or a .netrc of this machine would replace our Authorization
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=MOST_THREADS, max_retries=0))
        _keep_paths_out_of_logs()

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Raises NeverLeft or Lost. A redirect is an answer: our key goes to them and to nobody they name."""
        with _silently():
            try:
                response = self._session.request(
                    method,
                    self.base_url + path,
                    headers=dict(headers or {}),
                    params=query,
                    data=body,
                    timeout=CONNECT_AND_READ_S,
                    allow_redirects=False,
                )
            except (requests.RequestException, HTTPError, ValueError) as problem:  # a token or link no header may hold
                if _never_left(problem):
                    raise NeverLeft("no_connection") from None
                raise Lost(type(problem).__name__) from None
        told = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, response.content, told)

    def within(self, link: str) -> str | None:
        """The path of a link of theirs, absolute or not; None when it leads anywhere else."""
        path = link.removeprefix(self.base_url)
        return path if path.startswith("/") and not path.startswith("//") and ".." not in path else None


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def as_json(wish: Any) -> bytes:
    return json.dumps(wish, ensure_ascii=False, separators=(",", ":")).encode()


def content_hash(body: bytes) -> str:
    """X-Content-Hash of the GSMA Mobile Money API: SHA-256 of the body, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def _never_left(problem: BaseException) -> bool:
    """True when the connection itself was never made, so that nothing can have been taken."""
    return any(
        isinstance(each, requests.ConnectTimeout | NewConnectionError | ssl.SSLCertVerificationError)
        for each in _roots(problem)
    )


def _roots(problem: object) -> Iterator[BaseException]:
    if isinstance(problem, BaseException):
        yield problem
        for inner in (*problem.args, getattr(problem, "reason", None)):
            yield from _roots(inner)


# ---- silence: urllib3 writes the path of every request into its log, and a path may hold a code ----------

_calling: ContextVar[bool] = ContextVar("calling_mobile_money", default=False)


@contextmanager
def _silently() -> Iterator[None]:
    token = _calling.set(True)
    try:
        yield
    finally:
        _calling.reset(token)


def _not_while_calling(record: logging.LogRecord) -> bool:
    return not _calling.get()


def _keep_paths_out_of_logs() -> None:
    for name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
        logging.getLogger(name).addFilter(_not_while_calling)
