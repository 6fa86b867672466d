"""How we say who we are to a provider: a plain key, a name with a password, or a token that runs out."""

from __future__ import annotations

import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Protocol

from workers.mobile_money.connection import Answer, Connection, NeverLeft
from workers.mobile_money.json_reading import read_object

NOT_AUTHORISED = "not_authorised"
"""Our key is wrong: for an operator to mend, while the money stays held."""

RENEW_BEFORE_S = 30
"""A token that is about to run out is not sent any more: it could run out on its way."""

SHORTEST_LIFE_S = 60


class Keys(Protocol):
    def headers(self) -> Mapping[str, str]:
        """What goes with every request. Raises NeverLeft when there is nothing to go with."""
        ...

    def renew(self, refused: Mapping[str, str]) -> bool:
        """These headers were not accepted: True when others may be, so that the same request is worth sending again."""
        ...


class KeyedConnection:
    """A connection whose every request says who we are.

    A key that has run out is renewed once, and the same request goes again: a 401 was surely not carried out.
    """

    def __init__(self, connection: Connection, keys: Keys, about_our_key: Callable[[Answer], bool]) -> None:
        self._connection, self._keys, self._about_our_key = connection, keys, about_our_key
        self.within = connection.within

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        keys = self._keys.headers()
        answer = self._connection.call(method, path, headers={**(headers or {}), **keys}, query=query, body=body)
        if answer.status == 401 and self._about_our_key(answer) and self._keys.renew(keys):
            renewed = {**(headers or {}), **self._keys.headers()}
            answer = self._connection.call(method, path, headers=renewed, query=query, body=body)
        return answer


class FixedKeys:
    """Headers that never change: an API key, or a name with a password (RFC 7617)."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def renew(self, refused: Mapping[str, str]) -> bool:
        return False


class TokenKeys:
    """A bearer token fetched with our name and password (RFC 6749, client credentials), and fetched again when it ends."""

    def __init__(
        self,
        tokens: Connection,
        path: str,
        user: str,
        password: str,
        *,
        body: bytes = b"grant_type=client_credentials",
        beside: Mapping[str, str] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens, self._path, self._body, self._now = tokens, path, body, now
        self._beside = dict(beside or {})
        self._ask = {"Content-Type": "application/x-www-form-urlencoded", **self._beside, **basic(user, password)}
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def headers(self) -> Mapping[str, str]:
        with self._lock:  # whoever comes while one is being fetched waits for that one
            if self._now() >= self._until:
                self._fetch()
            return {**self._beside, "Authorization": f"Bearer {self._token}"}

    def renew(self, refused: Mapping[str, str]) -> bool:
        with self._lock:
            if refused.get("Authorization") == f"Bearer {self._token}":
                self._until = 0.0
        return True

    def _fetch(self) -> None:
        answer = self._tokens.call("POST", self._path, headers=self._ask, body=self._body)
        told = read_object(answer.body) or {}
        token = told.get("access_token")
        if answer.status == 200 and isinstance(token, str) and token:
            self._token = token
            self._until = self._now() + max(_seconds(told.get("expires_in")) - RENEW_BEFORE_S, 1)
        else:
            raise NeverLeft(NOT_AUTHORISED if answer.status in (400, 401, 403) else "no_token")


def basic(user: str, password: str) -> Mapping[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def _seconds(written: object) -> float:
    try:
        return float(written)  # type: ignore[arg-type] - whatever it is, a number or text, or it is none
    except (TypeError, ValueError):
        return SHORTEST_LIFE_S
