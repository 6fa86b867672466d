"""How many codes were wrong from each phone and at each point, and until when no further one is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

FORGOTTEN_AFTER = timedelta(hours=24)
"""A lock is longer than the one before it, unless this much time has gone by since."""


@dataclass(frozen=True, slots=True)
class Budget:
    """So many wrong codes within so long; then a lock, and each next one twice as long, up to the longest."""

    scope: str
    tries: int
    within: timedelta
    first_lock: timedelta
    longest_lock: timedelta

    def lock_after(self, locks: int) -> timedelta:
        return min(self.first_lock * 2 ** min(locks, 20), self.longest_lock)


def count(db: Connection, budget: Budget, key: str, now: datetime) -> bool:
    """One more wrong code. True when the budget is spent and a lock begins."""
    db.execute(
        text("INSERT INTO code_guess (scope, key, since) VALUES (:scope, :key, :now) ON CONFLICT DO NOTHING"),
        {"scope": budget.scope, "key": key, "now": now},
    )
    row = db.execute(
        text("SELECT wrong, since, locks, locked_until FROM code_guess WHERE scope = :scope AND key = :key FOR UPDATE"),
        {"scope": budget.scope, "key": key},
    ).one()
    fresh = now - row.since > budget.within
    wrong, since = (1, now) if fresh else (row.wrong + 1, row.since)
    locks, until = row.locks, row.locked_until
    if until is not None and now - until > FORGOTTEN_AFTER:
        locks = 0
    spent = wrong >= budget.tries
    if spent:
        until, wrong, since, locks = now + budget.lock_after(locks), 0, now, locks + 1
    db.execute(
        text("""UPDATE code_guess SET wrong = :wrong, since = :since, locks = :locks, locked_until = :until
                WHERE scope = :scope AND key = :key"""),
        {"scope": budget.scope, "key": key, "wrong": wrong, "since": since, "locks": locks, "until": until},
    )
    return spent


def locked(db: Connection, phone: str, point_code: str, now: datetime) -> bool:
    """Whether codes from this phone at this point wait; holds off whoever counts meanwhile."""
    rows = db.execute(
        text("""SELECT locked_until FROM code_guess WHERE (scope, key) IN (('phone', :phone), ('point', :point))
                ORDER BY scope, key FOR UPDATE"""),
        {"phone": phone, "point": point_code},
    ).all()
    return any(row.locked_until is not None and row.locked_until > now for row in rows)


def unlock(db: Connection, point_code: str) -> int:
    """An officer has looked: the point and its phones may go on."""
    return db.execute(
        text("""DELETE FROM code_guess WHERE (scope = 'point' AND key = :point) OR (scope = 'phone' AND key IN
                (SELECT e164 FROM point_phone WHERE point_code = :point))"""),
        {"point": point_code},
    ).rowcount
