"""What was asked about a number before money followed it, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class NumberCheck:
    outcome: str
    """asked, clear, swapped, mismatch, no_wallet or unsure."""
    asked_at: datetime
    swapped_on: date | None


def latest(db: Connection, e164: str, what: str, *, since: datetime, person_id: int | None = None) -> NumberCheck | None:
    """The newest answer about this number, or the newest question; for this person only, where one is named."""
    row = db.execute(
        text("""SELECT outcome, asked_at, swapped_on FROM number_check
                WHERE e164 = :e164 AND what = :what AND asked_at >= :since
                AND (CAST(:person AS bigint) IS NULL OR person_id = :person) ORDER BY asked_at DESC, id DESC LIMIT 1"""),
        {"e164": e164, "what": what, "since": since, "person": person_id},
    ).first()
    return NumberCheck(*row) if row else None


def note(
    db: Connection,
    e164: str,
    what: str,
    *,
    person_id: int,
    provider: str,
    outcome: str,
    now: datetime,
    request_id: str = "",
    swapped_on: date | None = None,
) -> None:
    db.execute(
        text("""INSERT INTO number_check (e164, person_id, what, provider, request_id, asked_at, outcome, answered_at,
                                          swapped_on)
                VALUES (:e164, :person, :what, :provider, :request, :now, :outcome,
                        CASE WHEN :outcome = 'asked' THEN NULL ELSE CAST(:now AS timestamptz) END, :swapped_on)
                ON CONFLICT DO NOTHING"""),
        {
            "e164": e164,
            "person": person_id,
            "what": what,
            "provider": provider,
            "request": request_id,
            "now": now,
            "outcome": outcome,
            "swapped_on": swapped_on,
        },
    )


def answer(
    db: Connection, provider: str, request_id: str, *, outcome: str, swapped_on: date | None, now: datetime
) -> str | None:
    """Write down what was called back, once; the number it is about. None for a question not ours, or answered."""
    return db.execute(
        text("""UPDATE number_check SET outcome = :outcome, swapped_on = :swapped_on, answered_at = :now
                WHERE provider = :provider AND request_id = :request AND request_id <> ''
                  AND (outcome = 'asked' OR outcome = 'unsure' AND :outcome <> 'unsure') RETURNING e164"""),
        {"provider": provider, "request": request_id, "outcome": outcome, "swapped_on": swapped_on, "now": now},
    ).scalar()


def proved_on(db: Connection, e164: str, person_id: int) -> datetime | None:
    """Since when this number is known to be this person's; None when it never was theirs."""
    return db.execute(
        text("""SELECT greatest(p.since, (SELECT max(at) FROM phone_event e WHERE e.e164 = p.e164
                                          AND e.person_id = p.person_id AND e.what = 'proved'))
                FROM person_phone p WHERE p.e164 = :e164 AND p.person_id = :person"""),
        {"e164": e164, "person": person_id},
    ).scalar()


def keep_holder_name(db: Connection, person_id: int, name: str) -> None:
    """As the provider writes it; when the account changes, the database forgets it."""
    db.execute(
        text("UPDATE person SET holder_name = :name WHERE id = :person AND holder_name IS DISTINCT FROM :name"),
        {"person": person_id, "name": name},
    )


def name_of(db: Connection, person_id: int) -> str:
    return db.execute(text("SELECT full_name FROM person WHERE id = :person"), {"person": person_id}).scalar_one()
