"""Magic, limits, two steps and reversals of the provider alone; whatever happens, no money is made or lost."""

from __future__ import annotations

import hashlib
import json
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import requests
from sandbox import ELDER, provider, running
from waiting import until

from ussd_app.simulator.networks.gsma.magic import NUMBERS
from ussd_app.simulator.networks.server import serving

__all__ = ["provider", "running"]


def test_without_a_callback_address_a_provider_in_sync_answers_with_the_object(provider):
    provider.behave(sync=True)
    body = {"amount": "1000", "currency": "VND", "creditParty": [{"key": "msisdn", "value": ELDER}]}
    done = provider.call("POST", "/transactions/type/transfer", body)
    assert (done.status_code, done.json()["transactionStatus"]) == (201, "completed")
    refused = provider.call("POST", "/transactions/type/transfer", body | {"amount": "90000000000000"})
    assert (refused.status_code, refused.json()["errorCode"]) == (400, "insufficientFunds")


def test_fifty_equal_posts_are_one_payment(provider):
    had, client_id = provider.available(), str(uuid4())
    body = {"amount": "1000", "currency": "VND", "creditParty": [{"key": "msisdn", "value": ELDER}]}
    with ThreadPoolExecutor(25) as crowd:
        posts = list(
            crowd.map(
                lambda _: provider.call("POST", "/transactions/type/disbursement", body, X_CorrelationID=client_id),
                range(50),
            )
        )
    assert sorted(each.status_code for each in posts) == [202] + [400] * 49
    provider.ended(next(each for each in posts if each.status_code == 202))
    assert provider.available() == had + 1000


def test_payments_both_ways_at_once_neither_wait_for_ever_nor_make_money(provider):
    pair = (ELDER, "+84987654321")
    had = sum(provider.available(f"msisdn/{each}") for each in pair)

    def pay(_: int) -> str:
        payer, payee = random.sample(pair, 2)
        wishes = {"debitParty": [{"key": "msisdn", "value": payer}]}
        return provider.pay(str(random.randint(100, 900)), payee, **wishes).get("transactionStatus", "")

    with ThreadPoolExecutor(8) as crowd:
        assert set(crowd.map(pay, range(40))) == {"completed"}
    assert sum(provider.available(f"msisdn/{each}") for each in pair) == had


REASONS = sorted((number, fate.code) for number, fate in NUMBERS.items() if fate.code)


@pytest.mark.parametrize(("number", "code"), REASONS, ids=[f"{number[-2:]}-{code}" for number, code in REASONS])
def test_a_magic_number_fails_as_it_says(provider, number, code):
    had = provider.available("accountid/asxh-thai-nguyen")
    assert provider.pay("1000", number)["errorCode"] == code
    assert provider.available("accountid/asxh-thai-nguyen") == had


def test_stuck_is_pending_for_ever_and_a_client_that_goes_on_asking_is_sent_away(provider):
    body = {"amount": "1000", "currency": "VND", "creditParty": [{"key": "msisdn", "value": "+84990000001"}]}
    asked = f"/requeststates/{provider.call('POST', '/transactions/type/deposit', body).json()['serverCorrelationId']}"
    provider.behave(poll_limit=3)
    assert [provider.get(asked).get("status") for _ in range(4)] == ["pending"] * 3 + [None]
    assert provider.get(asked)["errorCode"] == "rateLimitError"


@pytest.mark.parametrize(("number", "taken"), [("+84990000009", True), ("+84990000010", False)])
def test_a_line_that_drops(provider, number, taken):
    client_id = str(uuid4())
    body = {"amount": "1000", "currency": "VND", "creditParty": [{"key": "msisdn", "value": number}]}
    with pytest.raises(requests.ConnectionError):
        provider.call("POST", "/transactions/type/deposit", body, X_CorrelationID=client_id)
    assert ("link" in provider.get(f"/responses/{client_id}")) is taken


def test_a_forged_callback_does_not_fit_its_hash(provider):
    heard: list[tuple[str, bytes]] = []

    def keep(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        heard.append((environ["HTTP_X_CONTENT_HASH"], environ["wsgi.input"].read()))
        start_response("204 No Content", [])
        return []

    with serving(keep) as url:
        for number in ("+84990000008", ELDER):
            body = {"amount": "1000", "currency": "VND", "creditParty": [{"key": "msisdn", "value": number}]}
            provider.call("POST", "/transactions/type/deposit", body, X_Callback_URL=url)
        until(lambda: len(heard) == 2)
    fits = {json.loads(body)["creditParty"][0]["value"]: hashlib.sha256(body).hexdigest() == sent for sent, body in heard}
    assert fits == {"+84990000008": False, ELDER: True}


def test_a_payment_in_two_steps_waits_and_is_confirmed_or_called_off(provider):
    for word, status in (("completed", "completed"), ("cancelled", "failed")):
        waiting = provider.pay("5000", "+84990000003")
        assert waiting["transactionStatus"] == "pending"
        change = [{"op": "replace", "path": "/transactionStatus", "value": word}]
        path = f"/transactions/{waiting['transactionReference']}"
        assert [provider.call("PATCH", path, change).status_code for _ in range(2)] == [204, 204]
        assert provider.get(path)["transactionStatus"] == status
        other = [{"op": "replace", "path": "/transactionStatus", "value": "completed" if status == "failed" else "failed"}]
        assert provider.call("PATCH", path, other).json()["errorCode"] == "incorrectState"


LIMITS = [
    ({"min_value": 5000}, "lessThanTransactionMinValue"),
    ({"max_value": 3000}, "greaterThanTransactionMaxValue"),
    ({"max_balance": 1}, "maxBalanceExceeded"),
    *(
        ({f"{period}_{measure}": 1}, f"{period}{measure.title()}LimitExceeded")
        for period in ("daily", "weekly", "monthly")
        for measure in ("volume", "value")
    ),
    ({"total_volume": 1}, "accountMaxTotalVolumeExceeded"),
    ({"total_value": 1}, "accountMaxTotalValueExceeded"),
]


@pytest.mark.parametrize(("limits", "code"), LIMITS, ids=[code for _, code in LIMITS])
def test_a_limit_is_told_by_its_own_code_and_nothing_moves(provider, limits, code):
    provider.pay("4000")
    had = provider.available()
    provider.behave(limits=limits)
    assert provider.pay("4000")["errorCode"] == code
    assert provider.available() == had


def test_a_payment_is_taken_back_in_parts_and_no_further(provider):
    paid = provider.pay("9000")["transactionReference"]
    part = provider.reverse(paid, amount="4000", currency="VND")
    assert (part["type"], part["originalTransactionReference"], part["amount"]) == ("reversal", paid, "4000")
    assert provider.get(f"/transactions/{paid}")["transactionStatus"] == "completed"
    assert provider.reverse(paid, amount="5001", currency="VND")["errorCode"] == "overPaymentNotAllowed"
    rest = provider.reverse(paid)
    assert rest["amount"] == "5000"
    now = provider.get(f"/transactions/{paid}")
    assert now["transactionStatus"] == "reversed"
    assert [each["value"] for each in now["metadata"]] == [part["transactionReference"], rest["transactionReference"]]
    assert provider.reverse(paid)["errorCode"] == "incorrectState"
    assert provider.reverse(rest["transactionReference"])["errorCode"] == "incorrectState"


def test_of_two_who_take_back_at_once_one_does(provider):
    paid = provider.pay("9000")["transactionReference"]
    with ThreadPoolExecutor(4) as crowd:
        ends = list(crowd.map(lambda _: provider.reverse(paid), range(4)))
    assert sorted(end.get("errorCode", "taken back") for end in ends) == ["incorrectState"] * 3 + ["taken back"]


def test_a_reversal_of_nothing_is_refused_at_once(provider):
    answer = provider.call("POST", "/transactions/NO/reversals", {"type": "reversal"})
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "identifierError")
