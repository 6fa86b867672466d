"""One-time codes: made for an amount, redeemed once, or expired or cancelled with their reserve given back.

The standard knows no state for a redeemed code. Here it is told as `expired`, and the metadata then holds
`redemptionTransactionReference`, the reference of the withdrawal.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote

from psycopg.rows import DictRow

from ussd_app.simulator.networks.book import Book, Cursor, iso
from ussd_app.simulator.networks.gsma import accounts, limits
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.errors import Refusal, unknown, wrong_state
from ussd_app.simulator.networks.gsma.money import Money, money_in
from ussd_app.simulator.networks.gsma.request_states import Completed, Order
from ussd_app.simulator.networks.gsma.statements import Page
from ussd_app.simulator.networks.gsma.validation import checked
from ussd_app.simulator.networks.parts import Parts

REDEMPTION = "redemptionTransactionReference"
GUESSED_AT, WRONG_TRIES = "guessedAt", "wrongTriesAtPoint"
DEFAULT_LIFETIME_S = 172_800
_ECHOED = (
    "currency",
    "amountType",
    "codeLifetime",
    "holdFundsIndicator",
    "redemptionAccountIdentifiers",
    "redemptionChannels",
    "redemptionTransactionTypes",
    "requestingOrganisation",
    "requestDate",
    "customData",
)


def issue(parts: Parts, cursor: Cursor, order: Order) -> Completed:
    amount = money_in(order.body, parts.configuration.currencies)
    accounts.require(cursor, order.account)
    order.fate.refuse()
    limits.check_size(parts.ways.now.limits, amount)
    if order.fate.funded:
        accounts.provide(cursor, order.account, amount)
    held = amount.units if order.body.get("holdFundsIndicator") else 0
    if held:
        accounts.reserve(cursor, order.account, amount)
    for party in order.body.get("redemptionAccountIdentifiers", []):
        accounts.open_where_new(cursor, Account(party["key"], party["value"]), amount.currency)
    told = present(parts.book, _insert(parts.book, cursor, order, amount, held))
    code = told["authorisationCode"]
    return Completed(path(order.account, code), code, "responseAuthorisationCode", told)


def _insert(book: Book, cursor: Cursor, order: Order, amount: Money, held: int) -> DictRow:
    lifetime_s = order.body.get("codeLifetime", DEFAULT_LIFETIME_S)
    sealed_wish = book.seal.close(order.body)
    points = [each["value"] for each in order.body.get("redemptionAccountIdentifiers", [])]
    while True:  # until the eight digits are ones that no active code has
        code = f"{secrets.randbelow(10**8):08}"
        row = cursor.execute(
            "INSERT INTO networks.codes (server_id, account_kind, account, digest, sealed_code, sealed_wish, amount,"
            " currency, held, points, expires)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now() + %s * interval '1 second')"
            " ON CONFLICT (digest) WHERE state = 'active' DO NOTHING RETURNING *",
            (
                order.server_id,
                *order.account,
                book.seal.digest(code),
                book.seal.close(code),
                sealed_wish,
                *amount,
                held,
                points,
                lifetime_s,
            ),
        ).fetchone()
        if row is not None:
            return row


def path(account: Account, code: str) -> str:
    return f"/accounts/{account.kind}/{quote(account.identifier, safe='')}/authorisationcodes/{code}"


def present(book: Book, row: DictRow) -> dict[str, Any]:
    wish = book.seal.open(row["sealed_wish"])
    told = {name: wish[name] for name in _ECHOED if name in wish} | {
        "authorisationCode": book.seal.open(row["sealed_code"]),
        "codeState": "expired" if row["state"] == "redeemed" else row["state"],
        "amount": str(Money(row["amount"], row["currency"])),
        "creationDate": iso(row["created"]),
        "modificationDate": iso(row["changed"]),
    }
    metadata = list(wish.get("metadata", []))
    if row["redeemed_by"]:
        metadata.append({"key": REDEMPTION, "value": row["redeemed_by"]})
    if row["guessed_at"]:
        metadata.append({"key": GUESSED_AT, "value": iso(row["guessed_at"])})
        metadata.append({"key": WRONG_TRIES, "value": str(row["wrong_tries"])})
    if metadata:
        told["metadata"] = metadata
    return checked("responseAuthorisationCode", told)


def find(book: Book, cursor: Cursor, code: str) -> DictRow | None:
    """The code and its row locked, so that of two who redeem at once the second sees what the first did."""
    row = cursor.execute(
        "SELECT * FROM networks.codes WHERE digest = %s ORDER BY (state = 'active') DESC, id DESC LIMIT 1 FOR UPDATE",
        (book.seal.digest(code),),
    ).fetchone()
    if row is not None and row["state"] == "active" and _lapse(cursor, row["id"]):
        row["state"] = "expired"
    return row


def one(book: Book, account: Account, code: str) -> dict[str, Any]:
    with book.writing() as cursor:
        return present(book, _of_account(book, cursor, account, code))


def listed(book: Book, account: Account, state: str, page: Page) -> tuple[list[dict[str, Any]], int]:
    """One page of them, newest first, and how many there are; every state when none is named."""
    states = {"": ["active", "expired", "redeemed", "cancelled"], "expired": ["expired", "redeemed"]}.get(state, [state])
    values = (*account, states, page.since, page.since, page.until, page.until)
    rows = book.rows(f"SELECT * {_OF_ACCOUNT} ORDER BY id DESC LIMIT %s OFFSET %s", *values, page.limit, page.offset)
    count = book.row(f"SELECT count(*) AS n {_OF_ACCOUNT}", *values)
    return [present(book, row) for row in rows], count["n"] if count else 0


_OF_ACCOUNT = """
FROM networks.codes
WHERE account_kind = %s AND account = %s AND state = ANY(%s)
  AND (%s::timestamptz IS NULL OR created >= %s) AND (%s::timestamptz IS NULL OR created <= %s)
"""


def change_state(book: Book, cursor: Cursor, account: Account, code: str, wanted: str) -> None:
    """An active code may be cancelled; what is cancelled already stays so."""
    if wanted != "cancelled":
        raise Refusal("validation", "formatError", "A code can only be cancelled.")
    row = _of_account(book, cursor, account, code)
    match row["state"]:
        case "cancelled":
            return
        case "active":
            _end(cursor, row, "cancelled")
        case _:
            raise wrong_state("Only an active code can be cancelled.")


def redeemed(cursor: Cursor, row: DictRow, reference: str) -> None:
    cursor.execute(
        "UPDATE networks.codes SET state = 'redeemed', redeemed_by = %s, changed = now() WHERE id = %s",
        (reference, row["id"]),
    )


def sweep(book: Book) -> bool:
    """Codes whose time is over give back what was reserved for them."""
    with book.writing() as cursor:
        lapsed = cursor.execute(
            "SELECT id FROM networks.codes WHERE state = 'active' AND expires <= now()"
            " ORDER BY expires LIMIT 100 FOR UPDATE SKIP LOCKED"
        ).fetchall()
        return sum(_lapse(cursor, row["id"]) for row in lapsed) > 0


def _lapse(cursor: Cursor, code_id: int) -> bool:
    row = cursor.execute(
        "SELECT * FROM networks.codes WHERE id = %s AND state = 'active' AND expires <= now()", (code_id,)
    ).fetchone()
    if row is None:
        return False
    _end(cursor, row, "expired")
    return True


def _end(cursor: Cursor, row: DictRow, state: str) -> None:
    cursor.execute("UPDATE networks.codes SET state = %s, changed = now() WHERE id = %s", (state, row["id"]))
    account = Account(row["account_kind"], row["account"])
    accounts.release(cursor, account, Money(row["held"], row["currency"]))


def _of_account(book: Book, cursor: Cursor, account: Account, code: str) -> DictRow:
    row = find(book, cursor, code)
    if row is None or (row["account_kind"], row["account"]) != account:
        raise unknown("authorisation code")
    return row
