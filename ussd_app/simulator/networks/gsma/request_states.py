"""A request the provider has taken: known for ever by the client's own id, pending until completed or failed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, assert_never
from uuid import UUID, uuid4

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from ussd_app.simulator.networks.book import Book, Cursor
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.errors import Refusal, unknown
from ussd_app.simulator.networks.gsma.magic import PLAIN, Fate
from ussd_app.simulator.networks.gsma.validation import Schema, checked

TransactionType = Literal[
    "billpay", "deposit", "disbursement", "transfer", "merchantpay", "inttransfer", "adjustment", "withdrawal"
]
Change = Literal["change_code", "change_batch", "change_transaction"]
Kind = Literal["authorisationcode", "reversal", "batch"] | TransactionType | Change


@dataclass(frozen=True, slots=True)
class Order:
    """What a client asks for. `subject` is what it changes: a transaction's reference, a batch, a code."""

    client_id: UUID
    kind: Kind
    account: Account
    body: Any = field(repr=False)
    callback_url: str = field(default="", repr=False)
    fate: Fate = PLAIN
    subject: str = field(default="", repr=False)
    client: str = ""
    server_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Completed:
    """`link` is where the object is; `reference` names it as a request state does."""

    link: str = field(repr=False)
    reference: str = field(repr=False)
    schema: Schema
    told: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Later:
    """Taken up, and not ended yet: what ends it closes the request."""


Outcome = Completed | Refusal


def keep(book: Book, order: Order, wait_s: float | None) -> None:
    """Take it, once: a client's id that is known already is refused, however many come at the same time.

    Without `wait_s` nobody ever takes it up.
    """
    with book.reading() as cursor:
        taken = cursor.execute(
            "INSERT INTO networks.requests (server_id, client_id, kind, due, by_callback, sealed)"
            " VALUES (%s, %s, %s, coalesce(now() + %s * interval '1 second', '9999-01-01'), %s, %s)"
            " ON CONFLICT (client_id) DO NOTHING",
            (
                order.server_id,
                order.client_id,
                order.kind,
                wait_s,
                bool(order.callback_url),
                _sealed(book, order),
            ),
        )
    if taken.rowcount == 0:
        raise Refusal("businessRule", "duplicateRequest", "This X-CorrelationID is known already.")


def _sealed(book: Book, order: Order) -> bytes:
    return book.seal.close(
        {
            "account": order.account,
            "body": order.body,
            "callback_url": order.callback_url,
            "fate": asdict(order.fate),
            "subject": order.subject,
            "client": order.client,
        }
    )


def order_of(book: Book, row: DictRow) -> Order:
    kept = book.seal.open(row["sealed"])
    if isinstance(kept, list):  # as an earlier version wrote it
        kind, identifier, body, callback_url, _ = kept
        kept = {"account": (kind, identifier), "body": body, "callback_url": callback_url, "fate": {}}
    return Order(
        row["client_id"],
        row["kind"],
        Account(*kept["account"]),
        kept["body"],
        kept["callback_url"],
        Fate(**kept["fate"]),
        kept.get("subject", ""),
        kept.get("client", ""),
        row["server_id"],
    )


def close(book: Book, cursor: Cursor, server_id: UUID, outcome: Outcome) -> None:
    match outcome:
        case Completed(link, reference):
            values = ("completed", book.seal.close(link), book.seal.close(reference), None, server_id)
        case Refusal():
            values = ("failed", None, None, Jsonb(Refusal.as_json(outcome)), server_id)  # in the standard's spelling
        case _:
            assert_never(outcome)
    cursor.execute(
        "UPDATE networks.requests SET status = %s, sealed_link = %s, sealed_reference = %s, error = %s"
        " WHERE server_id = %s",
        values,
    )


def put_off(cursor: Cursor, server_id: UUID) -> None:
    cursor.execute("UPDATE networks.requests SET due = '9999-01-01' WHERE server_id = %s", (server_id,))


def give_up(cursor: Cursor, row: DictRow) -> None:
    broken = Refusal("internal", "genericError", "The order cannot be read any more.")
    cursor.execute(
        "UPDATE networks.requests SET status = 'failed', error = %s WHERE server_id = %s",
        (Jsonb(broken.as_json()), row["server_id"]),
    )


def pending(order: Order, poll_limit: int) -> dict[str, Any]:
    """What the client is told when its request has been taken."""
    return checked(
        "requestStateObject",
        {
            "serverCorrelationId": str(order.server_id),
            "status": "pending",
            "notificationMethod": "callback" if order.callback_url else "polling",
            "objectReference": "",
            "pollLimit": poll_limit,
        },
    )


def state(book: Book, server_id: UUID, poll_limit: int) -> dict[str, Any]:
    """As it is now. A client that goes on asking about what is not decided is sent away after `poll_limit` times."""
    row = book.row(
        "UPDATE networks.requests SET polls = polls + (status = 'pending')::integer WHERE server_id = %s RETURNING *",
        server_id,
    )
    if row is None:
        raise unknown("request")
    if row["status"] == "pending" and row["polls"] > poll_limit:
        raise Refusal("businessRule", "rateLimitError", "This was asked often enough; send the request again.")
    told = {
        "serverCorrelationId": str(server_id),
        "status": row["status"],
        "notificationMethod": "callback" if row["by_callback"] else "polling",
        "objectReference": _reference(book, row),
        "pollLimit": poll_limit,
    }
    if row["error"]:
        told["error"] = row["error"]
    return checked("requestStateObject", told)


def _reference(book: Book, row: DictRow) -> str:
    sealed = row["sealed_reference"] or row["sealed_link"]
    return book.seal.open(sealed) if sealed else ""


def response(book: Book, client_id: UUID) -> dict[str, Any]:
    """Where the client finds what became of its request: the object itself, or the request's state until there is one.

    A failed request's state is its error record.
    """
    row = book.row("SELECT server_id, sealed_link FROM networks.requests WHERE client_id = %s", client_id)
    if row is None:
        raise unknown("request")
    link = book.seal.open(row["sealed_link"]) if row["sealed_link"] else f"/requeststates/{row['server_id']}"
    return checked("responseResponse", {"link": link})


def known(book: Book, client_id: UUID) -> DictRow | None:
    return book.row("SELECT * FROM networks.requests WHERE client_id = %s", client_id)
