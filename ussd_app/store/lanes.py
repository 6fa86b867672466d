"""How the lanes stand: what waits, how long already, and what became of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from sms.notices import Lane


@dataclass(frozen=True, slots=True)
class LaneNow:
    """Counts of one lane. `oldest_since` is when the longest waiting message that is due was written."""

    lane: Lane
    waiting: int
    sending: int
    unsure: int
    sent_lately: int
    """Handed over within the last minute."""
    oldest_since: datetime | None


def now_in_lanes(db: Connection, now: datetime) -> list[LaneNow]:
    rows = db.execute(
        text("""SELECT l.lane,
                    (SELECT count(*) FROM sms_message m WHERE m.state = 'waiting' AND m.lane = l.lane) AS waiting,
                    (SELECT count(*) FROM sms_message m WHERE m.state = 'sending' AND m.lane = l.lane) AS sending,
                    (SELECT count(*) FROM sms_message m WHERE m.state = 'unsure' AND m.lane = l.lane) AS unsure,
                    (SELECT count(*) FROM sms_message m WHERE m.lane = l.lane
                     AND m.sending_at > CAST(:now AS timestamptz) - interval '1 minute') AS sent_lately,
                    (SELECT min(m.created_at) FROM sms_message m
                     WHERE m.state = 'waiting' AND m.lane = l.lane AND m.next_attempt_at <= :now) AS oldest_since
                FROM generate_series(0, 3) AS l (lane) ORDER BY l.lane"""),
        {"now": now},
    )
    return [
        LaneNow(Lane(row.lane), row.waiting, row.sending, row.unsure, row.sent_lately, row.oldest_since) for row in rows
    ]
