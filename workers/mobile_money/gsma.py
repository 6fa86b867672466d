"""Cash-out by one-time code at any provider that speaks the GSMA Mobile Money API 1.2."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import ssl
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import UUID

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, NewConnectionError

from workers.mobile_money.gsma_answers import (
    LookAt,
    WithdrawnBy,
    read_linked,
    read_object,
    read_response,
    read_submitted,
    read_transaction,
)
from workers.mobile_money.port import (
    AtPoint,
    Busy,
    Heartbeat,
    Hint,
    Offer,
    Order,
    Service,
    State,
    StillUnsure,
    Submitted,
    Unsure,
)

CONNECT_AND_READ_S = (3.05, 8)
MOST_THREADS = 32

POINT_IS_A = "storeid"
"""Of the party keys in the standard, the one for a place of business: a person keys in the place, not its keeper."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SECRETS = frozenset({"authorisationcode", "onetimecode"})


class GsmaMobileMoney:
    """One instance serves all threads of a worker process."""

    name = "gsma"
    offers = frozenset({Offer.CODE})
    remembers = timedelta(hours=24)  # the standard does not say how long an id is known

    def __init__(self, base_url: str, api_key: str, account: str, callback_url: str = "") -> None:
        self._base = base_url.rstrip("/")
        self._codes = f"/accounts/accountid/{quote(account, safe='')}/authorisationcodes"
        self._callback_url = callback_url
        self._session = requests.Session()
        self._session.headers.update({"X-API-Key": api_key, "Accept": "application/json"})
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # nothing is shared by threads
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=MOST_THREADS, max_retries=0))
        _keep_paths_out_of_logs()

    def submit(self, order: Order) -> Submitted:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        headers = {"X-CorrelationID": str(order.attempt_id), "X-Date": now, "X-Channel": "USSD"}
        if self._callback_url:
            headers["X-Callback-URL"] = self._callback_url
        try:
            answer = self._call("POST", self._codes, headers, wish_for_code(order, now))
        except (requests.RequestException, HTTPError) as problem:
            # Their words hold the address, and an address may hold a code: the kind of trouble is enough.
            return Busy("no_connection") if _never_left(problem) else Unsure(type(problem).__name__)
        return read_submitted(answer.status, answer.body, order)

    def heartbeat(self) -> Heartbeat:
        return Heartbeat(Service.UNKNOWN)

    def enquire(self, order: Order) -> State:
        try:
            return self._enquire(order)
        except (requests.RequestException, HTTPError) as problem:
            return StillUnsure(type(problem).__name__)

    def _enquire(self, order: Order) -> State:
        found = read_response(*self._call("GET", f"/responses/{order.attempt_id}"))
        for _ in range(2):  # a link may lead to a request state, and that to the code; no further
            if not isinstance(found, LookAt):
                break
            if (path := self._within(found.path)) is None:
                return StillUnsure("link leads away")
            found = read_linked(*self._call("GET", path), order)
        if isinstance(found, WithdrawnBy):
            answer = self._call("GET", f"/transactions/{quote(found.reference, safe='')}")
            return read_transaction(*answer, order, found.reference)
        return StillUnsure("links without end") if isinstance(found, LookAt) else found

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        """The body is only ever a hint, so nothing is read out of it but whether it came before."""
        sent = {name.lower(): value for name, value in headers.items()}.get("x-correlationid", "").strip()
        if not _UUID.fullmatch(sent):
            return None
        attempt_id = UUID(sent)
        return Hint(attempt_id, hashlib.sha256(attempt_id.bytes + _without_secrets(body)).hexdigest())

    def _call(self, method: str, path: str, headers: Mapping[str, str] | None = None, wish: Any = None) -> _Answer:
        token = _calling.set(True)
        try:
            response = self._session.request(
                method,
                self._base + path,
                headers=dict(headers or {}),
                json=wish,
                timeout=CONNECT_AND_READ_S,
                allow_redirects=False,  # our key goes to them and to nobody they name
            )
            return _Answer(response.status_code, response.content)
        finally:
            _calling.reset(token)

    def _within(self, link: str) -> str | None:
        """The path of a link of theirs, absolute or not; None when it leads anywhere else."""
        path = link.removeprefix(self._base)
        return path if path.startswith("/") and not path.startswith("//") and ".." not in path else None


class _Answer(NamedTuple):
    status: int
    body: bytes


def wish_for_code(order: Order, now: str) -> dict[str, Any]:
    """The body that asks for a code worth exactly this amount, to be turned into cash at exactly this point."""
    place = order.to
    if not isinstance(place, AtPoint):
        raise TypeError("a code is redeemed at a pay point")
    return {
        "amount": str(order.amount.amount),
        "currency": "VND",
        "amountType": "exact",
        "codeLifetime": place.lifetime_s,
        "holdFundsIndicator": True,
        "redemptionAccountIdentifiers": [{"key": POINT_IS_A, "value": place.code}],
        "redemptionTransactionTypes": [{"transactionType": "withdrawal"}],
        "requestDate": now,
        "metadata": [{"key": "reference", "value": order.reference}],
    }


def _without_secrets(body: bytes) -> bytes:
    """A digest of a short code could be turned back by trying them all, so no code goes into one."""
    event = read_object(body)
    if event is None:
        return body
    return json.dumps({name: event[name] for name in sorted(event) if name not in _SECRETS}, sort_keys=True).encode()


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


def _not_while_calling(record: logging.LogRecord) -> bool:
    return not _calling.get()


def _keep_paths_out_of_logs() -> None:
    for name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
        logging.getLogger(name).addFilter(_not_while_calling)
