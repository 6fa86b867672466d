"""One payment from an account to an account, of any type the standard has but a reversal."""

from __future__ import annotations

from typing import Any

from ussd_app.simulator.networks.book import Cursor
from ussd_app.simulator.networks.gsma import accounts, limits, redemptions, transactions
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.clients import own_account
from ussd_app.simulator.networks.gsma.errors import Refusal, missing, wrong_state
from ussd_app.simulator.networks.gsma.money import Money, money_in
from ussd_app.simulator.networks.gsma.request_states import Completed, Order
from ussd_app.simulator.networks.parts import Parts

WAITING = "pending"
_CONFIRMED = frozenset({"completed", "confirmed", "accepted"})
_ENDED = frozenset({"cancelled", "failed", "rejected", "declined"})


def parties(parts: Parts, client: str, body: dict[str, Any]) -> tuple[Account, Account]:
    """Who pays and who is paid; a party that is not named is the client itself."""
    own = own_account(parts.configuration, client)
    debit = Account.of_party(body["debitParty"]) if "debitParty" in body else own
    credit = Account.of_party(body["creditParty"]) if "creditParty" in body else own
    return debit, credit


def check(parts: Parts, kind: str, client: str, body: dict[str, Any]) -> Account:
    """What the schema cannot say of a request; gives the account that the order is about."""
    money_in(body, parts.configuration.currencies)
    debit, credit = parties(parts, client, body)
    if body.get("oneTimeCode"):
        if kind == "withdrawal" and "creditParty" not in body:
            raise missing("creditParty")
        return credit
    if kind == "withdrawal" and "debitParty" not in body:
        raise missing("oneTimeCode or debitParty")
    return debit


def carry_out(parts: Parts, cursor: Cursor, order: Order) -> Completed:
    order.fate.refuse()
    if order.body.get("oneTimeCode"):
        return redemptions.redeem(parts, cursor, order)
    debit, credit = parties(parts, order.client, order.body)
    return pay(parts, cursor, order, debit, credit, order.body)


def pay(parts: Parts, cursor: Cursor, order: Order, debit: Account, credit: Account, body: dict[str, Any]) -> Completed:
    amount = money_in(body, parts.configuration.currencies)
    now = parts.ways.now
    if order.fate.funded:
        accounts.provide(cursor, debit, amount)
    accounts.require(cursor, debit)
    if debit == credit:
        raise Refusal("businessRule", "samePartiesError", "An account cannot pay itself.")
    limits.check_size(now.limits, amount)
    if order.fate.happening == "two_step":
        accounts.reserve(cursor, debit, amount)
        return transactions.completed(
            transactions.record(cursor, order, amount, debit, credit, status=WAITING, body=body, kind=_kind(order, body))
        )
    accounts.move(cursor, debit, credit, amount)
    row = transactions.record(cursor, order, amount, debit, credit, body=body, kind=_kind(order, body))
    limits.check_after(cursor, now.limits, debit, credit, amount)
    return transactions.completed(row)


def _kind(order: Order, body: dict[str, Any]) -> str:
    return body["type"] if order.kind == "batch" else order.kind


def change_status(cursor: Cursor, reference: str, wanted: str) -> None:
    """The second of two steps: what waits is confirmed or called off. What is so already stays so."""
    row = transactions.taken(cursor, reference)
    word = wanted.strip().lower()
    if word not in _CONFIRMED | _ENDED:
        raise Refusal(
            "validation", "formatError", "A transaction is confirmed with completed, or called off with cancelled."
        )
    status = "completed" if word in _CONFIRMED else "failed"
    if row["status"] == status:
        return
    if row["status"] != WAITING:
        raise wrong_state(f"The transaction is {row['status']}.")
    debit, credit = Account(row["debit_kind"], row["debit"]), Account(row["credit_kind"], row["credit"])
    amount = Money(row["amount"], row["currency"])
    if status == "completed":
        accounts.move(cursor, debit, credit, amount, amount.units)
    else:
        accounts.release(cursor, debit, amount)
    cursor.execute(
        "UPDATE networks.transactions SET status = %s, changed = date_trunc('milliseconds', clock_timestamp())"
        " WHERE reference = %s",
        (status, reference),
    )
