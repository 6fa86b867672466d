"""Each fault of the mobile-money provider does what its sentence says, as many times as asked, and no more."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ussd_app.simulator.networks.faults import SENTENCES, BadFault, Faults


def known(networks, client_id):
    return networks.get(f"/responses/{client_id}").status_code == 200


@pytest.mark.parametrize(("fault", "taken"), [("money_cut_after_accept", True), ("money_cut_before_accept", False)])
def test_the_line_drops_and_only_asking_tells_whether_the_order_was_taken(networks, fault, taken):
    client_id = str(uuid4())
    networks.break_(**{fault: 1})
    with pytest.raises(requests.ConnectionError):
        networks.order_code(client_id)
    assert known(networks, client_id) is taken
    assert networks.order_code(client_id).status_code == (400 if taken else 202)


@pytest.mark.parametrize(
    ("fault", "status", "taken"),
    [
        ("money_error_500", 500, False),
        ("money_error_500_after_accept", 500, True),
        ("money_unavailable", 503, False),
    ],
)
def test_an_error_is_answered_and_the_order_taken_or_not(networks, fault, status, taken):
    client_id = str(uuid4())
    networks.break_(**{fault: 1})
    answer = networks.order_code(client_id)
    assert (answer.status_code, answer.json()["errorCode"]) == (status, "genericError")
    assert known(networks, client_id) is taken
    assert networks.order_code(str(uuid4())).status_code == 202


def test_the_provider_may_not_be_asked(networks):
    networks.break_(money_enquiry_unavailable=1)
    assert [networks.get("/heartbeat").status_code for _ in range(2)] == [503, 200]


def test_an_order_that_is_never_answered_was_not_taken(networks):
    client_id = str(uuid4())
    networks.break_(money_never_answers=1)
    with pytest.raises(requests.ReadTimeout):
        requests.post(
            f"{networks.url}/v1.2/mm/accounts/accountid/asxh-thai-nguyen/authorisationcodes",
            json={"amount": "1000", "currency": "VND"},
            headers={"X-API-Key": "simulated", "X-CorrelationID": client_id},
            timeout=(3, 0.3),
        )
    assert not known(networks, client_id)


def test_a_refusal_comes_later_and_holds_nothing(networks):
    reserved = networks.balance()["reservedBalance"]
    networks.break_(money_refuse=1)
    client_id = str(uuid4())
    assert networks.order_code(client_id).status_code == 202
    assert networks.outcome(client_id)["error"]["errorCode"] == "insufficientFunds"
    assert networks.balance()["reservedBalance"] == reserved


def test_a_result_may_be_called_back_twice(networks, product):
    networks.break_(money_callback_twice=1)
    networks.order_code(str(uuid4()), f"{product.url}/money")
    assert product.hears() == product.hears()


def test_a_result_may_come_before_the_answer(networks, product):
    networks.break_(money_callback_first=1)
    networks.order_code(str(uuid4()), f"{product.url}/money")
    told = product.heard.get_nowait()
    assert json.loads(told.body)["codeState"] == "active"


def test_a_result_may_never_be_called_back_though_it_is_there_for_the_asking(networks, product):
    networks.break_(money_no_callback=1)
    client_id = str(uuid4())
    networks.order_code(client_id, f"{product.url}/money")
    assert networks.outcome(client_id)["codeState"] == "active"
    assert (networks.book()["callbacks_owed"], product.heard.empty()) == (0, True)


def test_a_callback_is_brought_again_until_the_product_takes_it(networks, product):
    statuses = iter([503, 500, 204])
    product.answer = lambda told: (next(statuses), "")
    client_id = str(uuid4())
    networks.order_code(client_id, f"{product.url}/money")
    assert [product.hears().headers["X_CORRELATIONID"] for _ in range(3)] == [client_id] * 3


def test_a_fault_is_used_up_by_its_count(networks):
    networks.break_(money_unavailable=2)
    assert [networks.order_code(str(uuid4())).status_code for _ in range(3)] == [503, 503, 202]


def test_every_fault_has_a_sentence_and_shows_its_setting(networks):
    networks.break_(money_unavailable=2, sms_refuse=0.25)
    listing = requests.get(f"{networks.url}/control/faults", timeout=10).json()
    assert set(listing) == set(SENTENCES)
    assert all(each["sentence"].endswith(".") for each in listing.values())
    assert {name: each["setting"] for name, each in listing.items() if each["setting"]} == {
        "money_unavailable": 2,
        "sms_refuse": 0.25,
    }


@pytest.mark.parametrize(
    "wish", [{"no_such": 1}, {"sms_slow": 0}, {"sms_slow": -1}, {"sms_slow": 1.5}, {"sms_slow": True}, ["sms_slow"], None]
)
def test_a_wish_that_makes_no_sense_is_answered_in_words_with_the_names(networks, wish):
    answer = requests.post(f"{networks.url}/control/faults", json=wish, timeout=10)
    assert (answer.status_code, answer.json()["names"]) == (400, list(SENTENCES))
    assert answer.json()["error"].endswith(".")


def test_one_bad_name_sets_none_of_the_others():
    faults = Faults()
    with pytest.raises(BadFault):
        faults.set({"sms_slow": 1, "no_such": 1})
    assert not faults.strikes("sms_slow")


@given(st.integers(1, 50))
def test_a_count_strikes_exactly_so_often(count):
    faults = Faults()
    faults.set({"sms_slow": count})
    assert sum(faults.strikes("sms_slow") for _ in range(count + 5)) == count


def test_a_share_strikes_now_and_then():
    faults = Faults()
    faults.set({"sms_slow": 0.5})
    assert 0 < sum(faults.strikes("sms_slow") for _ in range(1000)) < 1000
