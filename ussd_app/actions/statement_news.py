"""What a statement alone tells is taken up: what came back is its owner's again, and the rest is asked about at once."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from ussd_app.actions import cash_outs as actions
from ussd_app.actions.desk import Desk
from ussd_app.domain.money import total
from ussd_app.domain.statements import reversal_id
from ussd_app.store import cash_outs, statement_news

log = logging.getLogger(__name__)


def take_back(db: Connection, desk: Desk, provider: str, id: UUID, line_keys: Collection[str], now: datetime) -> int:
    """Book the reversals of one cash-out that these lines tell of and our books have not. How many.

    The lines must come from the provider itself: in a file, one officer's word would be somebody's money. What was
    booked under another of their names is not booked again: never more than all lines say together.
    """
    order = cash_outs.lock(db, desk.vault, id)
    if order is None:
        return 0
    booked, told = statement_news.lines_of(db, provider, id)
    in_all, new = total(tuple(each.amount for each in told)), 0
    for each in told:
        if each.line_key not in line_keys or booked + each.amount > in_all:
            continue
        theirs = each.provider_reference
        if actions.reverse(
            db, desk, id, reversal_id=reversal_id(provider, theirs), amount=each.amount, provider_reference=theirs, now=now
        ):
            log.error("cash-out %s: %s came back (%s), by the statement", order.reference, each.amount, theirs)
            booked, new = booked + each.amount, new + 1
    return new
