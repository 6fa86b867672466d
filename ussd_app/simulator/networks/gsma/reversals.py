"""A payment taken back, wholly or in part, and never more than it was."""

from __future__ import annotations

from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from ussd_app.simulator.networks.book import Book, Cursor
from ussd_app.simulator.networks.gsma import accounts, sandbox, transactions
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.errors import Refusal, missing, wrong_state
from ussd_app.simulator.networks.gsma.money import Money, money_in
from ussd_app.simulator.networks.gsma.request_states import Completed, Order
from ussd_app.simulator.networks.parts import Parts


def check(book: Book, reference: str, body: dict[str, Any]) -> Account:
    """Refused at once where there is nothing to reverse; gives the account that was paid."""
    row = transactions.found(book.row("SELECT * FROM networks.transactions WHERE reference = %s", reference))
    if "amount" in body:
        if body.get("currency", row["currency"]) != row["currency"]:
            raise Refusal("validation", "currencyNotSupported", "The payment was in another currency.")
        money_in(body | {"currency": row["currency"]}, (row["currency"],))
    elif "currency" in body and body["currency"] != row["currency"]:
        raise missing("amount")
    return Account(row["credit_kind"], row["credit"])


def carry_out(parts: Parts, cursor: Cursor, order: Order) -> Completed:
    order.fate.refuse()
    paid = transactions.taken(cursor, order.subject)
    if paid["status"] not in ("completed", "reversed") or paid["original"]:
        raise wrong_state("Only a completed payment can be taken back.")
    endless = parts.configuration.sandbox and order.subject in sandbox.REVERSIBLE_WITHOUT_END
    left = paid["amount"] if endless else paid["amount"] - paid["reversed"]
    if left == 0:
        raise wrong_state("The payment has been taken back already.")
    amount = _amount(order.body, paid, left)
    payer, payee = Account(paid["debit_kind"], paid["debit"]), Account(paid["credit_kind"], paid["credit"])
    if endless:
        accounts.provide(cursor, payee, amount)
    accounts.move(cursor, payee, payer, amount)
    row = transactions.record(
        cursor,
        order,
        amount,
        payee,
        payer,
        reference=order.body.get("requestingOrganisationTransactionReference") or paid["organisation_reference"],
        original=paid["reference"],
        kind=order.body["type"],
    )
    if not endless:
        _note(cursor, paid, amount, row["reference"])
    return transactions.completed(row)


def _amount(body: dict[str, Any], paid: DictRow, left: int) -> Money:
    if "amount" not in body:
        return Money(left, paid["currency"])
    amount = money_in(body | {"currency": paid["currency"]}, (paid["currency"],))
    if amount.units > left:
        raise Refusal("businessRule", "overPaymentNotAllowed", "No more can be taken back than was paid.")
    return amount


def _note(cursor: Cursor, paid: DictRow, amount: Money, reference: str) -> None:
    """The payment itself says that it was taken back, and by what."""
    details = dict(paid["details"])
    noted = [*details.get("metadata", []), {"key": transactions.REVERSED_BY, "value": reference}]
    details["metadata"] = noted[-20:]  # the standard's most
    whole = paid["reversed"] + amount.units == paid["amount"]
    cursor.execute(
        "UPDATE networks.transactions SET reversed = reversed + %s, status = %s, details = %s,"
        " changed = date_trunc('milliseconds', clock_timestamp()) WHERE reference = %s",
        (amount.units, "reversed" if whole else paid["status"], Jsonb(details), paid["reference"]),
    )
