"""What a provider's answer does to a cash-out: the code goes out, the hold is posted, or it is given back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Row, text

from sms.notices import CashOutCode, CashOutFailed, CashOutReceipt, NewsWaiting, Notice
from ussd_app.actions.desk import Desk
from ussd_app.domain.caller import CashOutState
from ussd_app.domain.money import Dong
from ussd_app.domain.people import Gender, Language, given_name
from ussd_app.store import cash_outs, messages, phones
from ussd_app.store import ledger as ledger_store
from ussd_app.store.keepers import CODE

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
    _tell(db, desk, order, person, notice, f"cash-out-code:{id}", now)


def pay(db: Connection, desk: Desk, id: UUID, *, provider_reference: str, paid_at: datetime, now: datetime) -> None:
    """Cash was handed over: the hold becomes a payment, once, whatever came before."""
    order = cash_outs.lock(db, desk.vault, id)
    if order is None or not order.state.live:
        return
    ledger_store.post(db, id, "cash handed over")
    cash_outs.end(db, id, state=CashOutState.PAID, reason="", provider_reference=provider_reference, now=now)
    person = _person(db, order)
    notice = CashOutReceipt(
        gender=Gender(person.gender),
        given_name=given_name(person.full_name),
        amount=order.amount,
        point_name=person.point_name,
        paid_at=desk.local(paid_at),
        fee=order.fee,
        balance=Dong(person.balance),
        reference=order.reference,
    )
    _tell(db, desk, order, person, notice, f"cash-out-receipt:{id}", now)


def fail(db: Connection, desk: Desk, id: UUID, *, reason: str, now: datetime) -> None:
    """It surely did not and will not happen: the whole hold goes back and its owner is told."""
    order = cash_outs.lock(db, desk.vault, id)
    if order is None or not order.state.live:
        return
    ledger_store.void(db, id, reason)
    cash_outs.end(db, id, state=CashOutState.FAILED, reason=reason, provider_reference=None, now=now)
    person = _person(db, order)
    notice = CashOutFailed(
        gender=Gender(person.gender), amount=order.amount, reference=order.reference, returned_at=desk.local(now)
    )
    _tell(db, desk, order, person, notice, f"cash-out-failed:{id}", now)


def _person(db: Connection, order: cash_outs.CashOut) -> Row[tuple[str, str, str, str, int]]:
    return db.execute(
        text("""SELECT p.full_name, p.gender, coalesce(p.chosen_language, p.language) AS language,
                       coalesce(t.name, '') AS point_name,
                       (SELECT coalesce(sum(credits_posted - debits_posted - debits_pending), 0)::bigint
                        FROM account WHERE person_id = p.id) AS balance
                FROM person p LEFT JOIN point t ON t.code = :point WHERE p.id = :person"""),
        {"person": order.person_id, "point": order.point_code},
    ).one()


def _tell(
    db: Connection,
    desk: Desk,
    order: cash_outs.CashOut,
    person: Row[tuple[str, str, str, str, int]],
    notice: Notice,
    event: str,
    now: datetime,
) -> None:
    if phones.unproven(db, order.person_id, order.asked_from):
        notice = NewsWaiting()  # whoever holds that phone by now learns nothing
    body = notice.text(Language(person.language), desk.brand, desk.hotline)
    outgoing = messages.Outgoing(event, order.person_id, order.asked_from, notice.kind, notice.lane, body)
    messages.add(db, desk.vault, [outgoing], now)
