"""What officers decide about limits and fees: from a day on, by which paper, and signed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from ussd_app.actions.payments import NotAllowed, require
from ussd_app.domain.cash_out_rules import Fee, Limits
from ussd_app.domain.payments import Role
from ussd_app.store import cash_out_rules
from ussd_app.store.officers import Officer


def set_limits(
    db: Connection, provider: str, since: date, limits: Limits, source: str, officer: Officer, now: datetime
) -> None:
    """What may be taken out from a day on. Raises NotAllowed."""
    require(officer, Role.APPROVES)
    if limits.most is not None and limits.least > limits.most:
        raise NotAllowed("The least of one cash-out cannot be above the most.")
    cash_out_rules.add_limits(db, provider, since, limits, source, officer.id, now)


def set_fee(db: Connection, provider: str, since: date, fee: Fee, source: str, officer: Officer, now: datetime) -> None:
    """What a cash-out costs from a day on, and who carries it. Raises NotAllowed."""
    require(officer, Role.APPROVES)
    cash_out_rules.add_fee(db, provider, since, fee, source, officer.id, now)
