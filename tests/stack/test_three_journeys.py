"""From any phone: the balance in one key, the receipt in two, and cash through to the SMS that says it was handed over."""

from handset import Handset, spoken

from bench.own_stack import OwnStack, wait_for


def test_the_balance_is_one_key_away(handset: Handset):
    page = handset.dialled().press("1")
    assert page.startswith("CON So du cua ")
    assert spoken(handset.had) in page


def test_the_receipt_is_two_keys_away(handset: Handset):
    page = handset.dialled().press("3", "1")
    assert page.startswith("END Cam on ")
    (said,) = handset.stack.rows(
        "SELECT receipt_reference FROM payment WHERE person_id = %s AND receipt = 'received'", handset.person_id
    )
    assert f"Ma {said['receipt_reference']}." in page


def test_cash_from_the_key_to_the_receipt(stack: OwnStack, handset: Handset):
    page = handset.order_cash()
    assert page.startswith("END Lenh rut 500.000d dang xu ly.")
    assert handset.available() == handset.had - 500_000
    assert handset.redeem()["status"] == 200
    receipt = handset.message("da rut 500.000d")
    assert str(handset.orders()[0]["reference"]) in receipt
    assert f"con {spoken(handset.had - 500_000)}" in receipt
    assert handset.state() == "paid"
    wait_for(lambda: spoken(handset.had - 500_000) in handset.dialled().press("1"), 5, "the new balance on the phone")
    checked = stack.command("ledger", "check")
    assert checked.status == 0, checked.out


def test_a_code_is_paid_out_once_and_only_at_its_own_point(stack: OwnStack, handset: Handset):
    handset.order_cash()
    elsewhere = next(
        each["code"] for each in stack.simulator("/points") if each["code"] != handset.orders()[0]["point_code"]
    )
    assert stack.simulator(f"/points/{elsewhere}/redeem", {"code": handset.code()})["status"] >= 400
    assert handset.redeem()["status"] == 200
    assert handset.redeem()["status"] >= 400
    handset.message("da rut 500.000d")
    assert handset.available() == handset.had - 500_000
