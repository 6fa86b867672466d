"""The truth for whoever was promised news of a cash-out and has none: it takes longer, and the money is safe."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from sms.notices import CashOutLater, NewsWaiting, Notice
from ussd_app.actions.desk import Desk
from ussd_app.domain.money import Dong
from ussd_app.domain.people import Gender, Language
from ussd_app.store import attempts, messages, phones


def say_later(db: Connection, desk: Desk, id: UUID, now: datetime) -> bool:
    """Once for each cash-out. False when it is decided by now, or its owner knows already."""
    if not attempts.note_told_late(db, id, now):
        return False
    row = db.execute(
        text("""SELECT c.person_id, c.asked_from, c.reference, c.amount, p.gender,
                       coalesce(p.chosen_language, p.language) AS language
                FROM cash_out c JOIN person p ON p.id = c.person_id WHERE c.id = :id"""),
        {"id": id},
    ).one()
    notice: Notice = CashOutLater(gender=Gender(row.gender), amount=Dong(row.amount), reference=row.reference)
    if phones.unproven(db, row.person_id, row.asked_from):
        notice = NewsWaiting()  # whoever holds that phone by now learns nothing
    body = notice.text(Language(row.language), desk.brand, desk.hotline)
    event = f"cash-out-later:{id}"
    messages.add(
        db, desk.vault, [messages.Outgoing(event, row.person_id, row.asked_from, notice.kind, notice.lane, body)], now
    )
    return True
