"""What one person is told, and what is written down for them, when they answer without dialling."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from sms.keywords import Understood, Wish
from sms.kinds import Notice
from sms.replies import (
    AlreadyNoted,
    BalanceTold,
    CaseOpened,
    NothingPaid,
    NothingToAnswer,
    PaidElsewhere,
    ReceiptNoted,
    Said,
)
from ussd_app.actions.desk import Desk
from ussd_app.actions.dialogue import Press, carry_out
from ussd_app.domain.caller import PaymentSeen, Person
from ussd_app.domain.commands import Command, ConfirmPayment, ReportNotReceived, ReportWrongAmount
from ussd_app.domain.payments import Receipt
from ussd_app.store import callers, inbound
from ussd_app.store.cash_out_rules import Since
from ussd_app.store.inbound import Received
from ussd_app.store.quick import InTransaction

SAID_TWICE = timedelta(minutes=2)
"""The same answer again within this time is the same answer, not one about another payment."""

THOUGHT_BETTER = timedelta(minutes=10)
"""Another answer within this time is about the same payment; it stands, and a person mends it."""


def balance(desk: Desk, person: Person, now: datetime) -> Notice:
    if person.payout_method.cash_out_here:
        return BalanceTold(balance=person.balance, at=desk.local(now), ussd_code=desk.ussd_code)
    if not person.payments:
        return NothingPaid()
    latest = person.payments[0]
    return PaidElsewhere(method=person.payout_method, amount=latest.amount, cycle=latest.cycle)


def of_a_payment(
    db: Connection, desk: Desk, received: Received, press: Press, person: Person, understood: Understood
) -> Notice | None:
    """Write down what the owner says of the payment they were asked about; else of the newest that is unanswered."""
    last = inbound.last_answer(db, press.phone.e164, person.id, THOUGHT_BETTER, press.now)
    if last and last.wish is understood.wish and press.now - last.at < SAID_TWICE:
        return None
    if last and last.wish is not understood.wish:
        return _as_it_stands(_payment(person, last.payment_id))
    payment = _in_question(person, inbound.last_asked(db, person.id))
    if payment is None:
        return _as_it_stands(person.payments[0] if person.payments else None)
    carry_out(db, desk, press, _command(person, payment, understood))
    inbound.note_answer(db, received, person_id=person.id, payment_id=payment.id)
    since = Since.of(desk.local(press.now))
    people = callers.people_on(InTransaction(db), desk.vault, press.phone.e164, since)
    (now_seen,) = [each for each in people if each.id == person.id]
    return _done(_payment(now_seen, payment.id))


def _in_question(person: Person, asked: int | None) -> PaymentSeen | None:
    waiting = [each for each in person.payments if each.receipt is Receipt.NOT_ASKED]
    return next((each for each in waiting if each.id == asked), waiting[0] if waiting else None)


def _payment(person: Person, payment_id: int) -> PaymentSeen | None:
    return next((each for each in person.payments if each.id == payment_id), None)


def _command(person: Person, payment: PaymentSeen, understood: Understood) -> Command:
    match understood.wish:
        case Wish.RECEIVED:
            return ConfirmPayment(person.id, payment.id)
        case Wish.WRONG_AMOUNT:
            return ReportWrongAmount(person.id, payment.id, understood.amount)
        case _:
            return ReportNotReceived(person.id, payment.id)


def _done(payment: PaymentSeen | None) -> Notice:
    if payment is None or payment.receipt is Receipt.NOT_ASKED:
        return NothingToAnswer()
    if payment.receipt is Receipt.RECEIVED:
        return ReceiptNoted(amount=payment.amount, cycle=payment.cycle, reference=payment.receipt_reference)
    said = Said(payment.receipt.value)
    return CaseOpened(
        said=said, amount=payment.amount, cycle=payment.cycle, reference=payment.case_reference, due=payment.case_due
    )


def _as_it_stands(payment: PaymentSeen | None) -> Notice:
    if payment is None or payment.receipt is Receipt.NOT_ASKED:
        return NothingToAnswer()
    return AlreadyNoted(said=Said(payment.receipt.value), amount=payment.amount, cycle=payment.cycle)
