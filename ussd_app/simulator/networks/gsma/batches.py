"""Many payments in one request: made, approved, then paid row by row, each row completed or rejected by itself."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from ussd_app.simulator.networks.book import Book, Cursor, iso
from ussd_app.simulator.networks.gsma import movements
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.callbacks import owe_outcome
from ussd_app.simulator.networks.gsma.errors import OWN_MISTAKES, Refusal, own_mistake, unknown, wrong_state
from ussd_app.simulator.networks.gsma.magic import fate_of
from ussd_app.simulator.networks.gsma.request_states import Completed, Later, Order, close, order_of, put_off
from ussd_app.simulator.networks.gsma.validation import checked
from ussd_app.simulator.networks.parts import Parts

_KEPT = ("batchTitle", "batchdescription", "requestingOrganisation", "scheduledStartDate", "requestDate", "customData")
_AT_A_TIME = 50


def create(parts: Parts, cursor: Cursor, order: Order) -> Completed | Later:
    """One step where the maker says `approved` at once: then it is told when all of it is done."""
    order.fate.refuse()
    at_once = order.body.get("batchStatus") == "approved"
    row = cursor.execute(
        "INSERT INTO networks.batches (id, server_id, status, approved_at_once, starts, details, approved)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING *",
        (
            f"BID{secrets.token_hex(5).upper()}",
            order.server_id,
            "approved" if at_once else "created",
            at_once,
            order.body.get("scheduledStartDate"),
            Jsonb({name: order.body[name] for name in _KEPT if name in order.body}),
            "now" if at_once else None,
        ),
    ).fetchone()
    assert row is not None  # noqa: S101 - INSERT without ON CONFLICT gives its row or raises
    rows = [(row["id"], place, Jsonb(each)) for place, each in enumerate(order.body["transactions"])]
    with cursor.cursor() as many:
        many.executemany("INSERT INTO networks.batch_rows (batch, place, body) VALUES (%s, %s, %s)", rows)
    if at_once:
        put_off(cursor, order.server_id)
        return Later()
    return _completed(present(cursor, row))


def _completed(told: dict[str, Any]) -> Completed:
    where = f"/batchtransactions/{told['batchId']}"
    return Completed(where, told["batchId"], "responseBatchTransaction", told)


def approve(cursor: Cursor, batch: str, wanted: str) -> None:
    """The checker's step; what is approved already stays so."""
    row = cursor.execute("SELECT * FROM networks.batches WHERE id = %s FOR UPDATE", (batch,)).fetchone()
    if row is None:
        raise unknown("batch")
    if wanted not in ("created", "approved", "completed"):
        raise Refusal("validation", "formatError", "There is no such batchStatus.")
    if wanted != "approved":
        raise wrong_state("A batch can only be approved.")
    if row["status"] == "created":
        cursor.execute(
            "UPDATE networks.batches SET status = 'approved', approved = now(), changed = now() WHERE id = %s", (batch,)
        )


def work(parts: Parts) -> bool:
    """Pay a few rows of one approved batch, each in a transaction of its own; False when there was nothing to do."""
    for _ in range(_AT_A_TIME):
        with parts.book.writing() as cursor:
            batch = cursor.execute(
                "SELECT * FROM networks.batches WHERE status = 'approved' AND coalesce(starts <= now(), true)"
                " ORDER BY approved LIMIT 1 FOR UPDATE SKIP LOCKED"
            ).fetchone()
            if batch is None:
                return False
            if not _pay_one(parts, cursor, batch):
                _complete(parts, cursor, batch)
    return True


def _pay_one(parts: Parts, cursor: Cursor, batch: DictRow) -> bool:
    row = cursor.execute(
        "SELECT * FROM networks.batch_rows WHERE batch = %s AND at IS NULL ORDER BY place LIMIT 1", (batch["id"],)
    ).fetchone()
    if row is None:
        return False
    order, body = _order(parts, cursor, batch), row["body"]
    reference, reason = None, None
    try:
        with cursor.transaction():
            fate = fate_of(body["type"], body) if parts.configuration.sandbox else order.fate
            fate.refuse()
            debit, credit = Account.of_party(body["debitParty"]), Account.of_party(body["creditParty"])
            reference = movements.pay(parts, cursor, replace(order, fate=fate), debit, credit, body).reference
    except Refusal as refusal:
        reason = f"{refusal.code}: {refusal.description}"
    except OWN_MISTAKES as problem:
        reason = own_mistake(problem, "a row of a batch").code
    cursor.execute(
        "UPDATE networks.batch_rows SET reference = %s, reason = %s, at = clock_timestamp()"
        " WHERE batch = %s AND place = %s",
        (reference, reason, batch["id"], row["place"]),
    )
    return True


def _order(parts: Parts, cursor: Cursor, batch: DictRow) -> Order:
    row = cursor.execute("SELECT * FROM networks.requests WHERE server_id = %s", (batch["server_id"],)).fetchone()
    assert row is not None  # noqa: S101 - the foreign key
    return order_of(parts.book, row)


def _complete(parts: Parts, cursor: Cursor, batch: DictRow) -> None:
    row = cursor.execute(
        "UPDATE networks.batches SET status = 'completed', completed = clock_timestamp(), changed = clock_timestamp()"
        " WHERE id = %s RETURNING *",
        (batch["id"],),
    ).fetchone()
    if batch["approved_at_once"] and row is not None:
        order, outcome = _order(parts, cursor, batch), _completed(present(cursor, row))
        close(parts.book, cursor, order.server_id, outcome)
        owe_outcome(parts, cursor, order, outcome)


def one(book: Book, batch: str) -> dict[str, Any]:
    with book.writing() as cursor:
        return present(cursor, _found(book, batch))


def present(cursor: Cursor, row: DictRow) -> dict[str, Any]:
    """The schema wants both dates always: until they are true they are the day the batch was made."""
    counted = cursor.execute(
        "SELECT count(*) AS parsed, count(reference) AS completed, count(reason) AS rejected"
        " FROM networks.batch_rows WHERE batch = %s",
        (row["id"],),
    ).fetchone()
    counts = counted or {"parsed": 0, "completed": 0, "rejected": 0}
    told = dict(row["details"]) | {
        "batchId": row["id"],
        "batchStatus": row["status"],
        "approvalDate": iso(row["approved"] or row["created"]),
        "completionDate": iso(row["completed"] or row["created"]),
        "creationDate": iso(row["created"]),
        "modificationDate": iso(row["changed"]),
        "processingFlag": row["status"] == "approved",
        "parsingSuccessCount": counts["parsed"],
        "completedCount": counts["completed"],
        "rejectionCount": counts["rejected"],
    }
    return checked("responseBatchTransaction", told)


def completions(book: Book, batch: str, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    rows, count = _rows(book, batch, "reference", limit, offset)
    return [_completion(row) for row in rows], count


def rejections(book: Book, batch: str, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    rows, count = _rows(book, batch, "reason", limit, offset)
    return [_rejection(row) for row in rows], count


def _completion(row: DictRow) -> dict[str, Any]:
    told = _who(row) | {"completionDate": iso(row["at"]), "link": f"/transactions/{row['reference']}"}
    return checked("responseBatchTransactionCompletion", told | {"transactionReference": row["reference"]})


def _rejection(row: DictRow) -> dict[str, Any]:
    told = _who(row) | {"rejectionDate": iso(row["at"]), "rejectionReason": row["reason"]}
    return checked("responseBatchTransactionRejection", told)


def _who(row: DictRow) -> dict[str, Any]:
    shown = ("creditParty", "debitParty", "requestingOrganisationTransactionReference", "customData")
    return {name: row["body"][name] for name in shown if name in row["body"]}


def _rows(book: Book, batch: str, filled: str, limit: int, offset: int) -> tuple[list[DictRow], int]:
    _found(book, batch)
    wanted = "reference IS NOT NULL" if filled == "reference" else "reason IS NOT NULL"
    rows = book.rows(
        f"SELECT * FROM networks.batch_rows WHERE batch = %s AND {wanted} ORDER BY place LIMIT %s OFFSET %s",
        *(batch, limit, offset),
    )
    count = book.row(f"SELECT count(*) AS n FROM networks.batch_rows WHERE batch = %s AND {wanted}", batch)
    return rows, count["n"] if count else 0


def _found(book: Book, batch: str) -> DictRow:
    row = book.row("SELECT * FROM networks.batches WHERE id = %s", batch)
    if row is None:
        raise unknown("batch")
    return row
