"""What stands in a sandbox's book from the start: money to play with, and all that GSMA's public cases ask for by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from ussd_app.simulator.networks.book import Book, Cursor
from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.gsma import accounts
from ussd_app.simulator.networks.gsma.accounts import FLOAT, Account
from ussd_app.simulator.networks.gsma.errors import Refusal
from ussd_app.simulator.networks.gsma.magic import NUMBERS
from ussd_app.simulator.networks.gsma.money import Money, money

FLOAT_UNITS = 10**15
SAMPLES = (
    ("msisdn", "+84912345678", "VND", "5000000", "NGUYEN THI PHUONG"),
    ("msisdn", "+84987654321", "VND", "1000000", "TRAN VAN MINH"),
    ("storeid", "1001", "VND", "0", "BUU DIEN DAI TU"),
    ("storeid", "2002", "VND", "0", "BUU DIEN DINH HOA"),
)
OF_THE_CASES = tuple(
    ("msisdn", number, "USD", "1000000", "GSMA CASE")
    for number in (
        *("+33555000200", "+33555000201", "+33555000500", "+33555000501", "+33555000600", "+33555000601"),
        *("+33555000700", "+33555000701", "+33555123456", "+33555654321", "+33555789123"),
    )
)
OF_THE_CLIENTS = (
    *(("walletid", "1"), ("msisdn", "+44012345678")),
    *(("accountid", number) for number in ("1", "2000", "2999", "12345", "15523")),
)
"""The accounts that the samples and integration tests of GSMA's public client libraries name, in every currency."""

CLIENTS = {
    "DISORG1STEP12345": ("msisdn", "+33555123456"),
    "MERCHANT67890": ("msisdn", "+33555654321"),
    "CUSTOMER12345": ("msisdn", "+33555123456"),
    "PROVIDER12345": ("msisdn", "+33555123456"),
}
"""The account of each client that the cases name in X-Client-Id."""

REVERSIBLE_WITHOUT_END = frozenset({"99999911-2222-4e3d-8111-98211e4f910c"})
"""A case reverses it, and may be run again."""

LOST_BY = "PROVIDER12345"
LOST_ANSWER = "be78f48f-2433-4bfa-8cdd-aaf058a400de"
_BATCH, _BATCH_ROW = "BID1", "1234ABCD"


class _Done(NamedTuple):
    """A payment that the cases expect to find."""

    reference: str
    type: str
    amount: str
    debit: str
    credit: str


def _done() -> Iterator[_Done]:
    for reference in ("99999999-2222-4e3d-8333-98234e4f910c", LOST_ANSWER):
        yield _Done(reference, "merchantpay", "23", "+33555123456", "+33555789123")
    for reference in sorted(REVERSIBLE_WITHOUT_END):
        yield _Done(reference, "merchantpay", "21", "+33555123456", "+33555789123")
    yield _Done(_BATCH_ROW, "disbursement", "54", "+33555123456", "+33555789123")
    for number in range(30):
        yield _Done(f"CASE{number:04}", "disbursement", "20.01", "+33555000201", "+33555000200")


def furnish(book: Book, configuration: NetworksConfiguration) -> None:
    """What stands already stays as it is; money of new accounts is made here and nowhere else."""
    with book.writing() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('networks'))")
        for currency in configuration.currencies:
            _open(cursor, (FLOAT.kind, FLOAT.identifier, currency, "", ""), configuration, FLOAT_UNITS)
            _open(cursor, ("accountid", configuration.momo_account, currency, "1000000", "ASXH THAI NGUYEN"), configuration)
            for kind, identifier in OF_THE_CLIENTS:
                _open(cursor, (kind, identifier, currency, "1000000", "GSMA CLIENT"), configuration)
        magic = [("msisdn", number, "VND", "100000000", "MAGIC NUMBER") for number in NUMBERS]
        for each in (*SAMPLES, *OF_THE_CASES, *magic, *configuration.accounts):
            _open(cursor, each, configuration)
        if "USD" in configuration.currencies:
            for payment in _done():
                _pay(cursor, payment)
            _batch(cursor)


def _open(
    cursor: Cursor, each: tuple[str, str, str, str, str], configuration: NetworksConfiguration, units: int = 0
) -> None:
    kind, identifier, currency, amount, holder = each
    if currency not in configuration.currencies:
        return
    if not units and amount != "0":
        units = money(amount, currency, configuration.currencies).units
    cursor.execute(
        "INSERT INTO networks.accounts (kind, identifier, currency, balance, holder) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (*Account.named(kind, identifier), currency, units, holder),
    )


def _pay(cursor: Cursor, done: _Done) -> None:
    amount = money(done.amount, "USD", ("USD",))
    debit, credit = Account("msisdn", done.debit), Account("msisdn", done.credit)
    made = cursor.execute(
        "INSERT INTO networks.transactions (reference, type, amount, currency, debit_kind, debit, credit_kind, credit)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (done.reference, done.type, *amount, *debit, *credit),
    )
    if made.rowcount:
        accounts.move(cursor, debit, credit, Money(*amount))


def _batch(cursor: Cursor) -> None:
    made = cursor.execute(
        "INSERT INTO networks.batches (id, status, approved_at_once, approved, completed)"
        " VALUES (%s, 'completed', true, now(), now()) ON CONFLICT DO NOTHING",
        (_BATCH,),
    )
    if not made.rowcount:
        return
    parties = {
        "debitParty": [{"key": "msisdn", "value": "+33555123456"}],
        "creditParty": [{"key": "msisdn", "value": "+33555789123"}],
    }
    for place, (reference, reason) in enumerate(((_BATCH_ROW, None), (None, "insufficientFunds"))):
        cursor.execute(
            "INSERT INTO networks.batch_rows (batch, place, body, reference, reason, at)"
            " VALUES (%s, %s, %s, %s, %s, now())",
            (_BATCH, place, Jsonb(parties), reference, reason),
        )


def check_client(client: str) -> None:
    if client.upper().startswith(("UNKNOWN", "INVALID")):
        raise not_known()


def not_known() -> Refusal:
    return Refusal("authorisation", "clientAuthorisationError", "X-Client-Id is not known here.")


def missing_response(client: str) -> dict[str, Any] | None:
    """A case asks for the response to a request that nobody made."""
    return {"link": f"/transactions/{LOST_ANSWER}"} if client == LOST_BY else None
