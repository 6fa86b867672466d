"""The provider alone, as other teams start it, and its books that always close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import requests
from gsma_cases import Listener
from openapi import conforms
from waiting import until

from ussd_app.simulator.networks.app import networks_running
from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.server import serving

ELDER, POINT = "+84912345678", "1001"


@dataclass(frozen=True)
class Provider:
    url: str
    listener: Listener

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST":
            named = {"X-CorrelationID": str(uuid4())} | named
        return _held(requests.request(method, self.url + path, json=body, headers=named, timeout=30))

    def get(self, path: str, **query: str) -> Any:
        return _held(requests.get(self.url + path, params=query, timeout=30)).json()

    def pay(self, amount: str, to: str = ELDER, **wishes: Any) -> dict[str, Any]:
        """A disbursement, and what became of it."""
        body = {"amount": amount, "currency": "VND", "creditParty": [{"key": "msisdn", "value": to}]} | wishes
        return self.ended(self.call("POST", "/transactions/type/disbursement", body))

    def ended(self, answer: requests.Response) -> dict[str, Any]:
        """The object that a request led to, or its error."""
        assert answer.status_code == 202, answer.text
        asked = f"/requeststates/{answer.json()['serverCorrelationId']}"
        state = until(lambda: (found := self.get(asked))["status"] != "pending" and found)
        return state["error"] if state["status"] == "failed" else self.get(f"/transactions/{state['objectReference']}")

    def reverse(self, reference: str, **wishes: str) -> dict[str, Any]:
        return self.ended(self.call("POST", f"/transactions/{reference}/reversals", {"type": "reversal"} | wishes))

    def available(self, account: str = f"msisdn/{ELDER}") -> int:
        return int(self.get(f"/accounts/{account}/balance", currency="VND")["availableBalance"])

    def behave(self, **ways: Any) -> None:
        assert requests.post(f"{self.url}/control/provider", json=ways, timeout=30).status_code == 200

    def book(self) -> list[dict[str, Any]]:
        return self.get("/control/book")["accounts"]

    def hears(self, client_id: str) -> Any:
        return self.listener.heard[client_id].get(timeout=15)[1]


def _held(answer: requests.Response) -> requests.Response:
    """Every answer that a test sees is as GSMA's OpenAPI files say."""
    asked = answer.request
    if answer.content:
        conforms(asked.method or "", asked.path_url, answer.status_code, answer.json())
    return answer


@pytest.fixture(scope="module")
def running(fresh_database: str) -> Iterator[Provider]:
    configuration = NetworksConfiguration(
        database_url=fresh_database,
        web_url="http://127.0.0.1:9",
        data_key=b"a key for tests",
        sandbox=True,
        key_required=False,
        currencies=("VND", "USD"),
    )
    listener = Listener()
    with serving(listener) as listener.url, networks_running(configuration) as url:
        yield Provider(url, listener)


@pytest.fixture
def provider(running: Provider) -> Iterator[Provider]:
    """It behaves plainly before and after, and no money was made or lost, whatever a test did."""
    before = total(running)
    yield running
    running.behave(
        sync=False,
        service="available",
        poll_limit=100_000,
        limits=dict.fromkeys(running.get("/control/provider")["limits"]),
    )
    assert total(running) == before
    assert all(0 <= account["reserved"] <= account["balance"] for account in running.book())


def total(provider: Provider) -> dict[str, int]:
    sums = {"VND": 0, "USD": 0}
    for account in provider.book():
        sums[account["currency"]] += account["balance"]
    return sums
