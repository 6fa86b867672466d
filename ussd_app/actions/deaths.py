"""After a death nothing more is paid or sent; what is there already stays, and is shown, for the heirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.money import Dong
from ussd_app.store.officers import Officer


@dataclass(frozen=True, slots=True)
class Estate:
    """One who died, and what waits for the heirs."""

    person_id: int
    full_name: str
    commune: str
    died_on: date
    left: Dong
    on_the_way: Dong
    """Held for a cash-out that was asked for before; only the provider can say what came of it."""
    document: str


def record_death(
    db: Connection, person_id: int, died_on: date, officer: Officer, *, document: str, now: datetime
) -> Estate:
    """Write down a death with its document. The phones become unproven for this person, and nothing that waits is sent.

    Raises NotAllowed for a day that is still to come. The same death again changes nothing.
    """
    if died_on > now.date():
        raise NotAllowed(f"{died_on} is still to come.")
    changed = db.execute(
        text("UPDATE person SET deceased_on = :day WHERE id = :id AND deceased_on IS DISTINCT FROM :day"),
        {"id": person_id, "day": died_on},
    )
    if changed.rowcount:
        _write_down(db, person_id, died_on, officer, document, now)
        _fall_silent(db, person_id, officer, now)
    return next(each for each in estates(db) if each.person_id == person_id)


def take_back(db: Connection, person_id: int, officer: Officer, *, document: str, now: datetime) -> None:
    """The person lives: the notice was a mistake. Their phones are proved again one by one. Raises NotAllowed."""
    changed = db.execute(
        text("UPDATE person SET deceased_on = NULL WHERE id = :id AND deceased_on IS NOT NULL"), {"id": person_id}
    )
    if not changed.rowcount:
        raise NotAllowed("No death is written down for this person.")
    _write_down(db, person_id, None, officer, document, now)


def estates(db: Connection) -> list[Estate]:
    """Everyone whose death is written down, and what waits for the heirs; the largest first."""
    rows = db.execute(
        text("""SELECT p.id, p.full_name, c.name, p.deceased_on, coalesce(a.waits, 0)::bigint AS waits,
                       coalesce(a.held, 0)::bigint AS held,
                       (SELECT document FROM death_notice WHERE person_id = p.id ORDER BY id DESC LIMIT 1) AS document
                FROM person p JOIN commune c ON c.id = p.commune_id
                LEFT JOIN LATERAL (SELECT sum(credits_posted - debits_posted - debits_pending) AS waits,
                                          sum(debits_pending) AS held FROM account WHERE person_id = p.id) a ON true
                WHERE p.deceased_on IS NOT NULL ORDER BY waits DESC, p.id""")
    )
    return [
        Estate(row.id, row.full_name, row.name, row.deceased_on, Dong(row.waits), Dong(row.held), row.document or "")
        for row in rows
    ]


def _write_down(
    db: Connection, person_id: int, died_on: date | None, officer: Officer, document: str, now: datetime
) -> None:
    db.execute(
        text("""INSERT INTO death_notice (person_id, died_on, document, recorded_by, recorded_at)
                VALUES (:person, :day, :document, :officer, :now)"""),
        {"person": person_id, "day": died_on, "document": document, "officer": officer.id, "now": now},
    )


def _fall_silent(db: Connection, person_id: int, officer: Officer, now: datetime) -> None:
    values = {"person": person_id, "officer": officer.id, "now": now}
    db.execute(
        text("""WITH doubted AS (UPDATE person_phone SET unproven_at = :now
                                 WHERE person_id = :person AND unproven_at IS NULL RETURNING e164)
                INSERT INTO phone_event (e164, person_id, what, because, by_officer, at)
                SELECT e164, :person, 'doubted', 'its owner has died', :officer, :now FROM doubted"""),
        values,
    )
    db.execute(text("UPDATE helper SET ended_at = :now WHERE person_id = :person AND ended_at IS NULL"), values)
    db.execute(
        text("""UPDATE sms_message SET state = 'expired', note = 'its reader has died', changed_at = :now
                WHERE person_id = :person AND state = 'waiting' AND claimed_by IS NULL"""),
        values,
    )
