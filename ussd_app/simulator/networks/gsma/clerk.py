"""The provider's clerk takes up pending orders and settles each in one transaction: money, result, what is owed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ussd_app.simulator.networks.book import Cursor
from ussd_app.simulator.networks.gsma import authorisation_codes, request_states, transactions
from ussd_app.simulator.networks.gsma.callbacks import owe_result
from ussd_app.simulator.networks.gsma.errors import Refusal
from ussd_app.simulator.networks.gsma.request_states import Completed, Order
from ussd_app.simulator.networks.gsma.validation import Schema
from ussd_app.simulator.networks.parts import Parts
from ussd_app.simulator.networks.sealing import BrokenSeal


def settle_one(parts: Parts) -> bool:
    """False when no order is due."""
    with parts.book.writing() as cursor:
        row = cursor.execute(
            "SELECT * FROM networks.requests WHERE status = 'pending' AND due <= now()"
            " ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED"
        ).fetchone()
        return _settle(parts, cursor, row)


def settle_now(parts: Parts, server_id: UUID) -> None:
    with parts.book.writing() as cursor:
        row = cursor.execute(
            "SELECT * FROM networks.requests WHERE status = 'pending' AND server_id = %s FOR UPDATE", (server_id,)
        ).fetchone()
        _settle(parts, cursor, row)


def _settle(parts: Parts, cursor: Cursor, row: DictRow | None) -> bool:
    if row is None:
        return False
    try:
        order = request_states.order_of(parts.book, row)
    except BrokenSeal:  # nobody can read it any more; the others must not wait behind it
        request_states.give_up(cursor, row)
        return True
    try:
        with cursor.transaction():  # a refusal takes back what was done for it, not the order itself
            outcome, result = _carry_out(parts, cursor, order)
        schema: Schema = "responseAuthorisationCode" if order.kind == "authorisationcode" else "responseTransaction"
    except Refusal as refusal:
        outcome, result, schema = refusal, refusal.as_json(), "errorObject"
    request_states.close(parts.book, cursor, order, outcome)
    owe_result(parts, cursor, order, schema, result)
    return True


def _carry_out(parts: Parts, cursor: Cursor, order: Order) -> tuple[Completed, dict[str, Any]]:
    match order.kind:
        case "authorisationcode":
            return authorisation_codes.issue(parts, cursor, order)
        case "withdrawal":
            return transactions.withdraw(parts, cursor, order)
        case "disbursement":
            return transactions.disburse(parts, cursor, order)
