"""Which providers take no orders just now, since when, why, and when the next one is tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

BEAT_EVERY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Pause:
    provider: str
    reason: str
    since: datetime
    until: datetime
    times: int
    """How often the pause was prolonged; 1 when it has only begun."""


_COLUMNS = "provider, reason, since, until, times"


def pause(
    db: Connection, provider: str, reason: str, *, steps_s: Sequence[int], now: datetime, until: datetime | None = None
) -> Pause:
    """Send nothing to this provider for a while: for the first of these seconds, then the second, and so on.

    One that pauses already is prolonged only when its pause has run out: many orders may bring the same news.
    """
    row = db.execute(
        text(f"""INSERT INTO provider_pause AS p (provider, reason, since, until)
                 VALUES (:provider, :reason, :now, coalesce(CAST(:until AS timestamptz),
                         CAST(:now AS timestamptz) + make_interval(secs => :first)))
                 ON CONFLICT (provider) DO UPDATE SET
                     times = p.times + (p.until <= :now)::int,
                     reason = CASE WHEN p.until <= :now THEN excluded.reason ELSE p.reason END,
                     until = CASE WHEN p.until <= :now
                         THEN coalesce(CAST(:until AS timestamptz), CAST(:now AS timestamptz) + make_interval(secs =>
                             (CAST(:steps AS int[]))[least(p.times + 1, cardinality(CAST(:steps AS int[])))]))
                         ELSE greatest(p.until, coalesce(CAST(:until AS timestamptz), p.until)) END
                 RETURNING {_COLUMNS}"""),
        {
            "provider": provider,
            "reason": reason,
            "now": now,
            "until": until,
            "first": steps_s[0],
            "steps": list(steps_s),
        },
    ).one()
    return Pause(*row)


def resume(db: Connection, provider: str) -> Pause | None:
    """It takes orders again. The pause that ended, if there was one."""
    sql = f"DELETE FROM provider_pause WHERE provider = :provider RETURNING {_COLUMNS}"
    row = db.execute(text(sql), {"provider": provider}).first()
    return Pause(*row) if row else None


def paused(db: Connection, provider: str, now: datetime) -> Pause | None:
    """Its pause, while it lasts."""
    row = db.execute(
        text(f"SELECT {_COLUMNS} FROM provider_pause WHERE provider = :provider AND until > :now"),
        {"provider": provider, "now": now},
    ).first()
    return Pause(*row) if row else None


def beat_due(db: Connection, provider: str, now: datetime) -> bool:
    """True for one asker a minute: whoever is told so asks the provider how it is."""
    asked = db.execute(
        text("""INSERT INTO provider_beat (provider, asked_at) VALUES (:provider, :now)
                ON CONFLICT (provider) DO UPDATE SET asked_at = :now WHERE provider_beat.asked_at <= :before
                RETURNING 1"""),
        {"provider": provider, "now": now, "before": now - BEAT_EVERY},
    )
    return asked.first() is not None


def note_beat(db: Connection, provider: str, service: str) -> None:
    db.execute(
        text("UPDATE provider_beat SET service = :service WHERE provider = :provider"),
        {"provider": provider, "service": service},
    )
