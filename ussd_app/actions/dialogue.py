"""What a key press can command, carried out inside the caller's own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from ussd_app.actions import records, tickets
from ussd_app.actions.desk import Desk, new_reference
from ussd_app.domain import commands, ledger
from ussd_app.domain.ledger import NotEnoughMoney
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.people import PayoutMethod
from ussd_app.domain.phone import Phone
from ussd_app.store import cash_outs, pins
from ussd_app.store import ledger as ledger_store

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
        case commands.RequestCashOut():
            return _request_cash_out(db, desk, press, command)
    return Effect()


def _confirm(db: Connection, command: commands.ConfirmPayment, now: datetime) -> None:
    db.execute(
        text("""UPDATE payment SET receipt = 'received', receipt_at = :now, receipt_reference = :reference
                WHERE id = :id AND person_id = :person AND state = 'released' AND receipt = 'not_asked'"""),
        {"id": command.payment_id, "person": command.person_id, "now": now, "reference": new_reference("N")},
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
            "reference": new_reference("P"),
            "kind": kind,
            "person": person_id,
            "payment": payment_id,
            "received": received.amount if received is not None else None,
            "due": desk.local(now).date() + timedelta(days=DAYS_TO_CALL_BACK),
            "now": now,
        },
    )


def _request_cash_out(db: Connection, desk: Desk, press: Press, command: commands.RequestCashOut) -> Effect:
    """Hold the money and write the row a worker will take to the provider: both, or neither."""
    pins.forgive(db, command.person_id)
    try:
        with db.begin_nested():
            _check_allowed(db, command)
            cash_outs.insert(
                db,
                desk.vault,
                id=press.id,
                reference=new_reference("R"),
                person_id=command.person_id,
                asked_from=press.phone.e164,
                to=command.point_code,
                amount=command.amount,
                fee=NOTHING,
                provider=desk.provider,
                now=press.now,
            )
            sources = ledger_store.sources(db, command.person_id, command.amount)
            ledger_store.hold(db, press.id, sources, ledger.clearing(desk.provider), "cash-out asked")
    except (NotEnoughMoney, IntegrityError):
        return Effect()
    return Effect(press.id)


def _check_allowed(db: Connection, command: commands.RequestCashOut) -> None:
    sql = "SELECT payout_method FROM person WHERE id = :id FOR NO KEY UPDATE"  # or it would wait for foreign keys
    row = db.execute(text(sql), {"id": command.person_id}).one()
    if not PayoutMethod(row.payout_method).cash_out_here:
        raise NotEnoughMoney("this person's money is kept elsewhere")
