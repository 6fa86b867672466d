"""What an operator holds back: a lane, a carrier, one lane at one carrier, or every message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from sms.notices import Lane


@dataclass(frozen=True, slots=True)
class Pause:
    """None means every one."""

    lane: Lane | None
    provider: str | None
    by: str
    since: datetime


def pause(db: Connection, officer_id: int, *, lane: Lane | None, provider: str | None, now: datetime) -> bool:
    """False when it was held back already."""
    added = db.execute(
        text("""INSERT INTO sms_pause (lane, provider, paused_by, paused_at) VALUES (:lane, :provider, :officer, :now)
                ON CONFLICT DO NOTHING RETURNING id"""),
        {"lane": _number(lane), "provider": provider, "officer": officer_id, "now": now},
    )
    return added.first() is not None


def resume(db: Connection, officer_id: int, *, lane: Lane | None, provider: str | None, now: datetime) -> int:
    """End the pauses of this lane, of this carrier, or all of them when neither is named; how many there were."""
    ended = db.execute(
        text("""UPDATE sms_pause SET resumed_by = :officer, resumed_at = :now WHERE resumed_at IS NULL
                AND (CAST(:lane AS smallint) IS NULL OR lane = :lane)
                AND (CAST(:provider AS text) IS NULL OR provider = :provider)"""),
        {"lane": _number(lane), "provider": provider, "officer": officer_id, "now": now},
    )
    return ended.rowcount


def current(db: Connection) -> list[Pause]:
    rows = db.execute(
        text("""SELECT p.lane, p.provider, o.name, p.paused_at FROM sms_pause p JOIN officer o ON o.id = p.paused_by
                WHERE p.resumed_at IS NULL ORDER BY p.id""")
    )
    return [Pause(None if row.lane is None else Lane(row.lane), row.provider, row.name, row.paused_at) for row in rows]


def _number(lane: Lane | None) -> int | None:
    return None if lane is None else int(lane)
