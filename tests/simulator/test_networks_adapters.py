"""The product's own providers understand these networks, when all is well and when the line drops."""

from __future__ import annotations

from uuid import uuid4

import pytest

from sms.providers import port as sms
from sms.providers.africas_talking import AfricasTalking
from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from workers.mobile_money.gsma import GsmaMobileMoney
from workers.mobile_money.port import Accepted, AtPoint, Busy, Failed, Issued, NotFound, Order, Paid, Pending, Unsure


@pytest.fixture
def provider(networks):
    return GsmaMobileMoney(f"{networks.url}/v1.2/mm", "simulated", "asxh-thai-nguyen")


@pytest.fixture
def order():
    return Order(uuid4(), "R-8", Dong(500_000), AtPoint("1001", 600))


def decided(provider, order):
    while isinstance(state := provider.enquire(order), Pending):
        pass
    return state


def test_a_cash_out_from_order_to_cash(provider, order, networks):
    assert isinstance(provider.submit(order), Accepted)
    issued = decided(provider, order)
    assert isinstance(issued, Issued)
    reference = networks.redeem("1001", issued.code).json()["reference"]
    paid = decided(provider, order)
    assert isinstance(paid, Paid)
    assert paid.provider_reference == reference


@pytest.mark.parametrize("fault", ["money_cut_after_accept", "money_error_500_after_accept"])
def test_an_unsure_order_is_found_by_asking(provider, order, networks, fault):
    networks.break_(**{fault: 1})
    assert isinstance(provider.submit(order), Unsure)
    assert isinstance(decided(provider, order), Issued)
    assert isinstance(provider.submit(order), Unsure)


def test_an_order_that_never_arrived_may_be_sent_again(provider, order, networks):
    networks.break_(money_cut_before_accept=1)
    assert isinstance(provider.submit(order), Unsure)
    assert isinstance(provider.enquire(order), NotFound)
    assert isinstance(provider.submit(order), Accepted)


def test_a_busy_provider_and_one_without_funds(provider, order, networks):
    networks.break_(money_unavailable=1, money_refuse=1)
    assert isinstance(provider.submit(order), Busy)
    assert isinstance(provider.submit(order), Accepted)
    assert decided(provider, order) == Failed("insufficient_float")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("sms_cut_after_accept", sms.Unsure),
        ("sms_error_500", sms.Unsure),
        ("sms_busy", sms.Busy),
        ("sms_refuse", sms.Refused),
    ],
)
def test_each_way_a_message_can_go(networks, fault, outcome):
    sender = AfricasTalking("sandbox", "", networks.url, "ASXH")
    networks.break_(**{fault: 1})
    kinds = [type(sender.send("Chào", (Phone("+84912345678"),))[0]) for _ in range(2)]
    assert kinds == [outcome, sms.Accepted]
