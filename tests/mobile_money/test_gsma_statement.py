"""A statement is read to its end, whatever the pages are like, and no line of it is passed over in silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.mobile_money.loopback import Loopback, Said, loopback
from ussd_app.domain.statements import LineKind, StatementLine
from workers.mobile_money.gsma import GsmaMobileMoney
from workers.mobile_money.port import StatementCut

NIGHT, MORNING = datetime(2027, 1, 24, 17, tzinfo=UTC), datetime(2027, 1, 25, 17, tzinfo=UTC)
PATH = "GET /accounts/accountid/asxh/statemententries"
SPAN = "fromDateTime=2027-01-24T17%3A00%3A00%2B00%3A00&toDateTime=2027-01-25T17%3A00%3A00%2B00%3A00"
PAST = {"errorCategory": "validation", "errorCode": "invalidOffset"}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback(Said(200, b"[]")) as server:
        yield server


def entries(first: int, how_many: int, **said: object) -> list[dict[str, object]]:
    return [
        {
            "transactionReference": f"T{number}", "transactionStatus": "completed", "amount": "1000", "currency": "VND",
            "creationDate": "2027-01-25T03:00:00Z", "transactionType": "withdrawal",
            "debitParty": [{"key": "accountid", "value": "asxh"}], **said,
        }
        for number in range(first, first + how_many)
    ]  # fmt: skip


def page(server: Loopback, offset: int, told: object, status: int = 200, **headers: str) -> None:
    server.says[f"{PATH}?{SPAN}&limit=100&offset={offset}"] = Said(status, json.dumps(told).encode(), headers=headers)


def read(server: Loopback) -> list[StatementLine]:
    return list(GsmaMobileMoney(server.address, "key", "asxh").statement(NIGHT, MORNING))


def test_they_may_give_fewer_at_once_than_we_ask_for(server: Loopback) -> None:
    page(server, 0, entries(0, 50))
    page(server, 50, entries(50, 50))
    page(server, 100, PAST, status=400)
    assert len(read(server)) == 100


def test_a_count_that_is_less_than_what_came_ends_nothing(server: Loopback) -> None:
    headers = {"X-Records-Available-Count": "10"}
    page(server, 0, entries(0, 100), **headers)
    page(server, 100, entries(100, 10), **headers)
    assert len(read(server)) == 110


@pytest.mark.parametrize(("how_many", "whole"), [(3, True), (100, False)])
def test_a_provider_that_turns_no_pages(server: Loopback, how_many: int, whole: bool) -> None:
    server.says[PATH] = Said(200, json.dumps(entries(0, how_many)).encode())
    if whole:
        assert len(read(server)) == how_many
    else:
        with pytest.raises(StatementCut):
            read(server)
    assert len(server.heard) == 2


def test_a_status_that_nobody_knows_is_shown_and_a_refusal_moved_nothing(server: Loopback) -> None:
    said = [("settled", LineKind.OTHER), ("Failed", None), ("Completed", LineKind.PAID_OUT)]
    page(server, 0, [entry for n, (status, _) in enumerate(said) for entry in entries(n, 1, transactionStatus=status)])
    assert [line.kind for line in read(server)] == [kind for _, kind in said if kind]


def test_a_reversal_says_which_payment_it_takes_back(server: Loopback) -> None:
    page(server, 0, entries(0, 1, transactionType="reversal", originalTransactionReference="W1"))
    assert [(line.kind, line.original) for line in read(server)] == [(LineKind.REVERSED, "W1")]
