"""What a key press can command, carried out inside the caller's own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.actions import cash_out_requests, given, records, redemptions, tickets
from ussd_app.actions.desk import Desk
from ussd_app.domain import commands
from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from ussd_app.store import pins, references

DAYS_TO_CALL_BACK = 5


@dataclass(frozen=True, slots=True)
class Press:
    """The key press that commands: whose line, when, and the id made for whatever it starts."""

    phone: Phone
    now: datetime
    id: UUID
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What was started, if anything that a resumed session must be told about."""

    cash_out_id: UUID | None = None


def carry_out(db: Connection, desk: Desk, press: Press, command: commands.Command) -> Effect:
    """Do one command. A command that the world no longer allows does nothing: the next page tells the truth."""
    match command:
        case commands.ConfirmPayment():
            _confirm(db, command, press.now)
        case commands.ReportNotReceived():
            _complain(db, desk, press.now, command.person_id, command.payment_id, "not_received", None)
        case commands.ReportWrongAmount():
            _complain(db, desk, press.now, command.person_id, command.payment_id, "wrong_amount", command.received)
        case commands.ProposePin():
            pins.propose(db, command.person_id, command.typed)
        case commands.SetPin():
            pins.adopt_proposed(db, command.person_id)
        case commands.AcceptPin():
            pins.forgive(db, command.person_id)
        case commands.CountWrongPin():
            pins.count_wrong(db, command.person_id)
        case commands.CountWrongTemporaryPin():
            pins.count_wrong_temporary(db, command.person_id)
        case commands.ReplacePin():
            if pins.replace(db, command.person_id):
                records.tell_pin_changed(db, desk, command.person_id, press.now)
        case commands.ChooseLanguage():
            records.choose_language(db, command.person_id, command.language)
        case commands.OpenTicket():
            tickets.open_ticket(db, desk, command, press.phone.e164, press.now)
        case commands.UseAsHelper():
            records.use_as_helper(db, desk, command.person_id, press.phone, press.session_id, press.now)
        case commands.RequestCashOut() | commands.RequestToWallet():
            asked = cash_out_requests.request(db, desk, command, press.id, press.phone, press.now)
            return Effect(press.id if asked else None)
        case commands.SayGiven():
            given.say_given(db, desk, command, press.phone.e164, press.now)
        case _:
            redemptions.carry_out_at_point(db, desk, press.phone, press.id, command, press.now)
    return Effect()


def _confirm(db: Connection, command: commands.ConfirmPayment, now: datetime) -> None:
    db.execute(
        text("""UPDATE payment SET receipt = 'received', receipt_at = :now, receipt_reference = :reference
                WHERE id = :id AND person_id = :person AND state = 'released' AND receipt = 'not_asked'"""),
        {"id": command.payment_id, "person": command.person_id, "now": now, "reference": references.new(db, "N")},
    )


def _complain(
    db: Connection, desk: Desk, now: datetime, person_id: int, payment_id: int, kind: str, received: Dong | None
) -> None:
    said = db.execute(
        text("""UPDATE payment SET receipt = :kind, receipt_at = :now
                WHERE id = :id AND person_id = :person AND state = 'released' AND receipt = 'not_asked' RETURNING id"""),
        {"id": payment_id, "person": person_id, "kind": kind, "now": now},
    ).first()
    if said is None:
        return
    db.execute(
        text("""INSERT INTO complaint (reference, kind, person_id, payment_id, received_amount, due_on, opened_at)
                VALUES (:reference, :kind, :person, :payment, :received, :due, :now)
                ON CONFLICT (payment_id) DO NOTHING"""),
        {
            "reference": references.new(db, "P"),
            "kind": kind,
            "person": person_id,
            "payment": payment_id,
            "received": received.amount if received is not None else None,
            "due": desk.local(now).date() + timedelta(days=DAYS_TO_CALL_BACK),
            "now": now,
        },
    )
