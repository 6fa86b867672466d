"""What happens to a person's own record, and the word of it that goes to their own phones."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from sms.care_notices import PinChanged, UsedByHelper, UsedByOfficer
from sms.kinds import Notice
from ussd_app.actions import telling
from ussd_app.actions.desk import Desk
from ussd_app.domain.people import Language
from ussd_app.domain.phone import Phone
from ussd_app.store import phones, recipients

ENDING = 3  # digits of a number that its owner recognises and nobody else can dial


def choose_language(db: Connection, person_id: int, language: Language) -> None:
    db.execute(
        text("UPDATE person SET chosen_language = :language WHERE id = :person"),
        {"language": language.value, "person": person_id},
    )


def tell_pin_changed(db: Connection, desk: Desk, person_id: int, now: datetime) -> None:
    tell(db, desk, person_id, PinChanged(changed_at=desk.local(now)), f"pin-changed:{person_id}:{now.isoformat()}", now)


def use_as_helper(db: Connection, desk: Desk, person_id: int, by: Phone, session_id: str, now: datetime) -> None:
    """Each use is written down; its owner is told once for each session, on their own phones."""
    if not phones.note_help(db, person_id, by.e164, what="read or confirmed", now=now):
        return
    notice = UsedByHelper(phone_ending=by.e164[-ENDING:], used_at=desk.local(now))
    tell(db, desk, person_id, notice, f"used-by-helper:{session_id}:{person_id}", now, but=by.e164)


def look_up(db: Connection, desk: Desk, person_id: int, officer_id: int, *, consent: str, now: datetime) -> None:
    """Before an officer sees anything: the consent is written down, and its owner is told."""
    use = phones.note_look_up(db, person_id, officer_id, consent=consent, now=now)
    tell(db, desk, person_id, UsedByOfficer(used_at=desk.local(now)), f"used-by-officer:{use}", now)


def tell(db: Connection, desk: Desk, person_id: int, notice: Notice, event: str, now: datetime, but: str = "") -> int:
    """To every number that is surely theirs; how many that is. Nobody who has no phone is told by somebody else's."""
    return telling.tell_all(db, desk, recipients.of(db, [person_id]).get(person_id, ()), notice, event, now, but)
