"""What a person asks of the office: written down once, with a number and a day, until somebody settles it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, text

from sms.care_notices import TicketAnswered
from ussd_app.actions import telling
from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import NotAllowed
from ussd_app.actions.telling import Told
from ussd_app.domain.commands import OpenTicket
from ussd_app.domain.people import Voice
from ussd_app.domain.tickets import TicketKind
from ussd_app.store import recipients, references
from ussd_app.store.officers import Officer

DAYS_TO_OBJECT = 10


def open_ticket(db: Connection, desk: Desk, asked: OpenTicket, asked_from: str, now: datetime) -> None:
    """The same wish again is the same ticket while it is open; the language last asked for is the one to call in."""
    db.execute(
        text("""INSERT INTO complaint (reference, kind, person_id, taken_amount, voice, asked_from, due_on, opened_at)
                VALUES (:reference, :kind, :person, :taken, :voice, :asked_from, :due, :now)
                ON CONFLICT (person_id, kind) WHERE state = 'open' AND payment_id IS NULL
                DO UPDATE SET voice = excluded.voice, asked_from = excluded.asked_from,
                    taken_amount = coalesce(excluded.taken_amount, complaint.taken_amount)"""),
        {
            "reference": references.new(db, "Y"),
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


def close(db: Connection, desk: Desk, reference: str, officer: Officer, *, because: str, now: datetime) -> date:
    """Settle a ticket and tell its owner; the day until which they may say that it is not. Raises NotAllowed."""
    wanted = reference.strip().upper()
    closed = db.execute(
        text("""UPDATE complaint SET state = 'closed', closed_at = :now, closed_by = :officer, closed_because = :because
                WHERE reference = :reference AND state = 'open' RETURNING id, person_id"""),
        {"reference": wanted, "now": now, "officer": officer.id, "because": because},
    ).first()
    if closed is None:
        raise NotAllowed(f"There is no open ticket {wanted}.")
    until = desk.local(now).date() + timedelta(days=DAYS_TO_OBJECT)
    to = recipients.first(db, [closed.person_id]).get(closed.person_id)
    if to:
        notice = TicketAnswered(reference=wanted, object_before=until)
        telling.tell(db, desk, [Told(to, notice, f"ticket-answered:{closed.id}")], now)
    return until


@dataclass(frozen=True, slots=True)
class OpenTicketSeen:
    """A ticket that waits for the office."""

    reference: str
    kind: TicketKind
    commune: str
    due_on: date


def waiting(db: Connection, commune_code: str | None = None) -> list[OpenTicketSeen]:
    """Open tickets, those that are due first on top."""
    rows = db.execute(
        text("""SELECT k.reference, k.kind, c.name, k.due_on
                FROM complaint k JOIN person p ON p.id = k.person_id JOIN commune c ON c.id = p.commune_id
                WHERE k.state = 'open' AND c.code = coalesce(:commune, c.code) ORDER BY k.due_on, k.opened_at, k.id"""),
        {"commune": commune_code},
    )
    return [OpenTicketSeen(row.reference, TicketKind(row.kind), row.name, row.due_on) for row in rows]
