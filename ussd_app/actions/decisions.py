"""What officers decide of a list after it was entered: a held payment is paid or refused, a mistake is corrected."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import IntegrityError

from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import NotAllowed, find_batch, require
from ussd_app.actions.release import release_decided
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Role
from ussd_app.store.officers import Officer

_PAYMENT = text("""SELECT p.id, p.batch_id, p.line, p.person_id, p.amount, p.state, w.full_name, w.deceased_on
                   FROM payment p JOIN person w ON w.id = p.person_id WHERE p.id = :id FOR UPDATE OF p""")


def decide(
    db: Connection, desk: Desk, payment_id: int, officer: Officer, *, pay: bool, because: str, now: datetime
) -> None:
    """Pay or refuse a held payment; the row stays either way. Raises NotAllowed, also for whoever entered it."""
    if not officer.roles & {Role.APPROVES, Role.RELEASES}:
        raise NotAllowed(f"{officer.name} is not an officer who approves or releases.")
    payment = _payment(db, payment_id)
    if payment.state != "held":
        raise NotAllowed(f"Payment {payment_id} is {payment.state}: only a held payment is decided.")
    if pay and payment.deceased_on:
        raise NotAllowed(f"{payment.full_name} died on {payment.deceased_on}: nothing is paid to the dead.")
    try:
        with db.begin_nested():
            db.execute(
                text("""INSERT INTO payment_decision (payment_id, pay, because, decided_by, decided_at)
                        VALUES (:id, :pay, :because, :officer, :now)"""),
                {"id": payment_id, "pay": pay, "because": because, "officer": officer.id, "now": now},
            )
    except IntegrityError as refused:
        raise NotAllowed(_why(refused, officer, payment)) from refused
    if pay:
        release_decided(db, desk, payment_id, now)
    else:
        db.execute(text("UPDATE payment SET state = 'refused' WHERE id = :id"), {"id": payment_id})


def correct(db: Connection, payment_id: int, officer: Officer, *, amount: Dong | None, because: str, now: datetime) -> bool:
    """Another amount, or None to take it off the list. True when an approval was struck out by it. Raises NotAllowed."""
    require(officer, Role.ENTERS)
    payment = _payment(db, payment_id)
    struck = strike_approval(db, payment.batch_id, officer, because=because, now=now)
    db.execute(
        text("""INSERT INTO payment_correction (batch_id, line, person_id, was_amount, is_amount, because, corrected_by,
                                                corrected_at)
                VALUES (:batch, :line, :person, :was, :is, :because, :officer, :now)"""),
        {
            "batch": payment.batch_id,
            "line": payment.line,
            "person": payment.person_id,
            "was": payment.amount,
            "is": amount.amount if amount else None,
            "because": because,
            "officer": officer.id,
            "now": now,
        },
    )
    if amount is None:
        db.execute(text("DELETE FROM payment WHERE id = :id"), {"id": payment_id})
    else:
        db.execute(text("UPDATE payment SET amount = :amount WHERE id = :id"), {"id": payment_id, "amount": amount.amount})
    return struck


def strike_approval(db: Connection, batch_id: int, officer: Officer, *, because: str, now: datetime) -> bool:
    """Take an approved batch back to `entered`: whoever approved it must look again. False when nobody had approved it.

    Raises NotAllowed once the release has begun: money that moved is corrected in the ledger.
    """
    batch = find_batch(db, batch_id, lock=True)
    if batch.state == "entered":
        return False
    if batch.state != "approved":
        raise NotAllowed(
            f"Batch {batch_id} is {batch.state}: its list cannot be changed any more; `ledger correct --payment` takes back"
            " what was credited."
        )
    db.execute(
        text("""INSERT INTO struck_approval (batch_id, approved_by, approved_at, content_hash, struck_by, struck_at,
                                             because)
                SELECT id, approved_by, approved_at, content_hash, :officer, :now, :because
                FROM payment_batch WHERE id = :id"""),
        {"id": batch_id, "officer": officer.id, "now": now, "because": because},
    )
    db.execute(
        text("""UPDATE payment_batch SET state = 'entered', approved_by = NULL, approved_at = NULL, content_hash = NULL
                WHERE id = :id"""),
        {"id": batch_id},
    )
    return True


def _payment(db: Connection, payment_id: int) -> Row[tuple[int, int, int, int, int, str, str, object]]:
    payment = db.execute(_PAYMENT, {"id": payment_id}).first()
    if payment is None:
        raise NotAllowed(f"There is no payment {payment_id}.")
    return payment


def _why(refused: IntegrityError, officer: Officer, payment: Row[tuple[int, int, int, int, int, str, str, object]]) -> str:
    if "decider_is_not_maker" in str(refused.orig):
        return f"{officer.name} entered batch {payment.batch_id}: somebody else must decide."
    return f"The database refuses this decision of {officer.name}."
