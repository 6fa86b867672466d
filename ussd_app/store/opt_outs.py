"""Which numbers want no reminders. Money is told to them all the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from sms.kinds import Category

STOPPABLE = [int(each.lane) for each in Category if each.can_be_stopped]


def stop(db: Connection, e164: str, *, via: str, now: datetime) -> bool:
    """No reminders from now on, those included that are written and not yet sent. False when it was so already."""
    new = db.execute(
        text("""INSERT INTO opt_out (e164, via, since) VALUES (:e164, :via, :now)
                ON CONFLICT (e164) DO UPDATE SET via = excluded.via, since = excluded.since, ended_at = NULL
                WHERE opt_out.ended_at IS NOT NULL RETURNING e164"""),
        {"e164": e164, "via": via, "now": now},
    ).first()
    db.execute(
        text("""UPDATE sms_message SET state = 'expired', note = 'reminders were stopped', changed_at = :now
                WHERE e164 = :e164 AND lane = ANY(:lanes) AND state = 'waiting'"""),
        {"e164": e164, "lanes": STOPPABLE, "now": now},
    )
    return new is not None


def start(db: Connection, e164: str, *, now: datetime) -> bool:
    """Reminders again. False when they were never stopped."""
    ended = db.execute(
        text("UPDATE opt_out SET ended_at = :now WHERE e164 = :e164 AND ended_at IS NULL"), {"e164": e164, "now": now}
    )
    return ended.rowcount > 0
