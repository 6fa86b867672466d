"""Releasing a batch: every payment credited once, handed over where we do not keep it, and announced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import IntegrityError

from sms.notices import PaymentArrived
from ussd_app.actions.desk import Desk
from ussd_app.actions.funding import require_funds
from ussd_app.actions.holds import USUAL, hold_doubtful
from ussd_app.actions.payments import NotAllowed, content_hash, find_batch, four_eyes, require
from ussd_app.actions.telling import Told, write_or_hint
from ussd_app.domain import ledger
from ussd_app.domain.ledger import NotEnoughMoney, Transfer, leg_id
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle, Role
from ussd_app.domain.people import PayoutMethod, given_name
from ussd_app.domain.safety import Limits
from ussd_app.store import messages, recipients
from ussd_app.store.database import Database
from ussd_app.store.officers import Officer
from ussd_app.store.recipients import Recipient
from ussd_app.store.transfers import make_accounts, write

# Small enough that nobody who dials meanwhile waits for the locks of more than a moment.
PAYMENTS_AT_A_TIME = 250

_PAYMENTS = """
    SELECT p.id, p.person_id, p.programme, p.cycle, p.amount, p.grant_id,
           w.full_name, w.payout_method, c.code AS commune_code
    FROM payment p JOIN person w ON w.id = p.person_id JOIN commune c ON c.id = w.commune_id"""
_PAYMENTS_OF_BATCH = text(f"""{_PAYMENTS} WHERE p.batch_id = :batch AND p.state = 'entered'
    ORDER BY p.id LIMIT :some FOR UPDATE OF p SKIP LOCKED""")
_PAYMENTS_BY_ID = text(f"{_PAYMENTS} WHERE p.id = :id AND p.state = 'held' FOR UPDATE OF p")


def begin_release(db: Connection, batch_id: int, officer: Officer, now: datetime, limits: Limits = USUAL) -> None:
    """Sign the release, and hold what is doubtful at this moment, to be asked about while the rest goes on.

    Raises NotAllowed: for the same eyes twice, and for a batch that is not as it was approved.
    """
    require(officer, Role.RELEASES)
    batch = find_batch(db, batch_id, lock=True)
    if batch.state == "releasing":
        return  # a release that was cut short goes on
    if batch.state != "approved":
        raise NotAllowed(f"Batch {batch_id} is {batch.state}: only an approved batch can be released.")
    if content_hash(db, batch_id) != batch.content_hash:
        raise NotAllowed(f"Batch {batch_id} is not as it was approved.")
    try:
        with db.begin_nested():
            db.execute(
                text("UPDATE payment_batch SET state = 'releasing', released_by = :officer WHERE id = :id"),
                {"id": batch_id, "officer": officer.id},
            )
    except IntegrityError as refused:
        raise NotAllowed(four_eyes(refused, officer, batch_id)) from refused
    hold_doubtful(db, batch_id, now, limits)
    require_funds(db, batch_id)


def finish_release(
    database: Database, desk: Desk, batch_id: int, now: Callable[[], datetime], progress: Callable[[int], None]
) -> int:
    """Release what is still to be released, some payments at a time, and close the batch. How many there were.

    Raises NotAllowed when the funding was taken back meanwhile; what was released stays, and the rest can go on later.
    """
    done = 0
    while True:
        with database.begin() as db:
            released = _release_some(db, desk, batch_id, now())
            if not released:
                db.execute(
                    text("""UPDATE payment_batch SET state = 'released', released_at = :now
                            WHERE id = :id AND state = 'releasing'
                              AND NOT EXISTS (SELECT FROM payment WHERE batch_id = :id AND state = 'entered')"""),
                    {"id": batch_id, "now": now()},
                )
                return done
        done += released
        progress(released)


def unfinished(db: Connection) -> list[int]:
    """Batches whose release was cut short."""
    return [row.id for row in db.execute(text("SELECT id FROM payment_batch WHERE state = 'releasing' ORDER BY id"))]


def release_decided(db: Connection, desk: Desk, payment_id: int, now: datetime) -> None:
    """Release one payment that was held, once it is decided so."""
    _release(db, desk, db.execute(_PAYMENTS_BY_ID, {"id": payment_id}).all(), now)


def _release_some(db: Connection, desk: Desk, batch_id: int, now: datetime) -> int:
    payments = db.execute(_PAYMENTS_OF_BATCH, {"batch": batch_id, "some": PAYMENTS_AT_A_TIME}).all()
    if payments:
        _release(db, desk, payments, now)
    return len(payments)


def _release(db: Connection, desk: Desk, payments: Sequence[Row[Any]], now: datetime) -> None:
    _credit(db, payments)
    db.execute(
        text("UPDATE payment SET state = 'released', released_at = :now WHERE id = ANY(:ids)"),
        {"ids": [each.id for each in payments], "now": now},
    )
    reached = recipients.first(db, [each.person_id for each in payments])
    told = [_told(desk, each, reached[each.person_id], now) for each in payments if each.person_id in reached]
    messages.add(db, desk.vault, [written for each in told if (written := write_or_hint(desk, each))], now)


def _legs(payment: Row[Any]) -> list[Transfer]:
    year, month = payment.cycle.split("-")
    owner = ledger.beneficiary(payment.person_id, payment.programme)
    source = ledger.treasury(payment.programme, Cycle(int(year), int(month)))
    amount, journal = Dong(payment.amount), payment.grant_id
    legs = [Transfer(journal, source, owner, amount, journal, "payment released")]
    method = PayoutMethod(payment.payout_method)
    if not method.cash_out_here:
        away, why = ledger.handed_over(method.value, payment.programme), "handed over to be paid elsewhere"
        if method is PayoutMethod.FOCAL:
            away, why = ledger.trust(payment.commune_code, payment.person_id, payment.programme), "kept by the commune"
        legs.append(Transfer(leg_id(journal, "handed over", 0), owner, away, amount, journal, why))
    return legs


def _credit(db: Connection, payments: Sequence[Row[Any]]) -> None:
    legs = [leg for payment in payments for leg in _legs(payment)]
    make_accounts(db, [account for leg in legs for account in (leg.debit, leg.credit)])
    try:
        write(db, legs)
    except NotEnoughMoney as problem:
        raise NotAllowed("What was funded for these payments is used up: fund it, and release again.") from problem


def _told(desk: Desk, payment: Row[Any], to: Recipient, now: datetime) -> Told:
    year, month = payment.cycle.split("-")
    notice = PaymentArrived(
        given_name=given_name(payment.full_name),
        amount=Dong(payment.amount),
        programme=payment.programme,
        cycle=Cycle(int(year), int(month)),
        method=PayoutMethod(payment.payout_method),
        paid_on=desk.local(now).date(),
    )
    return Told(to, notice, f"payment-arrived:{payment.id}")
