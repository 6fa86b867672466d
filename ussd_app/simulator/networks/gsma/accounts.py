"""What each account at the provider holds, and how much of it is reserved for codes not yet redeemed."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ussd_app.simulator.networks.book import Book, Cursor
from ussd_app.simulator.networks.gsma.errors import Refusal, insufficient_funds, unknown
from ussd_app.simulator.networks.gsma.money import Money
from ussd_app.simulator.networks.gsma.validation import checked

POINT_KEY = "storeid"
"""Of the standard's identifier types the one that fits a place where cash is handed over."""

_IDENTIFIER_TYPES = """
accountcategory accountid accountrank bankaccountno bankaccounttitle bankname consumerno emailaddress iban identityalias
linkref mandatereference msisdn organisationid serviceprovider sortcode storeid swiftbic username walletid
"""
IDENTIFIER_TYPES = frozenset(_IDENTIFIER_TYPES.split())
_MSISDN = re.compile(r"\+?[0-9]{6,15}")


class NoNumber(Refusal):
    def __init__(self) -> None:
        super().__init__("validation", "formatError", "An msisdn has 6 to 15 digits, with or without a plus sign.")


class Account(NamedTuple):
    kind: str
    identifier: str

    @classmethod
    def of_party(cls, party: list[dict[str, str]]) -> Account:
        """The first identity; the others must be well formed, and are not looked at."""
        first, *_ = [cls.named(each["key"], each["value"]) for each in party]
        return first

    @classmethod
    def of_path(cls, identities: str) -> Account:
        """`msisdn@+84900000001$walletid@7`: one to three identities."""
        pairs = [each.partition("@") for each in identities.split("$")]
        if len(pairs) > 3 or not all(at and value for _, at, value in pairs):
            raise Refusal("validation", "formatError", "Accounts are written key@value, up to three with $ between.")
        first, *_ = [cls.named(key, value) for key, _, value in pairs]
        return first

    @classmethod
    def named(cls, kind: str, identifier: str) -> Account:
        if kind not in IDENTIFIER_TYPES:
            raise Refusal("validation", "formatError", "There is no such identifier type.")
        if kind == "msisdn" and not _MSISDN.fullmatch(identifier):
            raise NoNumber
        return cls(kind, identifier)

    def as_party(self) -> list[dict[str, str]]:
        return [{"key": self.kind, "value": self.identifier}]


FLOAT = Account("organisationid", "sandbox-float")
"""Where the money of a sandbox comes from, so that not even its magic makes any."""


def open_where_new(cursor: Cursor, account: Account, currency: str, holder: str = "") -> None:
    cursor.execute(
        "INSERT INTO networks.accounts (kind, identifier, currency, balance, holder) VALUES (%s, %s, %s, 0, %s)"
        " ON CONFLICT DO NOTHING",
        (*account, currency, holder),
    )


def require(cursor: Cursor, account: Account) -> None:
    found = cursor.execute("SELECT 1 FROM networks.accounts WHERE kind = %s AND identifier = %s", account).fetchone()
    if found is None:
        raise unknown("account")


def lock(cursor: Cursor, currency: str, *accounts: Account) -> None:
    """In one order for everybody, so that two payments between the same two never wait for each other."""
    cursor.execute(
        "SELECT 1 FROM networks.accounts a JOIN unnest(%s::text[], %s::text[]) AS n (kind, identifier)"
        " USING (kind, identifier) WHERE a.currency = %s ORDER BY kind, identifier FOR UPDATE OF a",
        ([each.kind for each in accounts], [each.identifier for each in accounts], currency),
    )


def reserve(cursor: Cursor, account: Account, money: Money) -> None:
    done = cursor.execute(
        "UPDATE networks.accounts SET reserved = reserved + %s"
        " WHERE kind = %s AND identifier = %s AND currency = %s AND balance - reserved >= %s",
        (money.units, *account, money.currency, money.units),
    )
    if done.rowcount == 0:
        raise insufficient_funds()


def release(cursor: Cursor, account: Account, money: Money) -> None:
    cursor.execute(
        "UPDATE networks.accounts SET reserved = reserved - %s WHERE kind = %s AND identifier = %s AND currency = %s",
        (money.units, *account, money.currency),
    )


def move(cursor: Cursor, debit: Account, credit: Account, money: Money, held: int = 0) -> None:
    """`held` is what was reserved for this very movement; all of it is given up."""
    open_where_new(cursor, credit, money.currency)
    lock(cursor, money.currency, debit, credit)
    done = cursor.execute(
        "UPDATE networks.accounts SET balance = balance - %s, reserved = reserved - %s, moved = clock_timestamp()"
        " WHERE kind = %s AND identifier = %s AND currency = %s AND balance - reserved + %s >= %s",
        (money.units, held, *debit, money.currency, held, money.units),
    )
    if done.rowcount == 0:
        raise insufficient_funds()
    cursor.execute(
        "UPDATE networks.accounts SET balance = balance + %s, moved = clock_timestamp()"
        " WHERE kind = %s AND identifier = %s AND currency = %s",
        (money.units, *credit, money.currency),
    )


def provide(cursor: Cursor, account: Account, money: Money) -> None:
    """Enough for this once, out of the sandbox's float."""
    open_where_new(cursor, account, money.currency)
    row = cursor.execute(
        "SELECT balance - reserved AS free FROM networks.accounts WHERE kind = %s AND identifier = %s AND currency = %s",
        (*account, money.currency),
    ).fetchone()
    short = money.units - (row["free"] if row else 0)
    if short > 0:
        move(cursor, FLOAT, account, Money(short, money.currency))


def _shown(book: Book, account: Account, currency: str = "") -> dict[str, Any]:
    """Where an account holds several currencies and none is asked for, the one that moved last."""
    row = book.row(
        "SELECT * FROM networks.accounts WHERE kind = %s AND identifier = %s AND %s IN ('', currency)"
        " ORDER BY moved DESC NULLS LAST, currency DESC LIMIT 1",
        *(*account, currency),
    )
    if row is None:
        raise unknown("account")
    return row


def balance(book: Book, account: Account, currency: str = "") -> dict[str, Any]:
    row = _shown(book, account, currency)
    unit = row["currency"]
    return checked(
        "responseAccountBalance",
        {
            "accountStatus": row["status"],
            "currentBalance": str(Money(row["balance"], unit)),
            "availableBalance": str(Money(row["balance"] - row["reserved"], unit)),
            "reservedBalance": str(Money(row["reserved"], unit)),
            "unclearedBalance": "0",
            "currency": unit,
        },
    )


def status(book: Book, account: Account) -> dict[str, Any]:
    return checked("responseAccountStatus", {"accountStatus": _shown(book, account)["status"]})


def name(book: Book, account: Account) -> dict[str, Any]:
    row = _shown(book, account)
    return checked("responseAccountName", {"name": {"fullName": row["holder"]} if row["holder"] else {}})


def whole(book: Book, account: Account) -> dict[str, Any]:
    """The account with whom it belongs to, of whom nothing is known but the name."""
    person = {
        "identityId": "1",
        "identityType": "individual",  # the only word that the standard has
        "identityKyc": {"subjectName": name(book, account)["name"]},
        "accountRelationship": "accountholder",
    }
    told = {"accountIdentifiers": account.as_party(), "identity": [person], **balance(book, account)}
    return checked("responseAccount", told)
