"""What has ended and did not stay so: a payment that the provider took back, or one that came after all."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from ussd_app.actions import cash_outs as actions
from ussd_app.domain.caller import CashOutState
from ussd_app.domain.money import total
from ussd_app.domain.statements import reversal_id
from ussd_app.store import attempts
from ussd_app.store.cash_outs import CashOut
from workers import stumbles
from workers.mobile_money import port
from workers.office import Office
from workers.orders import order_of

log = logging.getLogger(__name__)

FIRST_LOOK = timedelta(hours=1)
LOOKS = (timedelta(hours=1), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""After the payment. A callback is looked at when it comes, until it is clear; and the statement shows the rest."""


def look_at_ended(office: Office, ended: list[CashOut]) -> None:
    """Ask about each of these ended cash-outs, once."""
    for cash_out in ended:
        try:
            _look(office, cash_out)
        except OperationalError:
            raise
        except Exception as problem:  # whatever is wrong with one of them, the others are asked about
            stumbles.set_aside(cash_out.reference, "a look after its end", problem)
            with office.database.begin() as db:
                attempts.watch(db, cash_out.id, office.clock() + LOOKS[0])


def _look(office: Office, cash_out: CashOut) -> None:
    provider = office.provider(cash_out.provider)
    answer = provider.enquire(order_of(office, cash_out)) if provider else port.StillUnsure("provider_not_configured")
    now = office.clock()
    if isinstance(answer, port.Reversed) and cash_out.state is not CashOutState.FAILED:
        _take_back(office, cash_out, answer)
        return
    with office.database.begin() as db:
        match answer:
            case port.Paid(reference) if cash_out.state is CashOutState.FAILED:
                actions.late_success(db, office.desk, cash_out.id, provider_reference=reference, now=now)
                attempts.watch(db, cash_out.id, None)
            case _:
                later = attempts.next_look(db, cash_out.id, LOOKS, now)
                if isinstance(answer, port.StillUnsure):
                    told = attempts.called_back_since(db, cash_out.id, now - LOOKS[-1])
                    later = min(later or now + LOOKS[0], now + LOOKS[0]) if later or told else None
                attempts.watch(db, cash_out.id, later)


def _take_back(office: Office, cash_out: CashOut, answer: port.Reversed) -> None:
    """Each reversal once, in a transaction of its own; what is not taken back yet may still be."""
    parts = (*answer.before, answer)
    for each in parts:
        with office.database.begin() as db:
            new = actions.reverse(
                db,
                office.desk,
                cash_out.id,
                reversal_id=reversal_id(cash_out.provider, each.provider_reference),
                amount=each.amount,
                provider_reference=each.provider_reference,
                now=office.clock(),
            )
        if new:
            log.error(
                "cash-out %s: the provider took %s back (%s)", cash_out.reference, each.amount, each.provider_reference
            )
    with office.database.begin() as db:
        whole = total(tuple(each.amount for each in parts)) == cash_out.amount
        attempts.watch(db, cash_out.id, None if whole else attempts.next_look(db, cash_out.id, LOOKS, office.clock()))
