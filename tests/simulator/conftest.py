"""A database of their own, a product that writes down what it is told, and the simulated networks between them."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import requests
from waiting import until

from ussd_app.simulator.networks.app import networks_running
from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.gsma.ways import Behaviour
from ussd_app.simulator.networks.server import serving

FLOAT = "accountid/asxh-thai-nguyen"


@pytest.fixture(scope="module")
def fresh_database(postgres_url: str) -> Iterator[str]:
    name = f"networks_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield psycopg.conninfo.make_conninfo(postgres_url, dbname=name)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@dataclass(frozen=True)
class Told:
    """One request that reached the product."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    query: str = ""


@dataclass
class Product:
    """Stands where the product would: answers as the test wishes, keeps what it heard."""

    url: str = ""
    answer: Callable[[Told], tuple[int, str]] = lambda told: (204, "")
    answer_headers: list[tuple[str, str]] = field(default_factory=list)
    heard: queue.Queue[Told] = field(default_factory=queue.Queue)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        headers = {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")}
        headers["CONTENT_TYPE"] = environ["CONTENT_TYPE"]
        body = environ["wsgi.input"].read().decode()
        told = Told(environ["REQUEST_METHOD"], environ["PATH_INFO"], headers, body, environ["QUERY_STRING"])
        status, text = self.answer(told)
        self.heard.put(told)
        start_response(f"{status} As Wished", self.answer_headers)
        return [text.encode()]

    def hears(self) -> Told:
        return self.heard.get(timeout=15)


@pytest.fixture(scope="module")
def product_at() -> Iterator[Product]:
    product = Product()
    with serving(product) as product.url:
        yield product


@pytest.fixture
def product(product_at: Product, networks: Networks) -> Product:
    """With nothing heard yet, and nothing on its way from an earlier test."""
    product_at.answer, product_at.answer_headers = (lambda told: (204, "")), []
    until(lambda: networks.book()["callbacks_owed"] == 0)
    product_at.heard = queue.Queue()
    return product_at


@pytest.fixture(scope="module")
def configuration(fresh_database: str, product_at: Product) -> NetworksConfiguration:
    return NetworksConfiguration(
        database_url=fresh_database,
        web_url=product_at.url,
        data_key=b"a key for tests",
        behaviour=Behaviour(poll_limit=100_000),  # tests ask without a pause
    )


@dataclass(frozen=True)
class Networks:
    """The networks as their clients see them."""

    url: str

    def book(self) -> dict[str, Any]:
        return requests.get(f"{self.url}/control/book", timeout=30).json()

    def break_(self, **faults: float) -> None:
        assert requests.post(f"{self.url}/control/faults", json=faults, timeout=30).status_code == 200

    def inbox(self, phone: str) -> list[dict[str, str]]:
        return requests.get(f"{self.url}/control/phones/{phone}/messages", timeout=30).json()

    def redeem(self, point: str, code: str) -> requests.Response:
        return requests.post(f"{self.url}/control/points/{point}/redeem", json={"code": code}, timeout=30)

    def get(self, path: str, **query: str) -> requests.Response:
        return requests.get(f"{self.url}/v1.2/mm{path}", params=query, headers={"X-API-Key": "simulated"}, timeout=30)

    def send(self, method: str, path: str, body: Any, **headers: str) -> requests.Response:
        named = {"X-API-Key": "simulated"} | {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(method, f"{self.url}/v1.2/mm{path}", json=body, headers=named, timeout=30)

    def order_code(self, client_id: str, callback: str = "", **wishes: Any) -> requests.Response:
        body = {
            "amount": "500000",
            "currency": "VND",
            "amountType": "exact",
            "codeLifetime": 600,
            "holdFundsIndicator": True,
            "redemptionAccountIdentifiers": [{"key": "storeid", "value": "1001"}],
            "redemptionTransactionTypes": [{"transactionType": "withdrawal"}],
            "metadata": [{"key": "reference", "value": "R-7"}],
        }
        headers = {"X_CorrelationID": client_id} | ({"X_Callback_URL": callback} if callback else {})
        return self.send("POST", f"/accounts/{FLOAT}/authorisationcodes", body | wishes, **headers)

    def outcome(self, client_id: str) -> dict[str, Any]:
        """What the client's order led to, by way of /responses, as a client that lost its answer would ask."""
        return until(lambda: self._ended(client_id))

    def _ended(self, client_id: str) -> dict[str, Any] | None:
        found = self.get(self.get(f"/responses/{client_id}").json()["link"]).json()
        match found.get("status"):
            case "pending" | "completed":  # completed: it was decided between the two questions
                return None
            case _:
                return found

    def code(self, **wishes: Any) -> dict[str, Any]:
        client_id = str(uuid4())
        assert self.order_code(client_id, **wishes).status_code == 202
        return self.outcome(client_id)

    def balance(self, account: str = FLOAT) -> dict[str, Any]:
        return self.get(f"/accounts/{account}/balance").json()


@pytest.fixture(scope="module")
def networks_at(configuration: NetworksConfiguration) -> Iterator[str]:
    with networks_running(configuration) as url:
        yield url


@pytest.fixture
def networks(networks_at: str) -> Iterator[Networks]:
    """With no fault set and no order undecided, before and after."""
    networks = Networks(networks_at)
    yield networks
    networks.break_()
    until(lambda: networks.book()["orders_pending"] == 0)
