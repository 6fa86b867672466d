"""Money that moved at the provider: cash handed over for a code, or paid out straight to an account."""

from __future__ import annotations

import secrets
from typing import Any

from psycopg.rows import DictRow

from ussd_app.simulator.networks.book import Book, Cursor, iso
from ussd_app.simulator.networks.gsma import accounts, authorisation_codes
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.callbacks import owe_result
from ussd_app.simulator.networks.gsma.errors import Refusal, insufficient_funds, missing, unknown, wrong_state
from ussd_app.simulator.networks.gsma.request_states import Completed, Kind, Order, order_of
from ussd_app.simulator.networks.gsma.validation import checked, whole_dong
from ussd_app.simulator.networks.parts import Parts


def check(kind: Kind, body: dict[str, Any]) -> Account:
    """What the schema cannot say of a request; gives the account that the order is about."""
    whole_dong(body)
    if "creditParty" not in body:
        raise missing("creditParty")
    if kind == "withdrawal":
        if not body.get("oneTimeCode"):
            raise missing("oneTimeCode")
        return Account.of_party(body["creditParty"])
    if "debitParty" not in body:
        raise missing("debitParty")
    return Account.of_party(body["debitParty"])


def withdraw(parts: Parts, cursor: Cursor, order: Order) -> tuple[Completed, dict[str, Any]]:
    code = authorisation_codes.find(parts.book, cursor, order.body["oneTimeCode"])
    if code is None:
        raise unknown("authorisation code")
    payer, point = Account(code["account_kind"], code["account"]), order.account
    wish = parts.book.seal.open(code["sealed_wish"])
    _check_redeemable(order, code, payer, wish)
    accounts.move(cursor, payer, point, int(order.body["amount"]), code["held"])
    reference = order.body.get("requestingOrganisationTransactionReference") or _wished_reference(wish)
    row = _record(cursor, order, payer, point, reference)
    authorisation_codes.redeemed(cursor, code, row["reference"])
    told = present(row)
    _tell_who_asked_for_the_code(parts, cursor, code, told)
    return Completed(f"/transactions/{row['reference']}"), told


def _check_redeemable(order: Order, code: DictRow, payer: Account, wish: dict[str, Any]) -> None:
    debit = order.body.get("debitParty")
    if debit and payer.as_party()[0] not in debit:
        raise Refusal("authorisation", "requestingPartyAuthorisationError", "The code is not this account's.")
    named = wish.get("redemptionAccountIdentifiers", [])
    if named and order.account.identifier not in [party["value"] for party in named]:
        raise Refusal("authorisation", "servicingPartyAuthorisationError", "The code is for another pay point.")
    if code["state"] != "active":
        raise wrong_state(f"The code is {code['state']}.")
    amount = int(order.body["amount"])
    if amount > code["amount"]:
        raise Refusal("businessRule", "overPaymentNotAllowed", "The code is for less.")
    if amount < code["amount"] and wish.get("amountType", "exact") == "exact":
        raise Refusal("businessRule", "underPaymentNotAllowed", "The code is for exactly its amount.")
    if order.refused_by_fault:
        raise insufficient_funds()


def _wished_reference(wish: dict[str, Any]) -> str | None:
    return next((each["value"] for each in wish.get("metadata", []) if each["key"] == "reference"), None)


def _tell_who_asked_for_the_code(parts: Parts, cursor: Cursor, code: DictRow, told: dict[str, Any]) -> None:
    asked = cursor.execute("SELECT * FROM networks.requests WHERE server_id = %s", (code["server_id"],)).fetchone()
    if asked is not None:
        owe_result(parts, cursor, order_of(parts.book, asked), "responseTransaction", told)


def disburse(parts: Parts, cursor: Cursor, order: Order) -> tuple[Completed, dict[str, Any]]:
    debit, credit = order.account, Account.of_party(order.body["creditParty"])
    accounts.require(cursor, debit)
    if debit == credit:
        raise Refusal("businessRule", "samePartiesError", "An account cannot pay itself.")
    if order.refused_by_fault:
        raise insufficient_funds()
    accounts.move(cursor, debit, credit, int(order.body["amount"]))
    reference = order.body.get("requestingOrganisationTransactionReference")
    row = _record(cursor, order, debit, credit, reference)
    return Completed(f"/transactions/{row['reference']}"), present(row)


def _record(cursor: Cursor, order: Order, debit: Account, credit: Account, reference: str | None) -> DictRow:
    row = cursor.execute(
        "INSERT INTO networks.transactions (reference, server_id, type, amount, debit_kind, debit, credit_kind,"
        " credit, organisation_reference) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING *",
        (
            f"MM{secrets.token_hex(6).upper()}",
            order.server_id,
            order.kind,
            int(order.body["amount"]),
            *debit,
            *credit,
            reference,
        ),
    ).fetchone()
    assert row is not None  # noqa: S101 - INSERT without ON CONFLICT gives its row or raises
    return row


def present(row: DictRow) -> dict[str, Any]:
    told = {
        "transactionReference": row["reference"],
        "transactionStatus": "completed",
        "type": row["type"],
        "amount": str(row["amount"]),
        "currency": "VND",
        "debitParty": Account(row["debit_kind"], row["debit"]).as_party(),
        "creditParty": Account(row["credit_kind"], row["credit"]).as_party(),
        "creationDate": iso(row["created"]),
        "modificationDate": iso(row["created"]),
    }
    if row["organisation_reference"]:
        told["requestingOrganisationTransactionReference"] = row["organisation_reference"]
    return checked("responseTransaction", told)


def one(book: Book, reference: str) -> dict[str, Any]:
    row = book.row("SELECT * FROM networks.transactions WHERE reference = %s", reference)
    if row is None:
        raise unknown("transaction")
    return present(row)


def statement(book: Book, account: Account, limit: int, offset: int) -> list[dict[str, Any]]:
    """Everything that moved on an account, oldest first."""
    rows = book.rows(
        "SELECT * FROM networks.transactions WHERE (debit_kind, debit) = (%s, %s) OR (credit_kind, credit) = (%s, %s)"
        " ORDER BY created, reference LIMIT %s OFFSET %s",
        *(*account, *account, limit, offset),
    )
    return [present(row) for row in rows]


def how_many(book: Book, account: Account) -> int:
    row = book.row(
        "SELECT count(*) AS n FROM networks.transactions"
        " WHERE (debit_kind, debit) = (%s, %s) OR (credit_kind, credit) = (%s, %s)",
        *(*account, *account),
    )
    return row["n"] if row else 0
