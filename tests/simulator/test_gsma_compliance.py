"""GSMA's compliance cases, and ours for cash-out, hold for the provider as other teams start it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from gsma_cases import Listener, all_cases, run
from jsonschema import ValidationError
from openapi import conforms

from ussd_app.simulator.networks.app import networks_running
from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.gsma.deviations import DEVIATIONS
from ussd_app.simulator.networks.server import serving

BASES = ("", "/v1.2/mm", "/simulator/v1.2/passthrough/mm")


@pytest.fixture(scope="module")
def provider(fresh_database: str) -> Iterator[str]:
    configuration = NetworksConfiguration(
        database_url=fresh_database,
        web_url="http://127.0.0.1:9",
        data_key=b"a key for tests",
        sandbox=True,
        key_required=False,
        currencies=("VND", "USD"),
    )
    with networks_running(configuration) as url:
        yield url


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    listener = Listener()
    with serving(listener) as listener.url:
        yield listener


@pytest.mark.parametrize(("code", "case"), all_cases(), ids=[code for code, _ in all_cases()])
def test_case(provider, listener, code, case):
    before = sums(provider)
    run(case, provider + BASES[len(code) % 3], listener)
    assert sums(provider) == before


def sums(provider: str) -> dict[str, int]:
    """All money there is, by currency."""
    found: dict[str, int] = {}
    for account in requests.get(f"{provider}/control/book", timeout=10).json()["accounts"]:
        found[account["currency"]] = found.get(account["currency"], 0) + account["balance"]
    return found


def test_every_case_of_the_public_list_is_there():
    codes = [code for _, case in all_cases() for code in (case["code"], case.get("and")) if code]
    assert len(set(codes)) == len(codes)
    wanted = {f"DISBMT{number}" for number in (*range(100, 800, 100), *range(4001, 4009))}
    wanted |= {"ACCINF100", "ACCINF200", "ACCINF300", "ACCINF400", "ACCINF4001", "TXN100", "TXN4001"}
    wanted |= {"R&R100", "R&R200", "R&R4001", "R&R4002", "GEN100", "GEN200", "GEN4001", "GEN4002"}
    assert wanted <= set(codes)


def test_the_deviations_are_those_that_are_written_down():
    assert {name for _, case in all_cases() for name in case.get("deviations", [])} == set(DEVIATIONS)


def test_answers_really_are_held_against_the_published_files():
    done = {"amount": "1", "currency": "VND", "type": "transfer", "transactionReference": "1", "transactionStatus": "x"}
    parties = {"debitParty": [{"key": "msisdn", "value": "1"}], "creditParty": [{"key": "msisdn", "value": "2"}]}
    assert conforms("GET", "/v1.2/mm/transactions/1", 200, done | parties) == 2
    with pytest.raises(ValidationError):
        conforms("GET", "/transactions/1", 200, done)
    with pytest.raises(ValidationError):
        conforms("POST", "/batchtransactions", 400, {"errorCategory": "Validation", "errorCode": "genericError"})
