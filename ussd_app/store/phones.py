"""Which numbers are proved to be whose, who helps from which, and what was written down of both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text


def doubt(db: Connection, e164: str, *, because: str, officer_id: int | None, now: datetime) -> int:
    """From now on nothing private goes to this number, whoever it belongs to. How many people it served."""
    doubted = db.execute(
        text("UPDATE person_phone SET unproven_at = :now WHERE e164 = :e164 AND unproven_at IS NULL"),
        {"e164": e164, "now": now},
    ).rowcount
    doubted += db.execute(
        text("UPDATE helper SET ended_at = :now WHERE e164 = :e164 AND ended_at IS NULL"), {"e164": e164, "now": now}
    ).rowcount
    if doubted:
        _note(db, e164, None, "doubted", because, officer_id, now)
    return doubted


def unproven(db: Connection, person_id: int, e164: str) -> bool:
    return bool(
        db.execute(
            text("SELECT 1 FROM person_phone WHERE person_id = :person AND e164 = :e164 AND unproven_at IS NOT NULL"),
            {"person": person_id, "e164": e164},
        ).scalar()
    )


def prove(db: Connection, e164: str, person_id: int, *, because: str, officer_id: int, now: datetime) -> bool:
    """This number is this person's again. Others who once shared it stay unproven."""
    proved = db.execute(
        text("""UPDATE person_phone SET unproven_at = NULL
                WHERE e164 = :e164 AND person_id = :person AND unproven_at IS NOT NULL
                  AND NOT EXISTS (SELECT FROM person WHERE id = :person AND deceased_on IS NOT NULL)"""),
        {"e164": e164, "person": person_id},
    ).rowcount
    if proved:
        _note(db, e164, person_id, "proved", because, officer_id, now)
    return bool(proved)


def _note(
    db: Connection, e164: str, person_id: int | None, what: str, because: str, officer_id: int | None, now: datetime
) -> None:
    db.execute(
        text("""INSERT INTO phone_event (e164, person_id, what, because, by_officer, at)
                VALUES (:e164, :person, :what, :because, :officer, :now)"""),
        {"e164": e164, "person": person_id, "what": what, "because": because, "officer": officer_id, "now": now},
    )


def consent_to_help(
    db: Connection, person_id: int, e164: str, *, name: str, consent: str, officer_id: int, now: datetime
) -> None:
    db.execute(
        text("""INSERT INTO helper (person_id, e164, name, consent, recorded_by, since)
                VALUES (:person, :e164, :name, :consent, :officer, :now)
                ON CONFLICT (person_id, e164) WHERE ended_at IS NULL
                DO UPDATE SET name = excluded.name, consent = excluded.consent, recorded_by = excluded.recorded_by"""),
        {"person": person_id, "e164": e164, "name": name, "consent": consent, "officer": officer_id, "now": now},
    )


def end_help(db: Connection, person_id: int, e164: str, now: datetime) -> bool:
    ended = db.execute(
        text("UPDATE helper SET ended_at = :now WHERE person_id = :person AND e164 = :e164 AND ended_at IS NULL"),
        {"person": person_id, "e164": e164, "now": now},
    )
    return ended.rowcount > 0


def note_help(db: Connection, person_id: int, e164: str, *, what: str, now: datetime) -> bool:
    """Written down when this number only helps with this person; False when it is their own."""
    noted = db.execute(
        text("""INSERT INTO record_use (person_id, by_phone, what, consent, used_at)
                SELECT person_id, e164, :what, consent, :now FROM helper
                WHERE person_id = :person AND e164 = :e164 AND ended_at IS NULL"""),
        {"person": person_id, "e164": e164, "what": what, "now": now},
    )
    return noted.rowcount > 0


def note_look_up(db: Connection, person_id: int, officer_id: int, *, consent: str, now: datetime) -> int:
    return db.execute(
        text("""INSERT INTO record_use (person_id, by_officer, what, consent, used_at)
                VALUES (:person, :officer, 'looked up', :consent, :now) RETURNING id"""),
        {"person": person_id, "officer": officer_id, "consent": consent, "now": now},
    ).scalar_one()
