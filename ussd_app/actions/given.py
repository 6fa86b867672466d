"""What a person says was really handed over: kept beside the cash-out, and a difference is a ticket against the point."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from ussd_app.actions.desk import Desk
from ussd_app.domain.commands import SayGiven
from ussd_app.domain.tickets import TicketKind
from ussd_app.store import references


def say_given(db: Connection, desk: Desk, said: SayGiven, asked_from: str, now: datetime) -> None:
    """Once for each cash-out; nothing that is due to anyone depends on it."""
    answered = db.execute(
        text("""UPDATE cash_out SET given = CASE WHEN CAST(:given AS bigint) IS NULL THEN 'skipped' WHEN :given >= amount
                           THEN 'full' WHEN :given = 0 THEN 'nothing' ELSE 'less' END,
                       given_at = :now,
                       given_amount = CASE WHEN CAST(:given AS bigint) IS NOT NULL THEN least(:given, amount) END
                WHERE reference = :reference AND person_id = :person AND state = 'paid' AND kind = 'code'
                  AND given = 'not_asked' RETURNING id, amount, point_code, given, given_amount"""),
        {
            "given": said.given.amount if said.given is not None else None,
            "reference": said.reference,
            "person": said.person_id,
            "now": now,
        },
    ).first()
    if answered is None or answered.given not in ("less", "nothing"):
        return
    db.execute(
        text("""INSERT INTO complaint (reference, kind, person_id, cash_out_id, point_code, received_amount, taken_amount,
                                       asked_from, due_on, opened_at)
                VALUES (:reference, 'short_cash', :person, :cash_out, :point, :given, :short, :phone, :due, :now)
                ON CONFLICT (person_id, kind) WHERE state = 'open' AND payment_id IS NULL
                DO UPDATE SET taken_amount = complaint.taken_amount + excluded.taken_amount"""),
        {
            "reference": references.new(db, "Y"),
            "person": said.person_id,
            "cash_out": answered.id,
            "point": answered.point_code,
            "given": answered.given_amount,
            "short": answered.amount - answered.given_amount,
            "phone": asked_from,
            "due": desk.local(now).date() + timedelta(days=TicketKind.SHORT_CASH.days_to_answer),
            "now": now,
        },
    )
