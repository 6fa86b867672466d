"""The provider's clerk takes up pending orders and settles each in one transaction: money, result, what is owed."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never
from uuid import UUID

from psycopg.rows import DictRow

from ussd_app.simulator.networks.book import Cursor
from ussd_app.simulator.networks.gsma import authorisation_codes, batches, movements, request_states, reversals
from ussd_app.simulator.networks.gsma.callbacks import owe_outcome
from ussd_app.simulator.networks.gsma.deviations import AsTheCasesWriteIt
from ussd_app.simulator.networks.gsma.errors import OWN_MISTAKES, Refusal, own_mistake
from ussd_app.simulator.networks.gsma.request_states import Completed, Later, Order, Outcome
from ussd_app.simulator.networks.parts import Parts
from ussd_app.simulator.networks.sealing import BrokenSeal


def settle_one(parts: Parts) -> bool:
    """False when no order is due."""
    with parts.book.writing() as cursor:
        row = cursor.execute(
            "SELECT * FROM networks.requests WHERE status = 'pending' AND due <= now()"
            " ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED"
        ).fetchone()
        return row is not None and _settle(parts, cursor, row) is not None


def settle_now(parts: Parts, server_id: UUID) -> Outcome | Later | None:
    """None where somebody has settled it already."""
    with parts.book.writing() as cursor:
        row = cursor.execute(
            "SELECT * FROM networks.requests WHERE status = 'pending' AND server_id = %s FOR UPDATE", (server_id,)
        ).fetchone()
        return _settle(parts, cursor, row) if row is not None else None


def settle_soon(parts: Parts, server_id: UUID) -> None:
    """Whoever asks about what is decided within a second waits for it: public clients ask once, at once."""
    row = parts.book.row(
        "SELECT extract(epoch FROM due - now())::float AS wait_s FROM networks.requests"
        " WHERE server_id = %s AND status = 'pending' AND due < now() + interval '1 second'",
        server_id,
    )
    if row is not None:
        parts.background.stopped.wait(max(row["wait_s"], 0.0))
        settle_now(parts, server_id)


def _settle(parts: Parts, cursor: Cursor, row: DictRow) -> Outcome | Later:
    try:
        order = request_states.order_of(parts.book, row)
    except BrokenSeal:  # nobody can read it any more; the others must not wait behind it
        request_states.give_up(cursor, row)
        return Later()
    try:
        with cursor.transaction():  # a refusal takes back what was done for it, not the order itself
            outcome = _carry_out(parts, cursor, order)
    except Refusal as refusal:
        outcome = refusal
    except OWN_MISTAKES as problem:
        outcome = own_mistake(problem, f"an order of the kind {order.kind}")
    if not isinstance(outcome, Later):
        request_states.close(parts.book, cursor, order.server_id, outcome)
        owe_outcome(parts, cursor, order, outcome)
    return outcome


def _carry_out(parts: Parts, cursor: Cursor, order: Order) -> Completed | Later:
    match order.kind:
        case "authorisationcode":
            return authorisation_codes.issue(parts, cursor, order)
        case "reversal":
            return reversals.carry_out(parts, cursor, order)
        case "batch":
            if not isinstance(order.body.get("transactions"), list):
                raise AsTheCasesWriteIt
            return batches.create(parts, cursor, order)
        case "change_batch" | "change_code" | "change_transaction":
            change(parts, cursor, order)
            return Completed(_link(order), order.subject, "genericUpdateSuccess", {"result": "success"})
        case (
            "billpay"
            | "deposit"
            | "disbursement"
            | "transfer"
            | "merchantpay"
            | "inttransfer"
            | "adjustment"
            | "withdrawal"
        ):
            return movements.carry_out(parts, cursor, order)
        case _:
            assert_never(order.kind)


def change(parts: Parts, cursor: Cursor, order: Order) -> None:
    """What a PATCH asks for: one field of one resource."""
    field, wanted = order.body
    changes: dict[tuple[str, str], Callable[[], None]] = {
        ("change_batch", "/batchStatus"): lambda: batches.approve(cursor, order.subject, wanted),
        ("change_transaction", "/transactionStatus"): lambda: movements.change_status(cursor, order.subject, wanted),
        ("change_code", "/codeState"): lambda: authorisation_codes.change_state(
            parts.book, cursor, order.account, order.subject, wanted
        ),
    }
    if (order.kind, field) not in changes:
        raise Refusal("validation", "formatError", "This field cannot be changed.")
    changes[order.kind, field]()


def _link(order: Order) -> str:
    match order.kind:
        case "change_batch":
            return f"/batchtransactions/{order.subject}"
        case "change_transaction":
            return f"/transactions/{order.subject}"
        case _:
            return authorisation_codes.path(order.account, order.subject)
