"""What all workers know together of a carrier: how many parts it may be given now, and how well it has answered.

It is kept in PostgreSQL and not in Redis: Redis may be emptied at any moment, and a limit that is forgotten in the
middle of a payment day is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from ussd_app.domain.breaker import TRIAL_LASTS, Breaker, Health, heard

RESERVE = 0.25
"""The share of a second's measure that only codes may use."""


def largest_grant(parts_a_second: float) -> int:
    """Parts that one taking may ask for: never more than the reserve, so that codes always find theirs."""
    return max(1, int(parts_a_second * RESERVE))


def take(db: Connection, *, name: str, parts: int, parts_a_second: float, urgent: bool, now: datetime) -> bool:
    """Count `parts` against a carrier's measure, a second's worth of which may be saved up; False: too soon.

    What is not urgent leaves a share of the measure untouched.
    """
    most = max(parts_a_second, 1.0, float(parts))
    saved = "least(:most, tokens + :rate * greatest(0, extract(epoch FROM CAST(:now AS timestamptz) - filled_at)))"
    taken = db.execute(
        text(f"""UPDATE sms_carrier SET tokens = {saved} - :parts, filled_at = greatest(filled_at, :now)
                WHERE name = :name AND {saved} - :parts >= :floor RETURNING tokens"""),
        {
            "name": name,
            "most": most,
            "rate": parts_a_second,
            "parts": parts,
            "floor": 0.0 if urgent else min(RESERVE * parts_a_second, most - parts),
            "now": now,
        },
    )
    return taken.first() is not None


def look(db: Connection, tallies: Mapping[str, tuple[int, int]], names: Sequence[str], now: datetime) -> dict[str, Health]:
    """Add what was heard, as (answers, troubles) for each carrier, and say how all of them are."""
    rows = _locked(db, names)
    if len(rows) < len(names):
        _introduce(db, names, now)
        rows = _locked(db, names)
    found: dict[str, Health] = {}
    for row in rows:
        before = _health(row)
        found[row.name] = after = heard(before, *tallies.get(row.name, (0, 0)), now)
        if after != before:
            _write(db, row.name, after)
    return found


def try_one(db: Connection, name: str, now: datetime) -> bool:
    """True for the one worker that is to hand a resting carrier one message."""
    tried = db.execute(
        text("""UPDATE sms_carrier SET breaker = 'half_open', look_at = :until
                WHERE name = :name AND breaker <> 'closed' AND look_at <= :now RETURNING name"""),
        {"name": name, "now": now, "until": now + TRIAL_LASTS},
    )
    return tried.first() is not None


def all_known(db: Connection) -> dict[str, Health]:
    """Every carrier that was ever used, and how it is."""
    return {row.name: _health(row) for row in db.execute(text("SELECT * FROM sms_carrier ORDER BY name"))}


def _locked(db: Connection, names: Sequence[str]) -> Sequence[Row[Any]]:
    statement = text("SELECT * FROM sms_carrier WHERE name = ANY(:names) ORDER BY name FOR UPDATE")
    return db.execute(statement, {"names": list(names)}).all()


def _introduce(db: Connection, names: Sequence[str], now: datetime) -> None:
    db.execute(
        text("""INSERT INTO sms_carrier (name, window_began, filled_at)
                SELECT name, :now, :now FROM unnest(CAST(:names AS text[])) AS n (name) ORDER BY name
                ON CONFLICT DO NOTHING"""),
        {"names": list(names), "now": now},
    )


def _health(row: Row[Any]) -> Health:
    kept = row._mapping
    return Health(
        Breaker(kept["breaker"]), kept["window_began"], kept["answers"], kept["troubles"], kept["openings"], kept["look_at"]
    )


def _write(db: Connection, name: str, health: Health) -> None:
    db.execute(
        text("""UPDATE sms_carrier SET breaker = :breaker, window_began = :began, answers = :answers,
                       troubles = :troubles, openings = :openings, look_at = :look_at WHERE name = :name"""),
        {
            "name": name,
            "breaker": health.breaker.value,
            "began": health.window_began,
            "answers": health.answers,
            "troubles": health.troubles,
            "openings": health.openings,
            "look_at": health.look_at,
        },
    )
