"""A cash-out as an order to its provider, and the ids that its attempts go under."""

from __future__ import annotations

import hashlib
from uuid import UUID

from ussd_app.store.cash_outs import CashOut
from workers.mobile_money.port import AtPoint, Order, ToWallet
from workers.office import Office


def order_of(office: Office, cash_out: CashOut) -> Order:
    return order_under(office, cash_out, cash_out.attempt_id)


def order_under(office: Office, cash_out: CashOut, attempt_id: UUID) -> Order:
    """The same order under the id of another attempt."""
    to = ToWallet(cash_out.wallet) if cash_out.wallet else AtPoint(cash_out.point_code or "", office.code_lifetime_s)
    return Order(attempt_id, cash_out.reference, cash_out.amount, to)


def next_attempt_id(cash_out_id: UUID, spent: int) -> UUID:
    """The id of the attempt after `spent` others, made from the cash-out's own.

    So a database that was put back to yesterday makes the same id again, and the provider knows it. Its form is that
    of version 4, which some providers insist on.
    """
    return UUID(bytes=hashlib.sha256(cash_out_id.bytes + spent.to_bytes(4)).digest()[:16], version=4)
