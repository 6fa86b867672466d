"""What each account at the provider holds, and how much of it is reserved for codes not yet redeemed."""

from __future__ import annotations

from typing import Any, NamedTuple

from ussd_app.simulator.networks.book import Book, Cursor
from ussd_app.simulator.networks.gsma.errors import insufficient_funds, unknown
from ussd_app.simulator.networks.gsma.validation import checked

POINT_KEY = "storeid"
"""Of the standard's identifier types the one that fits a place where cash is handed over."""


class Account(NamedTuple):
    kind: str
    identifier: str

    @classmethod
    def of_party(cls, party: list[dict[str, str]]) -> Account:
        return cls(party[0]["key"], party[0]["value"])

    def as_party(self) -> list[dict[str, str]]:
        return [{"key": self.kind, "value": self.identifier}]


def open_where_new(cursor: Cursor, account: Account) -> None:
    cursor.execute(
        "INSERT INTO networks.accounts (kind, identifier, balance) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING", account
    )


def require(cursor: Cursor, account: Account) -> None:
    found = cursor.execute("SELECT 1 FROM networks.accounts WHERE kind = %s AND identifier = %s", account).fetchone()
    if found is None:
        raise unknown("account")


def reserve(cursor: Cursor, account: Account, amount: int) -> None:
    done = cursor.execute(
        "UPDATE networks.accounts SET reserved = reserved + %s"
        " WHERE kind = %s AND identifier = %s AND balance - reserved >= %s",
        (amount, *account, amount),
    )
    if done.rowcount == 0:
        raise insufficient_funds()


def release(cursor: Cursor, account: Account, amount: int) -> None:
    cursor.execute(
        "UPDATE networks.accounts SET reserved = reserved - %s WHERE kind = %s AND identifier = %s", (amount, *account)
    )


def move(cursor: Cursor, debit: Account, credit: Account, amount: int, held: int = 0) -> None:
    """`held` is what was reserved for this very movement; all of it is given up."""
    done = cursor.execute(
        "UPDATE networks.accounts SET balance = balance - %s, reserved = reserved - %s"
        " WHERE kind = %s AND identifier = %s AND balance - reserved + %s >= %s",
        (amount, held, *debit, held, amount),
    )
    if done.rowcount == 0:
        raise insufficient_funds()
    cursor.execute(
        "INSERT INTO networks.accounts AS a (kind, identifier, balance) VALUES (%s, %s, %s)"
        " ON CONFLICT (kind, identifier) DO UPDATE SET balance = a.balance + excluded.balance",
        (*credit, amount),
    )


def balance(book: Book, account: Account) -> dict[str, Any]:
    row = book.row("SELECT balance, reserved FROM networks.accounts WHERE kind = %s AND identifier = %s", *account)
    if row is None:
        raise unknown("account")
    return checked(
        "responseAccountBalance",
        {
            "accountStatus": "available",
            "currentBalance": str(row["balance"]),
            "availableBalance": str(row["balance"] - row["reserved"]),
            "reservedBalance": str(row["reserved"]),
            "currency": "VND",
        },
    )


def status(book: Book, account: Account) -> dict[str, Any]:
    balance(book, account)
    return checked("responseAccountStatus", {"accountStatus": "available"})
