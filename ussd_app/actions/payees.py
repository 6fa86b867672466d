"""Word of a change of where somebody is paid or reached: to every number that was theirs, and to the new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from sms.care_notices import PayoutChanged
from ussd_app.actions import telling
from ussd_app.actions.desk import Desk
from ussd_app.actions.people import PayeeChange
from ussd_app.actions.telling import Told
from ussd_app.store import recipients

ENDING = 3  # digits of a number that its owner recognises and nobody else can dial


def tell_changes(db: Connection, desk: Desk, changes: Sequence[PayeeChange], now: datetime) -> int:
    """How many messages that made. Whoever changed it by mistake or by fraud, the old number hears of it."""
    reached = recipients.of(db, [each.person_id for each in changes])
    told = [
        Told(
            phone,
            _notice(desk, change, now),
            f"{_event(change, now)}:{phone.e164}",
        )
        for change in changes
        for phone in reached.get(change.person_id, ())
    ]
    return telling.tell(db, desk, told, now)


def _event(change: PayeeChange, now: datetime) -> str:
    return f"payee-changed:{change.person_id}:{change.e164}:{now.isoformat()}"


def _notice(desk: Desk, change: PayeeChange, now: datetime) -> PayoutChanged:
    return PayoutChanged(method=change.method, phone_ending=change.e164[-ENDING:], changed_at=desk.local(now))
