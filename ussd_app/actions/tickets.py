"""What a person asks of the office, written down once with a number and a day to be answered by."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from ussd_app.actions.desk import Desk, new_reference
from ussd_app.domain.commands import OpenTicket
from ussd_app.domain.people import Voice


def open_ticket(db: Connection, desk: Desk, asked: OpenTicket, asked_from: str, now: datetime) -> None:
    """The same wish again is the same ticket while it is open; the language last asked for is the one to call in."""
    db.execute(
        text("""INSERT INTO complaint (reference, kind, person_id, taken_amount, voice, asked_from, due_on, opened_at)
                VALUES (:reference, :kind, :person, :taken, :voice, :asked_from, :due, :now)
                ON CONFLICT (person_id, kind) WHERE state = 'open' AND payment_id IS NULL
                DO UPDATE SET voice = excluded.voice, asked_from = excluded.asked_from,
                    taken_amount = coalesce(excluded.taken_amount, complaint.taken_amount)"""),
        {
            "reference": new_reference("Y"),
            "kind": asked.kind.value,
            "person": asked.person_id,
            "taken": asked.amount.amount if asked.amount else None,
            "voice": asked.voice.value,
            "asked_from": asked_from,
            "due": desk.local(now).date() + timedelta(days=asked.kind.days_to_answer),
            "now": now,
        },
    )
    if asked.voice is not Voice.KINH:
        db.execute(
            text("UPDATE person SET voice = :voice WHERE id = :person"),
            {"voice": asked.voice.value, "person": asked.person_id},
        )
