"""Whatever the mobile-money provider does, an order is one payment or none, and the phone says what is true."""

from collections.abc import Callable

import pytest
from handset import PIN, Handset

from bench.own_stack import OwnStack, wait_for

FAULTS = (
    "money_cut_after_accept",
    "money_cut_before_accept",
    "money_error_500",
    "money_error_500_after_accept",
    "money_unavailable",
    "money_enquiry_unavailable",
    "money_callback_first",
    "money_callback_twice",
    "money_no_callback",
    "money_never_answers",
)

Ordered = dict[str, tuple[Handset, str]]


@pytest.fixture(scope="module")
def ordered(stack: OwnStack, next_handset: Callable[[], Handset]) -> Ordered:
    """One order for each fault; the next begins when the fault has struck."""
    return {fault: struck_by(fault, stack, next_handset()) for fault in FAULTS}


def struck_by(fault: str, stack: OwnStack, handset: Handset) -> tuple[Handset, str]:
    handset.set_pin()
    call = handset.before_the_pin()
    stack.simulator("/faults", {fault: 1})
    page = call.press(PIN)
    wait_for(lambda: stack.simulator("/faults")[fault]["setting"] is None, 30, f"{fault} to strike")
    return handset, page


@pytest.mark.parametrize("fault", FAULTS)
def test_one_payment_and_never_two(stack: OwnStack, ordered: Ordered, fault: str):
    handset, page = ordered[fault]
    assert page.startswith("END Lenh rut 500.000d dang xu ly.")
    (order,) = handset.orders()
    handset.message("Ma rut tien", within_s=60)
    assert codes_made_for(stack, str(order["id"])) == 1
    under_way = handset.dialled().press("4")  # and no second one is offered
    assert "da duoc nhan" in under_way
    assert str(order["reference"]) in under_way
    assert len(handset.orders()) == 1
    assert handset.redeem()["status"] == 200
    if fault == "money_no_callback":  # asked about once in two minutes: not waited for here
        return
    handset.message("da rut 500.000d")
    assert handset.state() == "paid"
    assert handset.available() == handset.had - 500_000
    assert not handset.messages("khong thanh")


def test_a_float_that_is_short_is_nobodys_failure(stack: OwnStack, handset: Handset):
    fault, page = "money_refuse", struck_by("money_refuse", stack, handset)[1]
    assert page.startswith("END Lenh rut 500.000d dang xu ly."), fault
    handset.message("Ma rut tien", within_s=60)
    assert not handset.messages("khong thanh")
    assert handset.redeem()["status"] == 200
    handset.message("da rut 500.000d")
    assert handset.available() == handset.had - 500_000


def codes_made_for(stack: OwnStack, order_id: str) -> int:
    return stack.count(
        "SELECT count(*) FROM networks.codes c JOIN networks.requests r USING (server_id) WHERE r.client_id = %s::uuid",
        order_id,
    )
