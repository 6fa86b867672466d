"""What officers do about pay points: open, close, suspend and unlock them, and give one a phone with a PIN of its own."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from menus.first_pin import too_easy
from sms.cash_out_notices import KeeperPinSent
from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.people import Language
from ussd_app.domain.phone import Phone
from ussd_app.store import guesses, keepers, messages, points
from ussd_app.store.officers import Officer

STARTING_PIN_LASTS = timedelta(hours=12)


def known(db: Connection, code: str) -> str:
    """The name of a point, held against changes until the transaction ends. Raises NotAllowed when there is none."""
    sql = "SELECT name FROM point WHERE code = :code FOR NO KEY UPDATE"
    name = db.execute(text(sql), {"code": code}).scalar()
    if name is None:
        raise NotAllowed(f"There is no point {code!r}: see `points list`.")
    return str(name)


def open_or_close(db: Connection, code: str, officer: Officer, *, open: bool, because: str, now: datetime) -> None:
    """What is waiting at a point that closes stays redeemable by the provider; nothing new is offered there."""
    known(db, code)
    points.set_open(db, code, open=open)
    points.note(db, code, "opened" if open else "closed", because=because, officer_id=officer.id, now=now)


def suspend(db: Connection, code: str, officer: Officer, *, because: str, now: datetime) -> int:
    """Stop a point, with the reason kept. How many codes lie there: their owners may need another point."""
    known(db, code)
    points.suspend(db, code, because)
    points.note(db, code, "suspended", because=because, officer_id=officer.id, now=now)
    return db.execute(
        text("SELECT count(*) FROM cash_out WHERE point_code = :code AND state = 'issued'"), {"code": code}
    ).scalar_one()


def unlock(db: Connection, code: str, officer: Officer, *, because: str, now: datetime) -> None:
    """Somebody has looked into the guessing: the point and its phones may key in codes again, and the finding is closed."""
    known(db, code)
    guesses.unlock(db, code)
    points.note(db, code, "unlocked", because=because, officer_id=officer.id, now=now)
    db.execute(
        text("""UPDATE cash_out_finding SET closed_by = :officer, closed_at = :now, outcome = :because
                WHERE point_code = :code AND kind = 'guessing' AND closed_at IS NULL"""),
        {"officer": officer.id, "now": now, "because": because, "code": code},
    )


def add_phone(db: Connection, desk: Desk, code: str, phone: Phone, officer: Officer, *, digits: int, now: datetime) -> None:
    """This phone speaks for the point from now on; the PIN that opens it goes there by SMS and is shown to nobody.

    Raises NotAllowed for a number that is somebody's own: their money would be behind the point's menu.
    """
    name = known(db, code)
    taken = db.execute(text("SELECT 1 FROM person_phone WHERE e164 = :phone LIMIT 1"), {"phone": phone.e164}).first()
    if taken:
        raise NotAllowed("This number is somebody's own on the list: a point needs a number of its own.")
    pin = _made_up(digits)
    keepers.add(db, phone.e164, code, pin=pin, until=now + STARTING_PIN_LASTS, officer_id=officer.id, now=now)
    points.note(db, code, "phone_added", because=phone.masked(), officer_id=officer.id, now=now)
    minutes = int(STARTING_PIN_LASTS.total_seconds()) // 60
    notice = KeeperPinSent(pin=pin, point_name=name, minutes=minutes, ussd_code=desk.ussd_code)
    body = notice.text(Language.VIETNAMESE, desk.brand, desk.hotline)
    event = f"keeper-pin:{phone.e164}:{now.isoformat()}"
    messages.add(db, desk.vault, [messages.Outgoing(event, None, phone.e164, notice.kind, notice.lane, body)], now)


def end_phone(db: Connection, phone: Phone, officer: Officer, now: datetime) -> bool:
    keeper = keepers.find(db, phone.e164)
    if keeper is None:
        return False
    points.note(db, keeper.point_code, "phone_ended", because=phone.masked(), officer_id=officer.id, now=now)
    return keepers.end(db, phone.e164, now)


def _made_up(digits: int) -> str:
    while too_easy(typed := f"{secrets.randbelow(10**digits):0{digits}d}", birth_year=0):
        pass
    return typed
