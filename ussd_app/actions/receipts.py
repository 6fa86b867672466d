"""Did the money come? Asked of each owner once, some days after a payment, in the way their phone can answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, text

from sms.payment_notices import ReceiptAsked, ReceiptAskedByDialling, ReceiptAskedByReply, ReceiptAskedByRinging
from ussd_app.actions import telling
from ussd_app.actions.desk import Desk
from ussd_app.actions.telling import Told
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.domain.people import given_name
from ussd_app.domain.sending_hours import quiet
from ussd_app.store import recipients
from ussd_app.store.recipients import Recipient

TOO_LATE = timedelta(days=30)
"""Nobody remembers after this what came when."""

ONE_AT_A_TIME = timedelta(days=2)
"""A second payment of the same person is asked about when the first question is so old, or answered."""

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Asking:
    """How people are asked, as the settings say."""

    after_days: int = 0
    """0 asks nobody."""
    can_reply: bool = False
    """Messages come from a number that can be answered."""
    ring_if_received: str = ""
    ring_if_not: str = ""


def ask_some(db: Connection, desk: Desk, asking: Asking, now: datetime) -> int:
    """Ask about some payments whose day has come; how many were taken. Nothing while people sleep."""
    if not asking.after_days or quiet(desk.local(now)):
        return 0
    payments = db.execute(_DUE, _when(asking, now)).all()
    reached = recipients.first(db, [each.person_id for each in payments])
    db.execute(_ASKED, {"ids": [each.id for each in payments], "now": now})
    told = [_told(desk, asking, reached[each.person_id], each) for each in payments if each.person_id in reached]
    telling.tell(db, desk, told, now)
    return len(payments)


def _when(asking: Asking, now: datetime) -> dict[str, object]:
    return {
        "before": now - timedelta(days=asking.after_days),
        "after": now - timedelta(days=asking.after_days) - TOO_LATE,
        "lately": now - ONE_AT_A_TIME,
        "some": AT_ONCE,
    }


_DUE = text("""
    SELECT y.id, y.person_id, y.amount, y.cycle FROM payment y
    WHERE y.state = 'released' AND y.receipt = 'not_asked' AND y.asked_at IS NULL
      AND y.released_at BETWEEN :after AND :before
      AND NOT EXISTS (SELECT FROM payment o WHERE o.person_id = y.person_id AND o.id <> y.id AND o.receipt = 'not_asked'
                      AND (o.asked_at > :lately OR (o.asked_at IS NULL AND o.state = 'released' AND o.released_at <= :before
                                                    AND (o.released_at, o.id) > (y.released_at, y.id))))
    ORDER BY y.released_at, y.id LIMIT :some FOR UPDATE OF y SKIP LOCKED
""")


_ASKED = text("UPDATE payment SET asked_at = :now WHERE id = ANY(:ids)")


def _told(desk: Desk, asking: Asking, to: Recipient, payment: Row[tuple[int, int, int, str]]) -> Told:
    year, month = payment.cycle.split("-")
    question = _question(desk, asking, to, Dong(payment.amount), Cycle(int(year), int(month)))
    return Told(to, question, f"receipt-asked:{payment.id}")


def _question(desk: Desk, asking: Asking, to: Recipient, amount: Dong, cycle: Cycle) -> ReceiptAsked:
    """On a shared phone only the screen can ask who answers."""
    name = given_name(to.full_name)
    if not to.shared and asking.ring_if_received and asking.ring_if_not:
        return ReceiptAskedByRinging(
            given_name=name,
            amount=amount,
            cycle=cycle,
            ring_if_received=asking.ring_if_received,
            ring_if_not=asking.ring_if_not,
        )
    if not to.shared and asking.can_reply:
        return ReceiptAskedByReply(given_name=name, amount=amount, cycle=cycle)
    return ReceiptAskedByDialling(given_name=name, amount=amount, cycle=cycle, ussd_code=desk.ussd_code)
