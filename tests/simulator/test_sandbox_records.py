"""Batches, statements, keys and addresses of the provider alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import requests
from sandbox import ELDER, POINT, provider, running
from waiting import until

from ussd_app.simulator.networks.gsma.bases import canonical

__all__ = ["provider", "running"]


def row(amount: str, to: str = ELDER) -> dict[str, Any]:
    return {
        "amount": amount,
        "currency": "VND",
        "type": "disbursement",
        "debitParty": [{"key": "accountid", "value": "asxh-thai-nguyen"}],
        "creditParty": [{"key": "msisdn", "value": to}],
        "requestingOrganisationTransactionReference": f"row-{amount}",
    }


def test_a_batch_of_many_rows_pays_each_or_says_why_not(provider):
    rows = [*(row(str(1000 + number)) for number in range(120)), row("7", "+84990000030"), row("90000000000000")]
    had = provider.available()
    made = provider.call("POST", "/batchtransactions", {"transactions": rows, "batchTitle": "T1"})
    batch = until(lambda: provider.get(f"/requeststates/{made.json()['serverCorrelationId']}")["objectReference"])
    path = f"/batchtransactions/{batch}"
    assert (provider.get(path)["batchStatus"], provider.available()) == ("created", had)
    for _ in range(2):
        approved = [{"op": "replace", "path": "/batchStatus", "value": "approved"}]
        assert provider.call("PATCH", path, approved).status_code == 204
    done = until(lambda: (found := provider.get(path))["batchStatus"] == "completed" and found)
    counts = (done["parsingSuccessCount"], done["completedCount"], done["rejectionCount"], done["batchTitle"])
    assert counts == (122, 120, 2, "T1")
    answer = provider.call("GET", f"{path}/completions?limit=50&offset=100")
    assert len(answer.json()) == 20
    assert (answer.headers["X-Records-Available-Count"], answer.headers["X-Records-Returned-Count"]) == ("120", "20")
    paid = provider.get(answer.json()[0]["link"])
    assert paid["requestingOrganisationTransactionReference"] == "row-1100"
    reasons = [each["rejectionReason"].partition(":")[0] for each in provider.get(f"{path}/rejections")]
    assert reasons == ["lessThanTransactionMinValue", "insufficientFunds"]
    assert provider.available() == had + sum(1000 + number for number in range(120))


def test_statement_entries_tell_whose_request_each_was_and_which_way_it_went(provider):
    client_id = str(uuid4())
    body = {"amount": "3000", "currency": "VND", "creditParty": [{"key": "msisdn", "value": ELDER}]}
    paid = provider.ended(provider.call("POST", "/transactions/type/disbursement", body, X_CorrelationID=client_id))
    back = provider.reverse(paid["transactionReference"])
    for account, way in (("accountid/asxh-thai-nguyen", "debit"), (f"msisdn/{ELDER}", "credit")):
        newest = provider.get(f"/accounts/{account}/statemententries", limit="2")
        assert [each["transactionReference"] for each in newest] == [
            back["transactionReference"],
            paid["transactionReference"],
        ]
        assert newest[0]["originalTransactionReference"] == paid["transactionReference"]
        told = {each["key"]: each["value"] for each in newest[1]["metadata"]}
        assert (told["entryType"], told["clientCorrelationId"]) == (way, client_id)
        assert (newest[1]["transactionType"], newest[1]["amount"]) == ("disbursement", "3000")


def test_the_payer_of_a_code_finds_its_own_request_in_the_entry(provider):
    asked, redeemed = str(uuid4()), str(uuid4())
    wish = {"amount": "6000", "currency": "VND", "holdFundsIndicator": True}
    callback = f"{provider.listener.url}/callback"
    account = f"/accounts/msisdn@{ELDER}"
    provider.call("POST", f"{account}/authorisationcodes", wish, X_CorrelationID=asked, X_Callback_URL=callback)
    code = provider.hears(asked)["authorisationCode"]
    cash = {"amount": "6000", "currency": "VND", "oneTimeCode": code, "creditParty": [{"key": "storeid", "value": POINT}]}
    provider.ended(provider.call("POST", "/transactions/type/withdrawal", cash, X_CorrelationID=redeemed))
    for path, client_id in ((account, asked), (f"/accounts/storeid/{POINT}", redeemed)):
        (newest,) = provider.get(f"{path}/statemententries", limit="1", transactionType="withdrawal")
        assert {"key": "clientCorrelationId", "value": client_id} in newest["metadata"]


def test_pages_and_moments_cut_a_statement_without_gap_or_overlap(provider):
    for amount in ("101", "102", "103"):
        provider.pay(amount)
    path = f"/accounts/msisdn/{ELDER}/statemententries"
    whole = provider.get(path, limit="1000")
    pages = [each for offset in range(0, len(whole), 2) for each in provider.get(path, limit="2", offset=str(offset))]
    assert pages == whole
    second = whole[1]["creationDate"]
    since = provider.get(path, fromDateTime=second, limit="1000")
    assert [each["amount"] for each in since][:2] == ["103", "102"]
    assert since[-1]["creationDate"] == second
    assert provider.get(path, fromDateTime=second, toDateTime=second)[0]["creationDate"] == second
    assert provider.get(path, fromDateTime="then")["errorCode"] == "formatError"
    assert provider.get(path, limit="many")["errorCode"] == "invalidOffset"


def test_the_heart_tells_how_it_is(provider):
    provider.behave(service="degraded")
    assert (provider.get("/heartbeat")["serviceStatus"], provider.available() >= 0) == ("degraded", True)
    provider.behave(service="unavailable")
    assert provider.get("/heartbeat")["serviceStatus"] == "unavailable"
    assert provider.call("GET", "/transactions/NO").status_code == 503
    assert provider.call("POST", "/batchtransactions", {}).json()["errorCategory"] == "serviceUnavailable"


def test_a_token_lets_in_until_it_runs_out(provider):
    form = {"grant_type": "client_credentials", "client_id": "us", "client_secret": "simulated"}
    given = requests.post(f"{provider.url}/oauth/token", form, timeout=10).json()
    for token, status in ((given["access_token"], 200), (given["access_token"][1:], 401), ("1." + "0" * 64, 401)):
        assert provider.call("GET", "/heartbeat", Authorization=f"Bearer {token}").status_code == status
    assert requests.post(f"{provider.url}/oauth/token", form | {"client_secret": "guess"}, timeout=10).status_code == 401
    basic = requests.get(f"{provider.url}/heartbeat", auth=("us", "simulated"), timeout=10)
    assert basic.status_code == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X_CorrelationID": "1"}, "formatError"),
        ({"X_Date": "yesterday"}, "formatError"),
        ({"X_Callback_URL": "nowhere"}, "formatError"),
        ({"X_Content_Hash": "0" * 64}, "formatError"),
        ({"X_API_Key": "guess"}, "clientAuthorisationError"),
    ],
)
def test_a_header_that_cannot_be_meant_is_refused(provider, headers, code):
    body = {"amount": "1000", "currency": "VND", "creditParty": [{"key": "msisdn", "value": ELDER}]}
    assert provider.call("POST", "/transactions/type/transfer", body, **headers).json()["errorCode"] == code


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"amount": "0"}, "lessThanTransactionMinValue"),
        ({"amount": "1.5"}, "formatError"),
        ({"currency": "KES"}, "currencyNotSupported"),
        ({"creditParty": []}, "mandatoryValueNotSupplied"),
        ({"creditParty": [{"key": "shoesize", "value": "43"}]}, "formatError"),
        ({"creditParty": [{"key": "msisdn", "value": "hello"}]}, "formatError"),
        ({"amount": "999999999999999999"}, "greaterThanTransactionMaxValue"),
    ],
)
def test_a_payment_that_cannot_be_meant_is_refused_at_once(provider, wish, code):
    body = {"amount": "1000", "currency": "VND", "creditParty": [{"key": "msisdn", "value": ELDER}]} | wish
    answer = provider.call("POST", "/transactions/type/transfer", body)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)


def test_an_account_has_a_holder_a_status_and_an_owner(provider):
    assert provider.get(f"/accounts/msisdn/{ELDER}/accountname") == {"name": {"fullName": "NGUYEN THI PHUONG"}}
    assert provider.get(f"/accounts/msisdn@{ELDER}$walletid@7/status") == {"accountStatus": "available"}
    assert provider.get("/accounts/balance")["currency"] == "VND"
    assert provider.get("/accounts/msisdn@/status")["errorCode"] == "formatError"


@pytest.mark.parametrize(
    "path",
    [
        "/heartbeat",
        "//heartbeat",
        "/v1.2/mm/heartbeat",
        "/v1.1/mm//heartbeat",
        "/simulator/v1.2/passthrough/mm/heartbeat",
        "/any/where/v1.2/mm/heartbeat",
    ],
)
def test_every_base_leads_to_the_same_page(path):
    assert canonical(path) == "/v1.2/mm/heartbeat"
    assert canonical("/control/book") == "/control/book"
    assert canonical("/transactions//transactions/MM1") == "/v1.2/mm/transactions/MM1"
