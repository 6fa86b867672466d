"""What moved on an account, newest first, as its transactions and as entries of its statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import DictRow

from ussd_app.simulator.networks.book import Book
from ussd_app.simulator.networks.gsma import transactions
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.validation import checked


@dataclass(frozen=True, slots=True)
class Page:
    """Which of the records are wanted; both moments are included, and counted in thousandths of a second."""

    limit: int = 50
    offset: int = 0
    since: datetime | None = None
    until: datetime | None = None
    status: str = ""
    type: str = ""


def movements(book: Book, account: Account, page: Page) -> tuple[list[DictRow], int]:
    """The rows of one page, and how many there are on all pages."""
    values = (*account, *account, page.since, page.since, page.until, page.until, page.status, page.status)
    values += (page.type, page.type)
    rows = book.rows(f"SELECT * {_OF_ACCOUNT} {_NEWEST_FIRST}", *values, page.limit, page.offset)
    count = book.row(f"SELECT count(*) AS n {_OF_ACCOUNT}", *values)
    return rows, count["n"] if count else 0


def entry(row: DictRow, account: Account) -> dict[str, Any]:
    """The standard's entry, and in it what reconciliation needs: the way the money went, and whose request it was.

    Of the payer of a redeemed code, that is the request which made the code.
    """
    shown = transactions.present(row)
    debited = (row["debit_kind"], row["debit"]) == account
    client = row["debit_client"] if debited else row["credit_client"]
    metadata = [{"key": "entryType", "value": "debit" if debited else "credit"}]
    if client:
        metadata.append({"key": "clientCorrelationId", "value": str(client)})
    told = {name: shown[name] for name in _SHOWN if name in shown}
    kept = [each for each in shown.get("metadata", []) if each["key"] not in {"entryType", "clientCorrelationId"}]
    return checked(
        "responseStatementEntry",
        told | {"displayType": row["type"], "transactionType": row["type"], "metadata": metadata + kept[:18]},
    )


def entries_of(book: Book, reference: str) -> dict[str, Any]:
    """One entry by its reference, from the payer's side."""
    row = transactions.found(book.row("SELECT * FROM networks.transactions WHERE reference = %s", reference))
    return entry(row, Account(row["debit_kind"], row["debit"]))


_SHOWN = (
    "transactionReference",
    "originalTransactionReference",
    "requestingOrganisationTransactionReference",
    "transactionStatus",
    "amount",
    "currency",
    "creditParty",
    "debitParty",
    "descriptionText",
    "requestDate",
    "creationDate",
    "modificationDate",
)

_OF_ACCOUNT = """
FROM networks.transactions
WHERE ((debit_kind, debit) = (%s, %s) OR (credit_kind, credit) = (%s, %s))
  AND (%s::timestamptz IS NULL OR created >= %s) AND (%s::timestamptz IS NULL OR created <= %s)
  AND (%s = '' OR lower(status) = lower(%s)) AND (%s = '' OR type = %s)
"""
_NEWEST_FIRST = "ORDER BY created DESC, reference DESC LIMIT %s OFFSET %s"
