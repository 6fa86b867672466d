"""Messages about money that never arrived, as work for the commune of the person they were for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

UNSURE_FOR = timedelta(hours=24)
"""After this long without a report a message that may have arrived is counted as one that did not."""

LOOK_BACK = timedelta(days=8)
"""Longer than any message lives, so nothing that failed is overlooked."""

IN_A_ROW = 3
"""So many messages to one phone that never arrived, and none that did since: it is not surely theirs any more."""


def open_new(db: Connection, now: datetime) -> int:
    """Write down what failed since the last look. How many there are."""
    return db.execute(
        text("""INSERT INTO undelivered (message_id, person_id, commune_id, opened_at)
                SELECT m.id, m.person_id, p.commune_id, :now FROM sms_message m JOIN person p ON p.id = m.person_id
                WHERE m.lane = 1 AND m.changed_at > CAST(:now AS timestamptz) - :look_back
                  AND (m.state IN ('undelivered', 'refused', 'expired')
                       OR (m.state = 'unsure' AND m.changed_at < CAST(:now AS timestamptz) - :unsure_for))
                ON CONFLICT (message_id) DO NOTHING"""),
        {"now": now, "unsure_for": UNSURE_FOR, "look_back": LOOK_BACK},
    ).rowcount


def close_arrived(db: Connection, now: datetime) -> int:
    """A report that came late after all ends the work by itself."""
    return db.execute(
        text("""UPDATE undelivered u SET done_at = :now, how = 'arrived after all'
                FROM sms_message m WHERE m.id = u.message_id AND u.done_at IS NULL AND m.state = 'delivered'"""),
        {"now": now},
    ).rowcount


def silent_phones(db: Connection, since: datetime) -> list[str]:
    """Numbers still held for proved whose last messages all came to nothing."""
    rows = db.execute(
        text("""SELECT DISTINCT f.e164 FROM sms_message f
                WHERE f.state = 'undelivered' AND f.changed_at >= :since
                  AND EXISTS (SELECT FROM person_phone h WHERE h.e164 = f.e164 AND h.unproven_at IS NULL
                              AND h.since < f.created_at)
                  AND (SELECT count(*) = :in_a_row AND bool_and(last.state = 'undelivered')
                       FROM (SELECT m.state FROM sms_message m
                             WHERE m.e164 = f.e164 AND m.state IN ('delivered', 'undelivered')
                             ORDER BY m.created_at DESC LIMIT :in_a_row) AS last)"""),
        {"since": since, "in_a_row": IN_A_ROW},
    )
    return [row.e164 for row in rows]


def still_open(db: Connection, commune_code: str | None = None) -> list[Row[Any]]:
    """The work list, the oldest first within each commune."""
    return list(
        db.execute(
            text("""SELECT u.message_id, k.code AS commune_code, k.name AS commune, k.officer_name, p.person_code,
                           p.full_name, m.kind, m.state, m.note, u.opened_at
                    FROM undelivered u JOIN sms_message m ON m.id = u.message_id
                    JOIN person p ON p.id = u.person_id JOIN commune k ON k.id = u.commune_id
                    WHERE u.done_at IS NULL AND (CAST(:code AS text) IS NULL OR k.code = :code)
                    ORDER BY k.code, u.opened_at, u.message_id"""),
            {"code": commune_code},
        )
    )


def close(db: Connection, message_id: int, officer_id: int, how: str, now: datetime) -> bool:
    return (
        db.execute(
            text("""UPDATE undelivered SET done_at = :now, done_by = :officer, how = :how
                    WHERE message_id = :id AND done_at IS NULL"""),
            {"id": message_id, "officer": officer_id, "how": how, "now": now},
        ).rowcount
        > 0
    )
