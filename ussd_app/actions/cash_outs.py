"""What a provider's answer does to a cash-out: the code goes out, the hold is posted, or the money comes back."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Row, text

from sms.cash_out_notices import CashOutReversed, PaidIntoWallet
from sms.notices import CashOutCode, CashOutFailed, CashOutReceipt, Notice
from ussd_app.actions import telling
from ussd_app.actions.desk import Desk
from ussd_app.domain.caller import CashOutState
from ussd_app.domain.ledger import MoreThanThereWas, ReusedWithOtherContent
from ussd_app.domain.money import Dong
from ussd_app.domain.people import Gender, given_name
from ussd_app.store import cash_outs, redemptions, references
from ussd_app.store import ledger as ledger_store
from ussd_app.store.cash_outs import CashOut
from ussd_app.store.keepers import CODE

log = logging.getLogger(__name__)

LOOK_AT_ISSUED_EVERY = timedelta(minutes=2)
"""The provider tells when a code is redeemed; this is for the day it does not."""


def issue_code(
    db: Connection, desk: Desk, id: UUID, *, code: str, expires_at: datetime, provider_reference: str, now: datetime
) -> None:
    """The provider has made a code: keep it sealed and send it to the phone that asked."""
    order = cash_outs.lock(db, desk.vault, id)
    if order is None or not order.state.live or order.state is CashOutState.ISSUED:
        return
    cash_outs.issue(
        db,
        id,
        code_sealed=desk.vault.seal(CODE, code),
        code_lookup=desk.vault.fingerprint(CODE, code),
        expires_at=expires_at,
        provider_reference=provider_reference,
        now=now,
        next_step_at=min(now + LOOK_AT_ISSUED_EVERY, expires_at),
    )
    person = _person(db, order)
    notice = CashOutCode(
        gender=Gender(person.gender),
        code=code,
        amount=order.amount,
        point_name=person.point_name,
        expires_at=desk.local(expires_at),
    )
    _tell(db, desk, order, notice, f"cash-out-code:{id}", now)


def pay(db: Connection, desk: Desk, id: UUID, *, provider_reference: str, paid_at: datetime, now: datetime) -> None:
    """Cash was handed over: the hold becomes a payment, once, whatever came before."""
    order = cash_outs.lock(db, desk.vault, id)
    if order is None or not order.state.live:
        return
    ledger_store.post(db, id, "cash handed over", fee_carried=order.fee_carried)
    cash_outs.end(db, id, state=CashOutState.PAID, reason="", provider_reference=provider_reference, now=now)
    redemptions.ask_now(db, id, now)
    person = _person(db, order)
    _tell(db, desk, order, _receipt(desk, order, person, paid_at), f"cash-out-receipt:{id}", now)


def _receipt(desk: Desk, order: CashOut, person: Row[tuple[str, str, str, str, int]], paid_at: datetime) -> Notice:
    gender, at, balance = Gender(person.gender), desk.local(paid_at), Dong(person.balance)
    if order.wallet:
        return PaidIntoWallet(
            gender=gender, amount=order.amount, paid_at=at, fee=order.fee, balance=balance, reference=order.reference
        )
    return CashOutReceipt(
        gender=gender,
        given_name=given_name(person.full_name),
        amount=order.amount,
        point_name=person.point_name,
        paid_at=at,
        fee=order.fee,
        balance=balance,
        reference=order.reference,
    )


def fail(db: Connection, desk: Desk, id: UUID, *, reason: str, now: datetime) -> None:
    """It surely did not and will not happen: the whole hold goes back and its owner is told."""
    order = cash_outs.lock(db, desk.vault, id)
    if order is None or not order.state.live:
        return
    ledger_store.void(db, id, reason)
    cash_outs.end(db, id, state=CashOutState.FAILED, reason=reason, provider_reference=None, now=now)
    redemptions.refuse_with_cash_out(db, id, reason=reason, now=now)
    person = _person(db, order)
    notice = CashOutFailed(
        gender=Gender(person.gender), amount=order.amount, reference=order.reference, returned_at=desk.local(now)
    )
    _tell(db, desk, order, notice, f"cash-out-failed:{id}", now)


def reverse(
    db: Connection, desk: Desk, id: UUID, *, reversal_id: UUID, amount: Dong, provider_reference: str, now: datetime
) -> bool:
    """The provider has taken back what it had paid, wholly or in part: it is its owner's again, who is told.

    False, and nothing done, when this reversal was written before, or the cash-out was never paid. When more would come
    back than went, or the same reversal tells another amount, somebody must look at it.
    """
    order = cash_outs.lock(db, desk.vault, id)
    if order is None or order.state not in (CashOutState.PAID, CashOutState.REVERSED):
        return False
    try:
        with db.begin_nested():
            new = ledger_store.reverse(db, id, reversal_id, amount, f"reversed by the provider: {provider_reference}")
            if new:
                cash_outs.reverse(db, id, amount, now)
    except (MoreThanThereWas, ReusedWithOtherContent):
        if cash_outs.note_finding(db, "more_back_than_paid", id, references.new(db, "V"), now):
            log.error(
                "cash-out %s: a reversal of %s (%s) is more than was paid", order.reference, amount, provider_reference
            )
        return False
    if new:
        cash_outs.note_finding(db, "reversed", id, references.new(db, "V"), now)
        person = _person(db, order)
        notice = CashOutReversed(
            gender=Gender(person.gender), amount=amount, reference=order.reference, returned_at=desk.local(now)
        )
        _tell(db, desk, order, notice, f"cash-out-reversed:{reversal_id}", now)
    return new


def late_success(
    db: Connection, desk: Desk, id: UUID, *, provider_reference: str, amount: Dong | None = None, now: datetime
) -> bool:
    """The provider has paid after all what was declared failed and given back: money that waits for a person's decision.

    It is owed to the provider, and never taken from its owner, who may have spent it. False when it was written before.
    """
    order = cash_outs.lock(db, desk.vault, id)
    if order is None or order.state is not CashOutState.FAILED:
        return False
    if not ledger_store.suspend(db, id, f"paid after it was declared failed: {provider_reference}", amount):
        return False
    cash_outs.note_finding(db, "late_success", id, references.new(db, "V"), now)
    log.error("cash-out %s: paid by the provider (%s) after it was declared failed", order.reference, provider_reference)
    return True


_PERSON = text("""
    SELECT p.full_name, p.gender, coalesce(p.chosen_language, p.language) AS language,
           coalesce(t.name, '') AS point_name,
           (SELECT coalesce(sum(credits_posted - debits_posted - debits_pending), 0)::bigint
            FROM account WHERE person_id = p.id) AS balance
    FROM person p LEFT JOIN point t ON t.code = :point WHERE p.id = :person
""")


def _person(db: Connection, order: CashOut) -> Row[tuple[str, str, str, str, int]]:
    return db.execute(_PERSON, {"person": order.person_id, "point": order.point_code}).one()


def _tell(
    db: Connection,
    desk: Desk,
    order: CashOut,
    notice: Notice,
    event: str,
    now: datetime,
) -> None:
    """To the phone that asked; whoever holds an unproven one by now learns nothing."""
    ends = notice.expires_at if isinstance(notice, CashOutCode) else None  # a code is worth nothing after its life
    telling.tell_phone(db, desk, order.person_id, order.asked_from, notice, event, now, ends)
