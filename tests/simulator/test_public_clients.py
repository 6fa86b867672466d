"""What GSMA's public client libraries send, and how; the provider alone takes it as their sandbox does."""

from __future__ import annotations

import json
from uuid import uuid4

import requests
from sandbox import provider, running

__all__ = ["provider", "running"]

PAYER, PAYEE = [{"key": "msisdn", "value": "+44012345678"}], [{"key": "walletid", "value": "1"}]
APPROVED = [{"op": "replace", "path": "/batchStatus", "value": "approved"}]


def test_a_token_is_had_and_an_account_is_read_where_their_sandbox_has_it(provider):
    url = f"{provider.url}/v1/oauth/accesstoken"
    form = {"grant_type": "client_credentials"}
    token = requests.post(url, data=form, auth=("consumer", "simulated"), timeout=10).json()["access_token"]
    assert requests.post(url, data=form, auth=("consumer", "wrong"), timeout=10).status_code == 401
    shown = {"Authorization": f"Bearer {token}"}
    path = "/2/oauth/simulator/v1.2/mm/accounts/walletid/1/balance/"
    assert provider.call("GET", path, **shown).status_code == 200
    for account in ("walletid/1", "walletid@1", "accountid/12345"):
        (person,) = provider.get(f"/accounts/{account}")["identity"]
        assert person["identityKyc"]["subjectName"] == {"fullName": "GSMA CLIENT"}
    assert provider.call("GET", "/accounts/walletid/nobody").status_code == 404


def test_who_asks_at_once_and_only_once_hears_how_it_ended(provider):
    """Withdrawal by code, whose state is asked a moment after each request and whose reference is then put in a path."""

    def asked(path, body):
        state = provider.call("POST", path, body).json()
        return provider.get(f"/requeststates/{state['serverCorrelationId']}")

    codes = "/accounts/walletid/1/authorisationcodes"
    made = asked(codes, {"amount": "1000.00", "currency": "USD", "requestDate": "2018-07-03T10:43:27.405Z"})
    assert made["status"] == "completed"
    code = provider.get(f"{codes}/{made['objectReference']}")
    assert code["codeState"] == "active"
    body = {"amount": "1000.00", "currency": "USD", "oneTimeCode": code["authorisationCode"]}
    paid = asked("/transactions/type/withdrawal", body | {"debitParty": PAYEE, "creditParty": PAYER})
    assert provider.get(f"/transactions/{paid['objectReference']}")["transactionStatus"] == "completed"
    back = asked(f"/transactions/{paid['objectReference']}/reversals", {"type": "reversal"})
    assert back["status"] == "completed"


def test_a_change_with_an_id_and_no_callback_is_answered_with_how_it_ended(provider):
    row = {"amount": "20.00", "currency": "USD", "type": "transfer", "debitParty": PAYER, "creditParty": PAYEE}
    made = provider.call("POST", "/batchtransactions", {"transactions": [row], "batchTitle": "Batch_Test"}).json()
    batch = provider.get(f"/requeststates/{made['serverCorrelationId']}")["objectReference"]
    path, client_id = f"/batchtransactions/{batch}", str(uuid4())
    answers = [provider.call("PATCH", path, APPROVED, X_CorrelationID=client_id) for _ in range(2)]
    assert [each.status_code for each in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert (answers[0].json()["notificationMethod"], answers[0].json()["status"]) == ("polling", "completed")
    provider.behave(sync=True)
    for headers in ({"X_CorrelationID": client_id}, {}):
        assert provider.call("PATCH", path, APPROVED, **headers).status_code == 204


def test_a_body_may_come_in_chunks(provider):
    body = json.dumps({"amount": "20.00", "currency": "USD", "debitParty": PAYER, "creditParty": PAYEE}).encode()
    url, headers = f"{provider.url}/transactions/type/transfer", {"X-CorrelationID": str(uuid4())}
    with requests.Session() as line:
        chunks = (body[at : at + 40] for at in range(0, len(body), 40))
        taken = line.post(url, data=chunks, headers=headers, timeout=10)
        assert taken.status_code == 202
        assert line.get(f"{provider.url}/responses/{headers['X-CorrelationID']}", timeout=10).status_code == 200
    both = headers | {"Content-Length": "5", "Transfer-Encoding": "chunked"}
    assert requests.post(url, data=b"5", headers=both, timeout=10).status_code == 400
