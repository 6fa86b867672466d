"""A whole conversation with a provider on loopback, with what a network may do to it."""

import json
import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
import requests

from tests.mobile_money.loopback import Loopback, Said, loopback
from tests.mobile_money.loopback import recorded as recorded_of
from ussd_app.domain.money import Dong
from workers.mobile_money import connection
from workers.mobile_money.gsma import GsmaMobileMoney
from workers.mobile_money.port import (
    Accepted,
    AtPoint,
    Busy,
    Failed,
    Hint,
    Issued,
    MobileMoney,
    NotFound,
    Order,
    Paid,
    Pending,
    Redemption,
    StillUnsure,
    Unsure,
)

ATTEMPT = UUID("7d5f5a5e-2f3a-4c1b-8a55-0f7e3c9d1b20")
ORDER = Order(ATTEMPT, "R7K2M4", Dong(500_000), AtPoint("1024", 172_800))
CODE = "48219375"
CODES = "/accounts/accountid/asxh-thai-nguyen/authorisationcodes"


def recorded(name: str) -> Said:
    return recorded_of("gsma", name)


@pytest.fixture
def provider() -> Iterator[Loopback]:
    with loopback(recorded("response_never_seen")) as provider:
        yield provider


@pytest.fixture
def money(provider: Loopback) -> GsmaMobileMoney:
    return GsmaMobileMoney(provider.address + "/", "key-of-ours", "asxh-thai-nguyen", "https://asxh.example/back")


def ask(provider: Loopback, money: MobileMoney, linked: str | Said, link: str = f"{CODES}/{CODE}") -> object:
    provider.says[f"GET /responses/{ATTEMPT}"] = Said(body=json.dumps({"link": link}).encode())
    provider.says[f"GET {link}"] = recorded(linked) if isinstance(linked, str) else linked
    return money.enquire(ORDER)


def test_what_is_asked_of_them(provider: Loopback, money: MobileMoney):
    provider.says[f"POST {CODES}"] = recorded("submit_accepted_to_be_called_back")
    assert money.submit(ORDER) == Accepted("0c2f5d1e-6a86-4f0c-9c07-2a37b8f0e111")
    ((heard, headers, wish),) = provider.heard
    assert heard == f"POST {CODES}"
    assert headers["x-correlationid"] == str(ATTEMPT)
    assert headers["x-callback-url"] == "https://asxh.example/back"
    assert headers["x-api-key"] == "key-of-ours"
    assert headers["x-channel"] == "USSD"
    assert wish.pop("requestDate") == headers["x-date"]
    assert datetime.fromisoformat(headers["x-date"]).tzinfo == UTC
    assert wish == {
        "amount": "500000",
        "currency": "VND",
        "amountType": "exact",
        "codeLifetime": 172_800,
        "holdFundsIndicator": True,
        "redemptionAccountIdentifiers": [{"key": "storeid", "value": "1024"}],
        "redemptionTransactionTypes": [{"transactionType": "withdrawal"}],
        "metadata": [{"key": "reference", "value": "R7K2M4"}],
    }


def test_the_code_with_its_end(provider: Loopback, money: MobileMoney):
    issued = ask(provider, money, "link_code_active")
    assert issued == Issued(CODE, datetime(2027, 1, 2, 10, 5, tzinfo=UTC), str(ATTEMPT))
    assert CODE not in repr(issued)


def test_a_redeemed_code_is_paid_only_when_its_transaction_says_so(provider: Loopback, money: MobileMoney):
    provider.says["GET /transactions/REF-77001"] = recorded("transaction_completed")
    assert ask(provider, money, "link_code_redeemed") == Paid("REF-77001", datetime(2026, 12, 31, 11, tzinfo=UTC))
    provider.says["GET /transactions/REF-77001"] = recorded("transaction_another_amount")
    assert money.enquire(ORDER) == StillUnsure("amount differs")
    provider.says["GET /transactions/REF-77001"] = Said(503)
    assert money.enquire(ORDER) == StillUnsure("http_503")


@pytest.mark.parametrize("status", [401, 404, 500])
def test_an_error_in_place_of_an_answer_says_nothing_of_a_code(provider: Loopback, money: GsmaMobileMoney, status: int):
    said = Said(status, recorded("response_our_key").body)
    ask(provider, money, said, "/requeststates/77")
    assert isinstance(money.redeem(Redemption(ATTEMPT, "", "1024")), Unsure)


def test_under_way_failed_and_never_seen(provider: Loopback, money: MobileMoney):
    assert money.enquire(ORDER) == NotFound()
    assert ask(provider, money, "link_request_pending", "/requeststates/1") == Pending(100)
    assert ask(provider, money, "link_request_failed", "/requeststates/1") == Failed("insufficient_float")
    assert ask(provider, money, "link_code_expired") == Failed("expired")


def test_a_completed_request_leads_on_to_its_code(provider: Loopback, money: MobileMoney):
    provider.says["GET /accounts/accountid/a/authorisationcodes/48219375"] = recorded("link_code_active")
    assert isinstance(ask(provider, money, "link_request_completed", "/requeststates/1"), Issued)


def test_links_that_go_round_end(provider: Loopback, money: MobileMoney):
    path = "/accounts/accountid/a/authorisationcodes/48219375"
    provider.says[f"GET {path}"] = recorded("link_request_completed")
    assert ask(provider, money, "link_request_completed", "/requeststates/1") == StillUnsure("links without end")


@pytest.mark.parametrize("link", ["https://elsewhere.example/code", "//elsewhere.example/code", "code", "/a/../b"])
def test_our_key_goes_nowhere_else(provider: Loopback, money: MobileMoney, link: str):
    assert ask(provider, money, Said(), link) == StillUnsure("link leads away")
    assert len(provider.heard) == 1


def test_a_full_link_to_themselves_is_followed(provider: Loopback, money: MobileMoney):
    provider.says[f"GET /responses/{ATTEMPT}"] = Said(body=json.dumps({"link": f"{provider.address}{CODES}/1"}).encode())
    provider.says[f"GET {CODES}/1"] = recorded("link_code_cancelled")
    assert money.enquire(ORDER) == Failed("cancelled")


def test_a_redirect_is_not_followed(provider: Loopback, money: MobileMoney):
    provider.says[f"POST {CODES}"] = Said(302, headers={"Location": "/elsewhere"})
    assert money.submit(ORDER) == Unsure("http_302")
    assert len(provider.heard) == 1


def test_refused_connection_is_surely_not_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        money = GsmaMobileMoney(f"http://127.0.0.1:{taken.getsockname()[1]}", "key", "account")
        assert money.submit(ORDER) == Busy("no_connection")
        assert isinstance(money.enquire(ORDER), StillUnsure)


@pytest.mark.parametrize("fault", ["silence", "reset", "half"])
def test_what_breaks_after_the_request_left_is_unsure(
    provider: Loopback, money: MobileMoney, fault: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection, "CONNECT_AND_READ_S", (3.05, 0.2))
    provider.says[f"POST {CODES}"] = Said(202, b"{}", fault)
    provider.says[f"GET /responses/{ATTEMPT}"] = Said(200, b"{}", fault)
    assert isinstance(money.submit(ORDER), Unsure)
    assert len(provider.heard) == 1, "never sent a second time"
    assert isinstance(money.enquire(ORDER), StillUnsure)


def test_calls_share_one_connection(provider: Loopback, money: MobileMoney):
    for _ in range(5):
        money.enquire(ORDER)
    assert (len(provider.heard), provider.connections) == (5, 1)


def test_no_code_comes_into_a_log_or_an_answer(
    provider: Loopback, money: MobileMoney, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection, "CONNECT_AND_READ_S", (3.05, 0.2))
    with caplog.at_level(logging.DEBUG):
        said = [repr(ask(provider, money, Said(fault=fault))) for fault in ("silence", "reset", "half")]
        said.append(repr(ask(provider, money, "link_code_active")))
        requests.get(f"{provider.address}/of-somebody-else", timeout=5)
    assert CODE not in "".join(said)
    assert CODE not in caplog.text
    assert "of-somebody-else" in caplog.text, "only our own calls are silent"


# ---- callbacks -------------------------------------------------------------------------------------------

READY = json.dumps({"authorisationCode": CODE, "codeState": "active", "creationDate": "2026-12-31T10:05:00Z"}).encode()


@pytest.fixture
def reader() -> MobileMoney:
    return GsmaMobileMoney("http://127.0.0.1:9", "key", "account")


def event_key(reader: MobileMoney, body: bytes, attempt: UUID = ATTEMPT) -> str:
    hint = reader.read_callback({"X-CorrelationID": str(attempt)}, body)
    assert hint is not None
    return hint.event_key


@pytest.mark.parametrize("name", ["X-CorrelationID", "x-correlationid", "X-Correlationid"])
def test_a_callback_says_whom_it_concerns(reader: MobileMoney, name: str):
    assert reader.read_callback({name: str(ATTEMPT).upper()}, READY) == Hint(ATTEMPT, event_key(reader, READY))


@pytest.mark.parametrize(
    "headers", [{}, {"X-CorrelationID": ""}, {"X-CorrelationID": "7"}, {"X-CorrelationID": f"{{{ATTEMPT}}}"}]
)
def test_what_names_no_attempt_is_no_callback(reader: MobileMoney, headers: dict[str, str]):
    assert reader.read_callback(headers, READY) is None


def test_the_same_event_has_the_same_key_and_another_has_another(reader: MobileMoney):
    expired = READY.replace(b"active", b"expired")
    keys = [event_key(reader, READY), event_key(reader, expired), event_key(reader, READY, UUID(int=7))]
    assert event_key(reader, READY) == keys[0]
    assert len(set(keys)) == 3
    assert event_key(reader, b"not json")


def test_no_key_can_be_turned_back_into_a_code(reader: MobileMoney):
    assert event_key(reader, READY) == event_key(reader, READY.replace(CODE.encode(), b"00000000"))
