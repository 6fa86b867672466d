"""The MTN MoMo page keeps the contract, and every answer recorded in tests/wire/mtn_momo means what is written there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.mobile_money.contract import ATTEMPT, Contract, Stage, on_loopback
from tests.mobile_money.loopback import WIRE, Said, recorded
from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from workers.mobile_money import port
from workers.mobile_money.connection import Answer
from workers.mobile_money.mtn_momo import MtnMomo
from workers.mobile_money.mtn_momo_answers import read_state, read_submitted
from workers.mobile_money.port import Accepted, Funds, Heartbeat, Holder, NoWallet, Order, Service, ToWallet

PHONE = Phone("+84912000101")
ORDER = Order(ATTEMPT, "R7K2M4", Dong(500_000), ToWallet(PHONE))
SUBMIT = "POST /disbursement/v1_0/transfer"
ENQUIRE = f"GET /disbursement/v1_0/transfer/{ATTEMPT}"
TOKEN = Said(body=json.dumps({"access_token": "token-of-ours", "expires_in": 3600}).encode())
HOLDER = "GET /disbursement/v1_0/accountholder/msisdn/84912000101"


def said(name: str) -> Said:
    return recorded("mtn_momo", name)


def state(name: str) -> dict[str, Said]:
    return {ENQUIRE: said(name)}


class TestMtnMomo(Contract):
    stage = Stage(
        make=lambda address: MtnMomo(
            address, "subscription", "user", "key-of-ours", "sandbox", "https://asxh.example/back"
        ),
        order=ORDER,
        submit=SUBMIT,
        enquire=ENQUIRE,
        always={"POST /disbursement/token/": TOKEN},
        submitted={
            "taken": said("submit_accepted"),
            "known already": said("submit_duplicate"),
            "unavailable": said("submit_unavailable"),
            "our key": said("submit_subscription_key"),
            "our account is short": said("submit_float_is_short"),
            "nobody there to be paid": said("submit_payee_not_found"),
            "internal error": said("submit_internal_error"),
            "a proxy's own page": said("submit_bad_gateway"),
            "an address not theirs": said("submit_address_not_theirs"),
            "redirected": Said(302, headers={"Location": "/elsewhere"}),
        },
        enquired={
            "under way": state("state_pending"),
            "paid": state("state_successful"),
            "paid, written with decimals": state("state_successful_with_decimals"),
            "paid, in another case": state("state_successful_in_another_case"),
            "paid, and a part of a đồng": state("state_successful_part_of_a_dong"),
            "paid, in an exponent": state("state_successful_exponent"),
            "paid, less than nothing": state("state_successful_negative"),
            "paid, past 64 bits": state("state_successful_past_64_bits"),
            "paid, another amount": state("state_successful_another_amount"),
            "paid, in another currency": state("state_successful_another_currency"),
            "paid, to somebody else": state("state_successful_another_party"),
            "failed, for want of funds": state("state_failed_float_is_short"),
            "failed, nobody there to be paid": state("state_failed_payee_not_found"),
            "a status never seen": state("state_never_seen_before"),
            "never arrived": state("state_never_arrived"),
            "a 404 of somebody else's": state("state_somebody_else_says_404"),
            "our key": state("state_our_key"),
            "unavailable": state("state_unavailable"),
            "not JSON": state("state_not_json"),
        },
        callback=(
            {"Content-Type": "application/json"},
            json.dumps({"externalId": str(ATTEMPT), "status": "FAILED"}).encode(),
        ),
        secrets=("key-of-ours", "token-of-ours", "84912000101"),
    )


@pytest.mark.parametrize("path", sorted((WIRE / "mtn_momo").glob("*.json")), ids=lambda path: path.stem)
def test_recorded_words(path: Path) -> None:
    case = json.loads(path.read_text())
    answer = Answer(case["status"], recorded("mtn_momo", path.stem).body)
    read = read_submitted(answer, ORDER) if case["question"] == "submit" else read_state(answer, ORDER)
    name, *values = case["answer"]
    assert read == getattr(port, name)(*values)


def test_what_is_asked_of_them() -> None:
    with on_loopback(TestMtnMomo.stage) as (server, provider):
        server.says[SUBMIT] = said("submit_accepted")
        assert provider.submit(ORDER) == Accepted(str(ATTEMPT))
        (_, token, _), (_, headers, wish) = server.heard
    assert token["authorization"] == "Basic dXNlcjprZXktb2Ytb3Vycw=="
    assert headers["authorization"] == "Bearer token-of-ours"
    assert headers["ocp-apim-subscription-key"] == token["ocp-apim-subscription-key"] == "subscription"
    assert headers["x-reference-id"] == str(ATTEMPT)
    assert headers["x-target-environment"] == "sandbox"
    assert headers["x-callback-url"] == "https://asxh.example/back"
    assert wish == {
        "amount": "500000",
        "currency": "VND",
        "externalId": str(ATTEMPT),
        "payee": {"partyIdType": "MSISDN", "partyId": "84912000101"},
        "payerMessage": "R7K2M4",
        "payeeNote": "R7K2M4",
    }


def test_whose_wallet_and_what_our_account_holds() -> None:
    with on_loopback(TestMtnMomo.stage) as (server, made):
        provider = TestMtnMomo.stage.make(server.address)
        assert isinstance(provider, MtnMomo)
        server.says[f"{HOLDER}/active"] = Said(body=b'{"result": true}')
        server.says[f"{HOLDER}/basicuserinfo"] = Said(body=b'{"given_name": "Phuong", "family_name": "Nguyen Thi"}')
        assert provider.holder(PHONE) == Holder("Nguyen Thi Phuong")
        server.says[f"{HOLDER}/active"] = Said(body=b'{"result": false}')
        assert provider.holder(PHONE) == NoWallet("wallet_closed")
        server.says[f"{HOLDER}/active"] = said("state_never_arrived")
        assert provider.holder(PHONE) == NoWallet("no_wallet")
        server.says["GET /disbursement/v1_0/account/balance"] = Said(body=b'{"availableBalance": "70", "currency": "VND"}')
        assert provider.balance() == Funds(Dong(70), Dong(0))
        assert made.heartbeat() == Heartbeat(Service.UNKNOWN)
