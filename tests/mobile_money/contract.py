"""What every mobile-money provider's page must make of whatever a provider or a network may do, whoever it is.

A new page brings a `Stage`: how it is made, an order it takes, and what its provider says in each situation named
below. Nothing here knows a provider.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest
import requests

from tests.mobile_money.loopback import Loopback, Said, loopback
from workers.mobile_money import connection
from workers.mobile_money.port import (
    Accepted,
    Busy,
    Failed,
    Hint,
    MobileMoney,
    NotFound,
    Order,
    Paid,
    Pending,
    Refused,
    StillUnsure,
    Unsure,
)

ATTEMPT = UUID("7d5f5a5e-2f3a-4c1b-8a55-0f7e3c9d1b20")

SUBMITTED: Mapping[str, object] = {
    "taken": Accepted,
    "known already": Unsure("duplicate: ask"),
    "unavailable": Busy("http_503"),
    "our key": Busy("not_authorised"),
    "our account is short": Refused("insufficient_float"),
    "nobody there to be paid": Refused("no_wallet"),
    "internal error": Unsure("http_500"),
    "a proxy's own page": Unsure("http_502"),
    "an address not theirs": Unsure,
    "redirected": Unsure("http_302"),
}

ENQUIRED: Mapping[str, object] = {
    "under way": Pending,
    "paid": Paid,
    "paid, written with decimals": Paid,
    "paid, in another case": Paid,
    "paid, and a part of a đồng": StillUnsure("amount differs"),
    "paid, in an exponent": StillUnsure("amount differs"),
    "paid, less than nothing": StillUnsure("amount differs"),
    "paid, past 64 bits": StillUnsure("amount differs"),
    "paid, another amount": StillUnsure("amount differs"),
    "paid, in another currency": StillUnsure("amount differs"),
    "paid, to somebody else": StillUnsure("another party"),
    "failed, for want of funds": Failed("insufficient_float"),
    "failed, nobody there to be paid": Failed("no_wallet"),
    "a status never seen": StillUnsure,
    "never arrived": NotFound(),
    "a 404 of somebody else's": StillUnsure("http_404"),
    "our key": StillUnsure("not_authorised"),
    "unavailable": StillUnsure("http_503"),
    "not JSON": StillUnsure,
}

BROKEN = ("silence", "reset", "half")


@dataclass(frozen=True)
class Stage:
    make: Callable[[str], MobileMoney]
    """From an address."""
    order: Order
    submit: str
    """`POST /path` of an order."""
    enquire: str
    """`GET /path` that an enquiry begins with."""
    submitted: Mapping[str, Said]
    enquired: Mapping[str, Mapping[str, Said]]
    """For each situation: what is said at each method and path."""
    always: Mapping[str, Said] = field(default_factory=dict)
    """What is said whatever the situation: tokens."""
    callback: tuple[Mapping[str, str], bytes] = ({}, b"")
    """Headers and body of an honest one about `order`."""
    secrets: tuple[str, ...] = ()
    """What must not appear in any log, error or digest."""


def answers(answer: object, wanted: object) -> bool:
    return isinstance(answer, wanted) if isinstance(wanted, type) else answer == wanted


@contextmanager
def on_loopback(stage: Stage) -> Iterator[tuple[Loopback, MobileMoney]]:
    with loopback(Said(404, b"<html>nothing here</html>")) as server:
        server.says.update(stage.always)
        yield server, stage.make(server.address)


class Contract:
    """Inherited by the tests of each page, which give it a `stage`."""

    stage: Stage

    @pytest.mark.parametrize("situation", SUBMITTED)
    def test_an_order_is_answered(self, situation: str) -> None:
        with on_loopback(self.stage) as (server, provider):
            server.says[self.stage.submit] = self.stage.submitted[situation]
            answer = provider.submit(self.stage.order)
            assert answers(answer, SUBMITTED[situation]), answer
            if situation != "our key":  # a key may be renewed, and what was not let in is sent again
                assert server.asked().count(self.stage.submit) == 1, "no order is sent twice behind our back"

    @pytest.mark.parametrize("situation", ENQUIRED)
    def test_an_enquiry_is_answered(self, situation: str) -> None:
        with on_loopback(self.stage) as (server, provider):
            server.says.update(self.stage.enquired[situation])
            answer = provider.enquire(self.stage.order)
            assert answers(answer, ENQUIRED[situation]), answer

    @pytest.mark.parametrize("fault", BROKEN)
    def test_what_breaks_after_it_left_is_unsure(self, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection, "CONNECT_AND_READ_S", (3.05, 0.2))
        with on_loopback(self.stage) as (server, provider):
            server.says[self.stage.submit] = Said(202, b"{}", fault)
            server.says[self.stage.enquire] = Said(200, b"{}", fault)
            assert isinstance(provider.submit(self.stage.order), Unsure)
            assert server.asked().count(self.stage.submit) == 1
            assert isinstance(provider.enquire(self.stage.order), StillUnsure)

    def test_what_never_left_is_surely_not_taken(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses
            provider = self.stage.make(f"http://127.0.0.1:{taken.getsockname()[1]}")
            assert provider.submit(self.stage.order) == Busy("no_connection")
            assert isinstance(provider.enquire(self.stage.order), StillUnsure)

    @pytest.mark.parametrize("body", [b"", b"null", b"[]", b"[" * 100_000, b'{"status": {}}', b"\xff\xfe", b'{"a": 1e999}'])
    def test_nonsense_never_raises_and_never_decides(self, body: bytes) -> None:
        for status in (200, 201, 204, 302, 400, 401, 404, 500, 503):
            with on_loopback(self.stage) as (server, provider):
                server.says[self.stage.submit] = server.says[self.stage.enquire] = Said(status, body)
                assert not isinstance(provider.submit(self.stage.order), Refused)
                assert isinstance(provider.enquire(self.stage.order), StillUnsure)

    def test_a_callback_is_whom_it_concerns_and_nothing_else(self) -> None:
        provider = self.stage.make("http://127.0.0.1:9")
        headers, body = self.stage.callback
        hint = provider.read_callback(headers, body)
        assert isinstance(hint, Hint)
        assert hint.attempt_id == self.stage.order.attempt_id
        assert provider.read_callback({name.lower(): value for name, value in headers.items()}, body) == hint
        assert provider.read_callback(headers, body) == hint, "the same event has the same key"
        assert provider.read_callback({}, b"") is None
        assert provider.read_callback({"X-CorrelationID": "7"}, b'{"externalId": "7"}') is None

    def test_calls_share_one_connection(self) -> None:
        with on_loopback(self.stage) as (server, provider):
            for _ in range(5):
                provider.enquire(self.stage.order)
            assert len(server.heard) >= 5
            assert server.connections == 1

    def test_no_secret_comes_into_a_log_or_an_answer(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connection, "CONNECT_AND_READ_S", (3.05, 0.2))
        said: list[str] = []
        with on_loopback(self.stage) as (server, provider), caplog.at_level(logging.DEBUG):
            for situation in ("paid", "failed, for want of funds", "our key"):
                server.says.update(self.stage.enquired[situation])
                said.append(repr(provider.enquire(self.stage.order)))
            for fault in BROKEN:
                server.says[self.stage.submit] = Said(202, b"{}", fault)
                said.append(repr(provider.submit(self.stage.order)))
            requests.get(f"{server.address}/of-somebody-else", timeout=5)
        for secret in self.stage.secrets:
            assert secret not in "".join(said)
            assert secret not in caplog.text
        assert "of-somebody-else" in caplog.text, "only our own calls are silent"
