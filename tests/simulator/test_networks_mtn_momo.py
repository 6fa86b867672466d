"""The simulated MTN MoMo and our own page for it understand each other, when all is well and when the line drops."""

from __future__ import annotations

from uuid import uuid4

import pytest

from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from workers.mobile_money.gsma import GsmaMobileMoney
from workers.mobile_money.mtn_momo import MtnMomo
from workers.mobile_money.port import (
    Accepted,
    AtPoint,
    Busy,
    Failed,
    Holder,
    NotFound,
    Order,
    Paid,
    Pending,
    Refused,
    ToWallet,
    Unsure,
)

PHONE = Phone("+84912000101")


@pytest.fixture
def provider(networks):
    return MtnMomo(f"{networks.url}/mtn-momo", "simulated", "simulated", "simulated", "sandbox")


@pytest.fixture
def order():
    return Order(uuid4(), "R-8", Dong(500_000), ToWallet(PHONE))


def decided(provider, order):
    while isinstance(state := provider.enquire(order), Pending):
        pass
    return state


def test_into_a_wallet_once(provider, order):
    before = provider.balance().available
    assert isinstance(provider.holder(PHONE), Holder)
    assert provider.enquire(order) == NotFound()
    assert isinstance(provider.submit(order), Accepted)
    assert provider.submit(order) == Unsure("duplicate: ask")
    assert isinstance(decided(provider, order), Paid)
    assert provider.balance().available == before - order.amount


@pytest.mark.parametrize("fault", ["money_cut_after_accept", "money_error_500_after_accept"])
def test_an_unsure_order_is_found_by_asking(provider, order, networks, fault):
    networks.break_(**{fault: 1})
    assert isinstance(provider.submit(order), Unsure)
    assert isinstance(decided(provider, order), Paid)


@pytest.mark.parametrize("fault", ["money_cut_before_accept", "money_error_500"])
def test_an_order_that_never_arrived_may_be_sent_again(provider, order, networks, fault):
    networks.break_(**{fault: 1})
    assert isinstance(provider.submit(order), Unsure)
    assert provider.enquire(order) == NotFound()
    assert isinstance(provider.submit(order), Accepted)


def test_away_short_and_a_wrong_key(provider, order, networks):
    networks.break_(money_unavailable=1, money_refuse=1)
    assert provider.submit(order) == Busy("http_503")
    assert isinstance(provider.submit(order), Accepted)
    assert decided(provider, order) == Failed("insufficient_float")
    stranger = MtnMomo(f"{networks.url}/mtn-momo", "simulated", "simulated", "wrong", "sandbox")
    assert stranger.submit(order) == Busy("not_authorised")


def test_it_makes_no_codes(provider, order):
    at_point = Order(order.attempt_id, order.reference, order.amount, AtPoint("1001", 600))
    assert provider.submit(at_point) == Refused("not_offered")


def test_the_other_provider_pays_into_wallets_too(networks, order):
    gsma = GsmaMobileMoney(f"{networks.url}/v1.2/mm", "simulated", "asxh-thai-nguyen")
    assert isinstance(gsma.submit(order), Accepted)
    assert isinstance(decided(gsma, order), Paid)
    assert isinstance(gsma.holder(PHONE), Holder)
