"""A code is ordered, held for, handed over once, or comes to nothing; and the provider's book always adds up."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

FLOAT = "accountid/asxh-thai-nguyen"
START = 10**13


@pytest.fixture(autouse=True)
def book_adds_up(networks):
    """No đồng is made or lost, whatever a test did; and what is reserved is what active codes are for."""
    yield
    book = networks.book()
    assert sum(account["balance"] for account in book["accounts"]) == START
    assert all(account["available"] >= 0 for account in book["accounts"])


def test_an_order_is_accepted_held_and_called_back_with_its_code(networks, product):
    reserved = int(networks.balance()["reservedBalance"])
    client_id = str(uuid4())
    answer = networks.order_code(client_id, f"{product.url}/callbacks/local/mobile-money/gsma")
    assert (answer.status_code, answer.json()["status"], answer.json()["notificationMethod"]) == (
        202,
        "pending",
        "callback",
    )

    told = product.hears()
    assert (told.method, told.path) == ("PUT", "/callbacks/local/mobile-money/gsma")
    assert told.headers["X_CORRELATIONID"] == client_id
    code = json.loads(told.body)
    assert (code["codeState"], code["amount"], len(code["authorisationCode"])) == ("active", "500000", 8)
    assert code["metadata"] == [{"key": "reference", "value": "R-7"}]
    assert networks.outcome(client_id) == code
    assert int(networks.balance()["reservedBalance"]) == reserved + 500_000

    state = networks.get(f"/requeststates/{answer.json()['serverCorrelationId']}").json()
    assert state["status"] == "completed"
    assert state["objectReference"] == code["authorisationCode"]


def test_without_a_callback_address_the_client_polls(networks):
    answer = networks.order_code(str(uuid4()))
    assert answer.json()["notificationMethod"] == "polling"


def test_a_code_is_redeemed_at_its_point_and_both_sides_are_told(networks, product):
    before = networks.book()
    client_id = str(uuid4())
    networks.order_code(client_id, f"{product.url}/money", amount="700000")
    code = json.loads(product.hears().body)["authorisationCode"]
    answer = networks.redeem("1001", code)
    assert (answer.status_code, answer.json()["amount"]) == (200, 700_000)
    reference = answer.json()["reference"]

    told = product.hears()
    withdrawal = json.loads(told.body)
    assert (told.method, told.headers["X_CORRELATIONID"]) == ("PUT", client_id)
    assert (withdrawal["type"], withdrawal["transactionStatus"]) == ("withdrawal", "completed")
    assert withdrawal["transactionReference"] == reference
    assert withdrawal["requestingOrganisationTransactionReference"] == "R-7"
    assert withdrawal["creditParty"] == [{"key": "storeid", "value": "1001"}]

    ended = networks.outcome(client_id)
    assert ended["codeState"] == "expired"
    assert {"key": "redemptionTransactionReference", "value": reference} in ended["metadata"]
    assert networks.get(f"/transactions/{reference}").json() == withdrawal
    assert withdrawal in networks.get(f"/accounts/{FLOAT}/transactions", limit="1000").json()
    after = networks.book()
    assert (after["withdrawals"], after["withdrawn"]) == (before["withdrawals"] + 1, before["withdrawn"] + 700_000)


def test_two_who_redeem_at_once_get_the_cash_once(networks):
    code = networks.code()["authorisationCode"]
    withdrawn = networks.book()["withdrawn"]
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: networks.redeem("1001", code), range(8)))
    assert sorted(each.status_code for each in answers) == [200] + [409] * 7
    assert {each.json()["error"] for each in answers if each.status_code == 409} == {"This code has already been used."}
    assert networks.book()["withdrawn"] == withdrawn + 500_000


def test_the_same_order_fifty_times_at_once_is_taken_once(networks):
    reserved = int(networks.balance()["reservedBalance"])
    client_id = str(uuid4())
    with ThreadPoolExecutor(25) as crowd:
        answers = list(crowd.map(lambda _: networks.order_code(client_id), range(50)))
    assert sorted(each.status_code for each in answers) == [202] + [400] * 49
    assert {each.json()["errorCode"] for each in answers if each.status_code == 400} == {"duplicateRequest"}
    networks.outcome(client_id)
    assert int(networks.balance()["reservedBalance"]) == reserved + 500_000


def test_a_code_that_nobody_fetched_expires_and_gives_its_reserve_back(networks):
    client_id = str(uuid4())
    networks.order_code(client_id, codeLifetime=1)
    code = networks.outcome(client_id)["authorisationCode"]
    reserved = int(networks.balance()["reservedBalance"])
    while networks.outcome(client_id)["codeState"] == "active":
        pass
    ended = networks.outcome(client_id)
    assert (ended["codeState"], ended["metadata"]) == ("expired", [{"key": "reference", "value": "R-7"}])
    assert int(networks.balance()["reservedBalance"]) == reserved - 500_000
    answer = networks.redeem("1001", code)
    assert (answer.status_code, answer.json()) == (409, {"error": "This code has expired."})


CANCEL = [{"op": "replace", "path": "/codeState", "value": "cancelled"}]


def test_a_code_is_cancelled_once_and_for_all(networks):
    code = networks.code()["authorisationCode"]
    reserved = int(networks.balance()["reservedBalance"])
    path = f"/accounts/{FLOAT}/authorisationcodes/{code}"
    assert [networks.send("PATCH", path, CANCEL).status_code for _ in range(2)] == [204, 204]
    assert networks.get(path).json()["codeState"] == "cancelled"
    assert int(networks.balance()["reservedBalance"]) == reserved - 500_000
    answer = networks.redeem("1001", code)
    assert (answer.status_code, answer.json()) == (409, {"error": "This code was cancelled."})


def test_a_redeemed_code_can_no_longer_be_cancelled(networks):
    code = networks.code()["authorisationCode"]
    networks.redeem("1001", code)
    answer = networks.send("PATCH", f"/accounts/{FLOAT}/authorisationcodes/{code}", CANCEL)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "incorrectState")


def test_a_code_is_good_at_its_own_point_only(networks):
    code = networks.code()["authorisationCode"]
    answer = networks.redeem("2002", code)
    assert (answer.status_code, answer.json()) == (409, {"error": "This code is for another pay point."})
    assert networks.redeem("1001", code).status_code == 200


def test_guessing_is_stopped_at_the_point_where_it_happens(networks):
    answers = [networks.redeem("3003", f"no-{number}").status_code for number in range(11)]
    assert answers == [404] * 10 + [429]
    assert networks.redeem("3004", "no-such").status_code == 404


def withdraw(networks, code, point="1001", **wishes):
    client_id = str(uuid4())
    body = {
        "amount": "500000",
        "currency": "VND",
        "oneTimeCode": code,
        "creditParty": [{"key": "storeid", "value": point}],
    }
    answer = networks.send("POST", "/transactions/type/withdrawal", body | wishes, X_CorrelationID=client_id)
    assert answer.status_code == 202
    return networks.outcome(client_id)


def test_an_agents_own_system_may_post_the_withdrawal(networks):
    code = networks.code()["authorisationCode"]
    done = withdraw(networks, code)
    assert (done["transactionStatus"], done["debitParty"]) == (
        "completed",
        [{"key": "accountid", "value": "asxh-thai-nguyen"}],
    )
    assert withdraw(networks, code)["error"]["errorCode"] == "incorrectState"


@pytest.mark.parametrize(
    ("wishes", "error"),
    [
        ({"point": "2002"}, "servicingPartyAuthorisationError"),
        ({"amount": "400000"}, "underPaymentNotAllowed"),
        ({"amount": "600000"}, "overPaymentNotAllowed"),
        ({"debitParty": [{"key": "msisdn", "value": "+84912345678"}]}, "requestingPartyAuthorisationError"),
    ],
)
def test_a_withdrawal_that_does_not_fit_its_code_fails_and_the_code_stays_good(networks, wishes, error):
    code = networks.code()["authorisationCode"]
    failed = withdraw(networks, code, **wishes)
    assert (failed["status"], failed["error"]["errorCode"]) == ("failed", error)
    assert networks.redeem("1001", code).status_code == 200


def test_a_failed_order_is_told_with_the_standards_error_object(networks, product):
    client_id = str(uuid4())
    networks.order_code(client_id, f"{product.url}/money", amount=str(START * 2))
    error = json.loads(product.hears().body)
    assert (error["errorCategory"], error["errorCode"]) == ("businessRule", "insufficientFunds")
    assert set(error) == {"errorCategory", "errorCode", "errordescription", "errorDateTime"}
    assert networks.outcome(client_id)["error"] == error


def test_a_disbursement_moves_money_straight_to_an_account(networks):
    client_id = str(uuid4())
    body = {
        "amount": "250000",
        "currency": "VND",
        "debitParty": [{"key": "accountid", "value": "asxh-thai-nguyen"}],
        "creditParty": [{"key": "msisdn", "value": "+84912345678"}],
    }
    networks.send("POST", "/transactions/type/disbursement", body, X_CorrelationID=client_id)
    assert networks.outcome(client_id)["transactionStatus"] == "completed"
    assert networks.balance("msisdn/+84912345678")["availableBalance"] == "250000"


def test_codes_are_listed_by_state(networks):
    code = networks.code()
    listed = networks.get(f"/accounts/{FLOAT}/authorisationcodes", codeState="active", limit="1000")
    assert code in listed.json()
    assert listed.headers["X-Records-Returned-Count"] == str(len(listed.json()))


@pytest.mark.parametrize(
    ("wishes", "category", "code"),
    [
        ({"amount": "abc"}, "validation", "formatError"),
        ({"amount": "-5"}, "validation", "negativeValue"),
        ({"amount": "5.5"}, "validation", "formatError"),
        ({"amount": 500000}, "validation", "formatError"),
        ({"amount": "0"}, "businessRule", "lessThanTransactionMinValue"),
        ({"currency": "XYZ"}, "validation", "currencyNotSupported"),
        ({"currency": "USD"}, "validation", "currencyNotSupported"),
        ({"codeLifetime": 0}, "validation", "formatError"),
        ({"requestDate": "yesterday"}, "validation", "formatError"),
        ({"redemptionAccountIdentifiers": [{"key": "storeid"}]}, "validation", "mandatoryValueNotSupplied"),
    ],
)
def test_an_order_against_the_standard_is_refused_at_once(networks, wishes, category, code):
    answer = networks.order_code(str(uuid4()), **wishes)
    assert (answer.status_code, answer.json()["errorCategory"], answer.json()["errorCode"]) == (400, category, code)


def test_an_order_without_a_correlation_id_is_refused(networks):
    answer = networks.send("POST", f"/accounts/{FLOAT}/authorisationcodes", {"amount": "1", "currency": "VND"})
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "mandatoryValueNotSupplied")


def test_a_wrong_key_does_not_get_in(networks):
    answer = networks.send("POST", f"/accounts/{FLOAT}/authorisationcodes", {}, X_API_Key="guess")
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "clientAuthorisationError")


@pytest.mark.parametrize(
    "path", [f"/responses/{UUID(int=8899)}", f"/requeststates/{UUID(int=1)}", "/transactions/NO", "/no/such"]
)
def test_what_is_not_there_is_an_identifier_error(networks, path):
    answer = networks.get(path)
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "identifierError")


def test_a_type_of_transaction_that_there_is_not(networks):
    body = {"amount": "1", "currency": "VND", "creditParty": [{"key": "msisdn", "value": "+84912345678"}]}
    answer = networks.send("POST", "/transactions/type/barter", body, X_CorrelationID=str(uuid4()))
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "transactionTypeError")


def test_the_heart_beats(networks):
    assert networks.get("/heartbeat").json() == {"serviceStatus": "available"}
