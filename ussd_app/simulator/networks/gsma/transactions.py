"""Money that moved at the provider, one row for each movement, and how the standard shows it."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from ussd_app.simulator.networks.book import Book, Cursor, iso
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.errors import unknown
from ussd_app.simulator.networks.gsma.money import Money
from ussd_app.simulator.networks.gsma.request_states import Completed, Order
from ussd_app.simulator.networks.gsma.validation import Schema, checked

REVERSED_BY = "reversalTransactionReference"
_KEPT = (
    "subType",
    "descriptionText",
    "fees",
    "geoCode",
    "requestingOrganisation",
    "servicingIdentity",
    "requestDate",
    "customData",
    "metadata",
)
"""Given by the client and shown again; a one-time code never is."""


def record(
    cursor: Cursor,
    order: Order,
    money: Money,
    debit: Account,
    credit: Account,
    *,
    reference: str | None = None,
    status: str = "completed",
    original: str | None = None,
    debit_client: UUID | None = None,
    body: dict[str, Any] | None = None,
    kind: str = "",
) -> DictRow:
    """`debit_client` is the id of the payer's own request, where that was another one than this order."""
    said = order.body if body is None else body
    row = cursor.execute(
        "INSERT INTO networks.transactions (reference, server_id, type, amount, currency, debit_kind, debit,"
        " credit_kind, credit, organisation_reference, status, original, debit_client, credit_client, details)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING *",
        (
            f"MM{secrets.token_hex(6).upper()}",
            order.server_id,
            kind or order.kind,
            *money,
            *debit,
            *credit,
            reference or said.get("requestingOrganisationTransactionReference"),
            status,
            original,
            debit_client or order.client_id,
            order.client_id,
            Jsonb({name: said[name] for name in _KEPT if name in said}),
        ),
    ).fetchone()
    assert row is not None  # noqa: S101 - INSERT without ON CONFLICT gives its row or raises
    return row


def completed(row: DictRow) -> Completed:
    schema: Schema = "responseReversal" if row["original"] else "responseTransaction"
    return Completed(f"/transactions/{row['reference']}", row["reference"], schema, present(row))


def present(row: DictRow) -> dict[str, Any]:
    told = dict(row["details"]) | {
        "transactionReference": row["reference"],
        "transactionStatus": row["status"],
        "type": row["type"],
        "amount": str(Money(row["amount"], row["currency"])),
        "currency": row["currency"],
        "debitParty": Account(row["debit_kind"], row["debit"]).as_party(),
        "creditParty": Account(row["credit_kind"], row["credit"]).as_party(),
        "creationDate": iso(row["created"]),
        "modificationDate": iso(row["changed"]),
    }
    if row["organisation_reference"]:
        told["requestingOrganisationTransactionReference"] = row["organisation_reference"]
    if row["original"]:
        told["originalTransactionReference"] = row["original"]
    return checked("responseTransaction", told)


def one(book: Book, reference: str) -> dict[str, Any]:
    return present(found(book.row("SELECT * FROM networks.transactions WHERE reference = %s", reference)))


def taken(cursor: Cursor, reference: str) -> DictRow:
    """The row locked, so that of two who change it the second sees what the first did."""
    return found(
        cursor.execute("SELECT * FROM networks.transactions WHERE reference = %s FOR UPDATE", (reference,)).fetchone()
    )


def found(row: DictRow | None) -> DictRow:
    if row is None:
        raise unknown("transaction")
    return row
