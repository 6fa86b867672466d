"""Who may be told what: the numbers that a person's messages may go to, and what each may hear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text

from sms.kinds import Notice
from ussd_app.domain.people import Gender, Language, given_name


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person on one of their phones. Nobody who has died is one."""

    person_id: int
    e164: str
    full_name: str
    gender: Gender
    language: Language
    proven: bool
    """False: the number may be somebody else's by now. It hears neither name nor amount."""
    shared: bool
    """Several people have it: what is written to it says whose it is."""
    stopped: bool
    """No reminders and no campaigns are wanted here."""

    def may_hear(self, notice: Notice) -> bool:
        return self.proven and not (notice.category.can_be_stopped and self.stopped)

    def words_of(self, notice: Notice, brand: str, hotline: str) -> str:
        """The notice as it is written to this phone, with the name where the phone is shared."""
        named = notice.given_name or (given_name(self.full_name) if self.shared else "")
        spoken = replace(notice, gender=self.gender, given_name=named, shared=self.shared)
        return spoken.text(self.language, brand, hotline)


_SELECT = """
    SELECT r.person_id, r.e164, p.full_name, p.gender, coalesce(p.chosen_language, p.language) AS language,
           r.proven, r.shared, r.stopped
    FROM recipient r JOIN person p ON p.id = r.person_id
    WHERE {which} ORDER BY r.person_id, r.proven DESC, r.since, r.e164
"""
_OF = text(_SELECT.format(which="r.person_id = ANY(:people)"))
_ON = text(_SELECT.format(which="r.e164 = :e164 AND r.proven"))


def of(db: Connection, people: Sequence[int]) -> Mapping[int, list[Recipient]]:
    """By person; the surest and oldest number first. People who cannot be reached have none."""
    found: dict[int, list[Recipient]] = {}
    for row in db.execute(_OF, {"people": list(people)}):
        found.setdefault(row.person_id, []).append(_read(row))
    return found


def on(db: Connection, e164: str) -> list[Recipient]:
    """Everyone whose number this surely is."""
    return [_read(row) for row in db.execute(_ON, {"e164": e164})]


def someone_unproven_on(db: Connection, e164: str) -> bool:
    """Somebody was registered on this number, and it must be proved again."""
    found = db.execute(text("SELECT 1 FROM recipient WHERE e164 = :e164 AND NOT proven LIMIT 1"), {"e164": e164})
    return found.first() is not None


def first(db: Connection, people: Sequence[int]) -> Mapping[int, Recipient]:
    """One phone for each person who can be reached: one message per event."""
    return {person: found[0] for person, found in of(db, people).items()}


def _read(row: Any) -> Recipient:
    return Recipient(
        row.person_id,
        row.e164,
        row.full_name,
        Gender(row.gender),
        Language(row.language),
        row.proven,
        row.shared,
        row.stopped,
    )
