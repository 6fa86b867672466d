"""What we ask of a GSMA provider: the body of each request, as the standard's schemas want it."""

from __future__ import annotations

from typing import Any

from workers.mobile_money.port import AtPoint, Order, Redemption, ToWallet

POINT_IS_A = "storeid"
"""Of the party keys in the standard, the one for a place of business: a person keys in the place, not its keeper."""

OUR_ACCOUNT_IS_A = "accountid"

Wish = dict[str, Any]


def wish_for_code(order: Order, place: AtPoint, now: str) -> Wish:
    """A code worth exactly this amount, to be turned into cash at exactly this point."""
    return {
        "amount": str(order.amount.amount),
        "currency": "VND",
        "amountType": "exact",
        "codeLifetime": place.lifetime_s,
        "holdFundsIndicator": True,
        "redemptionAccountIdentifiers": [{"key": POINT_IS_A, "value": place.code}],
        "redemptionTransactionTypes": [{"transactionType": "withdrawal"}],
        "requestDate": now,
        "metadata": [{"key": "reference", "value": order.reference}],
    }


def wish_for_disbursement(order: Order, wallet: ToWallet, account: str, now: str) -> Wish:
    """Exactly this amount, from the programme's account into the person's own."""
    return {
        "amount": str(order.amount.amount),
        "currency": "VND",
        "debitParty": [{"key": OUR_ACCOUNT_IS_A, "value": account}],
        "creditParty": [{"key": "msisdn", "value": wallet.phone.e164}],
        "requestingOrganisationTransactionReference": order.reference,
        "requestDate": now,
        "metadata": [{"key": "reference", "value": order.reference}],
    }


def wish_for_withdrawal(redemption: Redemption, amount: str, account: str, now: str) -> Wish:
    """The whole of a code, to the point where it was keyed in."""
    return {
        "amount": amount,
        "currency": "VND",
        "oneTimeCode": redemption.code,
        "debitParty": [{"key": OUR_ACCOUNT_IS_A, "value": account}],
        "creditParty": [{"key": POINT_IS_A, "value": redemption.point_code}],
        "requestDate": now,
    }


CANCEL = [{"op": "replace", "path": "/codeState", "value": "cancelled"}]
