"""The truth for whoever was promised news of a cash-out and has none: it takes longer, and the money is safe."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from sms.notices import CashOutLater
from ussd_app.actions import telling
from ussd_app.actions.desk import Desk
from ussd_app.domain.money import Dong
from ussd_app.store import attempts


def say_later(db: Connection, desk: Desk, id: UUID, now: datetime) -> bool:
    """Once for each cash-out. False when it is decided by now, or its owner knows already."""
    if not attempts.note_told_late(db, id, now):
        return False
    row = db.execute(text("SELECT person_id, asked_from, reference, amount FROM cash_out WHERE id = :id"), {"id": id}).one()
    notice = CashOutLater(amount=Dong(row.amount), reference=row.reference)
    telling.tell_phone(db, desk, row.person_id, row.asked_from, notice, f"cash-out-later:{id}", now)
    return True
