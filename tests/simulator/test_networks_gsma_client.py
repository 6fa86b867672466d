"""Our GSMA client and the simulated provider, in all that is more than an order: redeeming, cancelling, what came back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests

from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from ussd_app.domain.statements import LineKind
from workers.mobile_money.gsma import GsmaMobileMoney
from workers.mobile_money.port import (
    Accepted,
    AtPoint,
    Failed,
    Funds,
    Heartbeat,
    Issued,
    NotRedeemed,
    Order,
    Paid,
    Pending,
    Redeemed,
    Redemption,
    Reversed,
    Service,
    StillUnsure,
    ToWallet,
    Unsure,
)

POINT = "1001"


@pytest.fixture
def provider(networks):
    return GsmaMobileMoney(f"{networks.url}/v1.2/mm", "simulated", "asxh-thai-nguyen", hashed=True)


def decided(provider, order):
    while isinstance(state := provider.enquire(order), Pending):
        pass
    return state


def issued(provider) -> tuple[Order, Issued]:
    order = Order(uuid4(), "R-8", Dong(500_000), AtPoint(POINT, 600))
    assert isinstance(provider.submit(order), Accepted)
    code = decided(provider, order)
    assert isinstance(code, Issued)
    return order, code


def paid_into_wallet(provider) -> tuple[Order, Paid]:
    order = Order(uuid4(), "R-9", Dong(300_000), ToWallet(Phone("+84912000101")))
    assert isinstance(provider.submit(order), Accepted)
    paid = decided(provider, order)
    assert isinstance(paid, Paid)
    return order, paid


def reverse(networks, paid: Paid, amount: str) -> str:
    headers = {"X-API-Key": "simulated", "X-CorrelationID": str(uuid4())}
    wish = {"type": "reversal", "amount": amount, "currency": "VND"}
    address = f"{networks.url}/v1.2/mm/transactions/{paid.provider_reference}/reversals"
    answer = requests.post(address, json=wish, headers=headers, timeout=10)
    assert answer.status_code in (201, 202), answer.text
    return headers["X-CorrelationID"]


def test_a_code_is_redeemed_once_however_often_it_is_asked(provider):
    order, code = issued(provider)
    redemption = Redemption(uuid4(), code.code, POINT)
    first = provider.redeem(redemption)
    assert isinstance(first, Redeemed)
    assert first.amount == Dong(500_000)
    assert provider.redeem(redemption) == first, "the same attempt asks, and moves nothing"
    assert provider.redeem(Redemption(uuid4(), code.code, POINT)) == NotRedeemed("already_redeemed")
    paid = decided(provider, order)
    assert isinstance(paid, Paid)
    assert paid.provider_reference == first.provider_reference


def test_a_code_at_another_point_and_one_that_never_was(provider):
    order, code = issued(provider)
    assert provider.redeem(Redemption(uuid4(), code.code, "1002")) == NotRedeemed("wrong_point")
    assert provider.redeem(Redemption(uuid4(), "00000000", POINT)) == NotRedeemed("no_such_code")
    assert isinstance(provider.enquire(order), Issued)


def test_an_answer_lost_while_redeeming_is_found_by_the_same_attempt(provider, networks):
    _, code = issued(provider)
    redemption = Redemption(uuid4(), code.code, POINT)
    networks.break_(money_cut_after_accept=1)
    assert isinstance(provider.redeem(redemption), Unsure)
    assert isinstance(provider.redeem(redemption), Redeemed)


def test_a_code_that_is_gone_is_only_asked_about(provider, networks):
    order, code = issued(provider)
    redemption = Redemption(uuid4(), code.code, POINT)
    assert isinstance(provider.redeem(redemption), Redeemed)
    gone, anothers = replace(redemption, code=""), Redemption(uuid4(), "", POINT)
    assert isinstance(provider.redeem(gone), Redeemed)
    assert provider.redeem(anothers) == NotRedeemed("already_redeemed")
    paid = decided(provider, order)
    assert isinstance(paid, Paid)
    reverse(networks, paid, "500000")
    while isinstance(said := provider.redeem(gone), Redeemed | Unsure):
        pass
    assert said == NotRedeemed("refused_by_provider"), "it was taken back before anybody heard of it"


def test_a_cancelled_code_pays_nobody(provider):
    order, code = issued(provider)
    assert provider.cancel(order) == Failed("cancelled")
    assert provider.cancel(order) == Failed("cancelled")
    assert provider.redeem(Redemption(uuid4(), code.code, POINT)) == NotRedeemed("cancelled")


def test_too_late_to_cancel(provider):
    order, code = issued(provider)
    assert isinstance(provider.redeem(Redemption(uuid4(), code.code, POINT)), Redeemed)
    assert isinstance(provider.cancel(order), Paid)


def test_a_payment_that_was_taken_back(provider, networks):
    order, paid = paid_into_wallet(provider)
    reverse(networks, paid, "300000")
    while isinstance(state := provider.enquire(order), Paid | StillUnsure):
        pass
    assert isinstance(state, Reversed)
    assert (state.amount, state.of) == (Dong(300_000), paid.provider_reference)


def test_a_payment_that_was_taken_back_in_two_parts(provider, networks):
    order, paid = paid_into_wallet(provider)
    for amount, said in ((100_000, Dong(100_000)), (50_000, Dong(50_000))):
        reverse(networks, paid, str(amount))
        while not isinstance(state := provider.enquire(order), Reversed) or state.amount != said:
            pass
    assert [each.amount for each in (*state.before, state)] == [Dong(100_000), Dong(50_000)]


def test_every_movement_is_on_the_statement_page_by_page(provider, networks, monkeypatch):
    now = datetime.now(UTC)
    since = now.replace(microsecond=now.microsecond // 1000 * 1000)  # their moments are counted in milliseconds
    orders = [paid_into_wallet(provider) for _ in range(5)]
    reverse(networks, orders[0][1], "300000")
    while not isinstance(provider.enquire(orders[0][0]), Reversed):
        pass
    until = datetime.now(UTC) + timedelta(minutes=1)
    monkeypatch.setattr("workers.mobile_money.gsma_line.PAGE", 2)
    lines = list(provider.statement(since, until))
    out = {line.attempt_id: line for line in lines if line.kind is LineKind.PAID_OUT}
    assert {order.attempt_id for order, _ in orders} == set(out)
    assert {line.provider_reference for line in out.values()} == {paid.provider_reference for _, paid in orders}
    assert {line.reference for line in out.values()} == {"R-9"}
    (back,) = [line for line in lines if line.kind is LineKind.REVERSED]
    assert back.amount == Dong(300_000)
    assert len({line.line_key for line in lines}) == len(lines) == 6
    assert list(provider.statement(since - timedelta(days=2), since - timedelta(days=1))) == []


def test_how_it_is_and_what_our_account_holds(provider):
    assert provider.heartbeat() == Heartbeat(Service.AVAILABLE)
    before = provider.balance()
    assert isinstance(before, Funds)
    issued(provider)
    after = provider.balance()
    assert isinstance(after, Funds)
    assert before.available - after.available == Dong(500_000)
    assert after.reserved - before.reserved == Dong(500_000)
