"""An order the provider has taken: known for ever by the client's own id, pending until completed or failed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Literal, assert_never
from uuid import UUID, uuid4

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from ussd_app.simulator.networks.book import Book, Cursor
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.errors import Refusal, unknown
from ussd_app.simulator.networks.gsma.validation import checked

Kind = Literal["authorisationcode", "withdrawal", "disbursement"]


@dataclass(frozen=True, slots=True)
class Order:
    client_id: UUID
    kind: Kind
    account: Account
    body: dict[str, Any] = field(repr=False)
    callback_url: str = field(default="", repr=False)
    refused_by_fault: bool = False
    server_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Completed:
    link: str = field(repr=False)


def keep(book: Book, order: Order, *, at_once: bool = False) -> None:
    """Take the order, once: a client's id that is known already is refused, however many come at the same time."""
    wait_s = 0.0 if at_once else random.uniform(0.1, 0.5)  # noqa: S311 - how busy the provider is
    with book.reading() as cursor:
        taken = cursor.execute(
            "INSERT INTO networks.requests (server_id, client_id, kind, due, by_callback, sealed)"
            " VALUES (%s, %s, %s, now() + %s * interval '1 second', %s, %s) ON CONFLICT (client_id) DO NOTHING",
            (order.server_id, order.client_id, order.kind, wait_s, bool(order.callback_url), _sealed(book, order)),
        )
    if taken.rowcount == 0:
        raise Refusal("businessRule", "duplicateRequest", "This X-CorrelationID is known already.")


def _sealed(book: Book, order: Order) -> bytes:
    return book.seal.close([*order.account, order.body, order.callback_url, order.refused_by_fault])


def order_of(book: Book, row: DictRow) -> Order:
    kind, identifier, body, callback_url, refused = book.seal.open(row["sealed"])
    return Order(row["client_id"], row["kind"], Account(kind, identifier), body, callback_url, refused, row["server_id"])


def close(book: Book, cursor: Cursor, order: Order, outcome: Completed | Refusal) -> None:
    match outcome:
        case Completed(link):
            values = ("completed", book.seal.close(link), None, order.server_id)
        case Refusal():
            values = ("failed", None, Jsonb(outcome.as_json()), order.server_id)
        case _:
            assert_never(outcome)
    cursor.execute("UPDATE networks.requests SET status = %s, sealed_link = %s, error = %s WHERE server_id = %s", values)


def give_up(cursor: Cursor, row: DictRow) -> None:
    broken = Refusal("internal", "genericError", "The order cannot be read any more.")
    cursor.execute(
        "UPDATE networks.requests SET status = 'failed', error = %s WHERE server_id = %s",
        (Jsonb(broken.as_json()), row["server_id"]),
    )


def pending(order: Order) -> dict[str, Any]:
    """What the client is told when its order has been taken."""
    return checked(
        "requestStateObject",
        {
            "serverCorrelationId": str(order.server_id),
            "status": "pending",
            "notificationMethod": "callback" if order.callback_url else "polling",
            "objectReference": "",
        },
    )


def state(book: Book, server_id: UUID) -> dict[str, Any]:
    row = book.row("SELECT * FROM networks.requests WHERE server_id = %s", server_id)
    if row is None:
        raise unknown("request")
    told = {
        "serverCorrelationId": str(server_id),
        "status": row["status"],
        "notificationMethod": "callback" if row["by_callback"] else "polling",
        "objectReference": book.seal.open(row["sealed_link"]) if row["sealed_link"] else "",
    }
    if row["error"]:
        told["error"] = row["error"]
    return checked("requestStateObject", told)


def response(book: Book, client_id: UUID) -> dict[str, Any]:
    """Where the client finds what became of its order: the object itself, or the request's state until there is one."""
    row = book.row("SELECT server_id, sealed_link FROM networks.requests WHERE client_id = %s", client_id)
    if row is None:
        raise unknown("request")
    link = book.seal.open(row["sealed_link"]) if row["sealed_link"] else f"/requeststates/{row['server_id']}"
    return checked("responseResponse", {"link": link})
