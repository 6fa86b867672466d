"""A visit is one USSD session: where the caller stands, and the last page, to be answered again byte for byte."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.store.quick import Speaker


class Kept(TypedDict):
    """One turn, as it is stored: a column each, for the statement takes it as it is."""

    session_id: str
    phone: str
    turn: int
    text_length: int
    text_mark: bytes
    page_sealed: bytes
    state: str
    standing: str
    screen: str
    person_id: int | None
    cash_out_id: UUID | None
    network_code: str
    commanded: bool
    now: datetime


_KEEP = """
    INSERT INTO visit (session_id, phone, turn, text_length, text_mark, page_sealed, state, standing, screen,
                       person_id, cash_out_id, network_code, commanded, started_at, changed_at, path)
    VALUES (%(session_id)s, %(phone)s, %(turn)s, %(text_length)s, %(text_mark)s, %(page_sealed)s, %(state)s,
            %(standing)s, %(screen)s, %(person_id)s, %(cash_out_id)s, %(network_code)s, %(commanded)s, %(now)s, %(now)s,
            %(screen)s)
    ON CONFLICT (session_id) DO UPDATE SET
        turn = excluded.turn, text_length = excluded.text_length, text_mark = excluded.text_mark,
        page_sealed = excluded.page_sealed, state = excluded.state, standing = excluded.standing,
        screen = excluded.screen, person_id = excluded.person_id,
        commanded = visit.commanded OR excluded.commanded,
        cash_out_id = coalesce(excluded.cash_out_id, visit.cash_out_id), changed_at = excluded.changed_at,
        path = left(visit.path || ' ' || excluded.path, 2000)
    WHERE visit.turn = excluded.turn - 1
"""

# A new session takes the place of one that was cut: it is offered for resuming once, and by then it has been.
_KEEP_FIRST = (
    """WITH cut AS (UPDATE visit SET state = 'superseded'
                 WHERE phone = %(phone)s AND state = 'open' AND session_id <> %(session_id)s)"""
    + _KEEP
)


def keep(db: Speaker, kept: Kept) -> bool:
    """Store a turn. False when another process stored the same turn first: then its page is the answer."""
    _, stored = db.say(_KEEP_FIRST if kept["turn"] == 1 else _KEEP, kept)
    return stored == 1


def lock_session(db: Connection, session_id: str) -> None:
    """Hold off any other turn of this session until the transaction ends."""
    db.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 8899))", {"key": session_id})


def keep_ending(
    db: Connection,
    *,
    session_id: str,
    status: str,
    network_code: str,
    duration_ms: int | None,
    hops: int | None,
    now: datetime,
) -> None:
    """What the gateway said when the session ended. The input it repeats, PIN and all, is not among it."""
    db.execute(
        text("""INSERT INTO visit_ending (session_id, status, network_code, duration_ms, hops, received_at)
                VALUES (:session_id, :status, :network_code, :duration_ms, :hops, :now) ON CONFLICT DO NOTHING"""),
        {
            "session_id": session_id,
            "status": status,
            "network_code": network_code,
            "duration_ms": duration_ms,
            "hops": hops,
            "now": now,
        },
    )
