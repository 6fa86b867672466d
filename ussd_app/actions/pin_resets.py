"""A forgotten PIN: one officer knows who it is, another sends a temporary one; neither ever sees it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, text

from menus.first_pin import too_easy
from sms.care_notices import TemporaryPinSent
from ussd_app.actions import telling
from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import NotAllowed, require
from ussd_app.domain.payments import Role
from ussd_app.domain.phone import Phone
from ussd_app.store import pins, recipients
from ussd_app.store.officers import Officer

LASTS = timedelta(minutes=30)
ASKED_WITHIN = timedelta(days=1)


def ask(db: Connection, person_id: int, officer: Officer, *, checked: str, now: datetime) -> int:
    """The first signature: how this officer knew who it was. The number of the request."""
    require(officer, Role.ENTERS)
    return db.execute(
        text("""INSERT INTO pin_reset (person_id, asked_by, asked_at, checked)
                VALUES (:person, :officer, :now, :checked) RETURNING id"""),
        {"person": person_id, "officer": officer.id, "now": now, "checked": checked},
    ).scalar_one()


def give(
    db: Connection, desk: Desk, reset_id: int, officer: Officer, *, digits: int, now: datetime, to: Phone | None = None
) -> Phone:
    """The second signature: a PIN nobody sees goes to a number that is surely theirs. Which number that was."""
    require(officer, Role.APPROVES)
    asked = _asked(db, reset_id, officer, now)
    proved = [each.e164 for each in recipients.of(db, [asked.person_id]).get(asked.person_id, ()) if each.proven]
    if to is not None and to.e164 not in proved:
        raise NotAllowed(f"{to.masked()} is not proved to be this person's: prove it first with `phones prove`.")
    if not proved:
        raise NotAllowed("This person has no number that is proved to be theirs: prove one first with `phones prove`.")
    e164 = to.e164 if to else proved[0]
    typed = _made_up(digits)
    pins.set_temporary(db, asked.person_id, typed, now + LASTS)
    db.execute(
        text("UPDATE pin_reset SET given_by = :officer, given_at = :now WHERE id = :id"),
        {"officer": officer.id, "now": now, "id": reset_id},
    )
    minutes = int(LASTS.total_seconds()) // 60
    notice = TemporaryPinSent(pin=typed, minutes=minutes, ussd_code=desk.ussd_code)
    telling.tell_phone(db, desk, asked.person_id, e164, notice, f"pin-reset:{reset_id}", now, now + LASTS)
    return Phone(e164)


def _asked(db: Connection, reset_id: int, officer: Officer, now: datetime) -> Row[tuple[int, int, datetime, int | None]]:
    row = db.execute(
        text("SELECT person_id, asked_by, asked_at, given_by FROM pin_reset WHERE id = :id FOR UPDATE"), {"id": reset_id}
    ).first()
    if row is None or row.given_by is not None or row.asked_at < now - ASKED_WITHIN:
        raise NotAllowed(f"Request {reset_id} is not waiting: ask again with `pins ask-reset`.")
    if row.asked_by == officer.id:
        raise NotAllowed("The officer who asked may not also send it: another one must.")
    return row


def _made_up(digits: int) -> str:
    while too_easy(typed := f"{secrets.randbelow(10**digits):0{digits}d}", birth_year=0):
        pass
    return typed
