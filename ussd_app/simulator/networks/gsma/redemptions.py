"""A code turned into money: cash handed over at a pay point, or a purchase, once and no more."""

from __future__ import annotations

from typing import Any

from psycopg.rows import DictRow

from ussd_app.simulator.networks.book import Cursor
from ussd_app.simulator.networks.gsma import accounts, authorisation_codes, limits, transactions
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.callbacks import owe_result
from ussd_app.simulator.networks.gsma.errors import Refusal, unknown, wrong_state
from ussd_app.simulator.networks.gsma.money import Money, money_in
from ussd_app.simulator.networks.gsma.request_states import Completed, Order, order_of
from ussd_app.simulator.networks.parts import Parts


def redeem(parts: Parts, cursor: Cursor, order: Order) -> Completed:
    code = authorisation_codes.find(parts.book, cursor, order.body["oneTimeCode"])
    if code is None:
        raise unknown("authorisation code")
    payer, point = Account(code["account_kind"], code["account"]), order.account
    wish = parts.book.seal.open(code["sealed_wish"])
    amount = money_in(order.body, parts.configuration.currencies)
    _check_redeemable(order, amount, code, payer, wish)
    accounts.move(cursor, payer, point, amount, code["held"])
    asked = cursor.execute("SELECT * FROM networks.requests WHERE server_id = %s", (code["server_id"],)).fetchone()
    row = transactions.record(
        cursor,
        order,
        amount,
        payer,
        point,
        reference=order.body.get("requestingOrganisationTransactionReference") or _wished_reference(wish),
        debit_client=asked["client_id"] if asked else None,
    )
    limits.check_after(cursor, parts.ways.now.limits, payer, point, amount)
    authorisation_codes.redeemed(cursor, code, row["reference"])
    told = transactions.completed(row)
    if asked is not None:
        owe_result(parts, cursor, order_of(parts.book, asked), told.schema, told.told)
    return told


def _check_redeemable(order: Order, amount: Money, code: DictRow, payer: Account, wish: dict[str, Any]) -> None:
    debit = order.body.get("debitParty")
    if debit and payer.as_party()[0] not in debit:
        raise Refusal("authorisation", "requestingPartyAuthorisationError", "The code is not this account's.")
    named = wish.get("redemptionAccountIdentifiers", [])
    if named and order.account.identifier not in [party["value"] for party in named]:
        raise Refusal("authorisation", "servicingPartyAuthorisationError", "The code is for another pay point.")
    types = [each["transactionType"] for each in wish.get("redemptionTransactionTypes", [])]
    if types and order.kind not in types:
        raise Refusal("businessRule", "transactionTypeError", f"The code is for: {', '.join(types)}.")
    if code["state"] != "active":
        raise wrong_state(f"The code is {code['state']}.")
    if amount.currency != code["currency"]:
        raise Refusal("validation", "currencyNotSupported", "The code is in another currency.")
    if amount.units > code["amount"]:
        raise Refusal("businessRule", "overPaymentNotAllowed", "The code is for less.")
    if amount.units < code["amount"] and wish.get("amountType", "exact") == "exact":
        raise Refusal("businessRule", "underPaymentNotAllowed", "The code is for exactly its amount.")


def _wished_reference(wish: dict[str, Any]) -> str | None:
    return next((each["value"] for each in wish.get("metadata", []) if each["key"] == "reference"), None)
