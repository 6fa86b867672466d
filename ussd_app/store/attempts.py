"""An attempt at the provider: which is due, who has taken it, what is waited for, and which came to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.domain.caller import CashOutState
from ussd_app.domain.money import Dong
from ussd_app.store.cash_outs import COLUMNS, CashOut, read
from ussd_app.store.vault import Vault

_DUE = """state IN ('held', 'sent', 'unknown', 'issued') AND next_step_at <= :now
          AND (lease_until IS NULL OR lease_until <= :now)
          AND NOT (state = 'held' AND EXISTS (SELECT 1 FROM restoration WHERE ended_at IS NULL))
          AND NOT EXISTS (SELECT 1 FROM provider_pause p WHERE p.provider = cash_out.provider AND p.until > :now
                          AND (cash_out.state = 'held' OR p.reason = 'not_authorised'))"""
"""Nothing is sent to a provider that pauses; what it has is asked about all the same, unless it lets nobody in."""

_WATCHED = """state IN ('paid', 'failed', 'reversed') AND watch_at <= :now
              AND (lease_until IS NULL OR lease_until <= :now)"""

_CLAIM_DUE = text(f"""
    UPDATE cash_out SET lease_until = :lease_until, hinted_at = NULL, version = version + 1
    WHERE id IN (SELECT id FROM cash_out WHERE {_DUE}
                 ORDER BY next_step_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING {COLUMNS}, next_step_at
""")


def claim_due(db: Connection, vault: Vault, *, now: datetime, lease: timedelta, limit: int) -> list[CashOut]:
    """Take the cash-outs whose next step is due; another worker skips them until the lease runs out."""
    rows = db.execute(_CLAIM_DUE, {"now": now, "lease_until": now + lease, "limit": limit}).all()
    longest_due_first = sorted(rows, key=lambda row: (row.next_step_at, row.person_id))  # RETURNING keeps no order
    return [read(row, vault) for row in longest_due_first]


_CLAIM_WATCHED = text(f"""
    UPDATE cash_out SET lease_until = :lease_until, hinted_at = NULL WHERE id IN
        (SELECT id FROM cash_out WHERE {_WATCHED} ORDER BY watch_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING {COLUMNS}, watch_at
""")


def claim_watched(db: Connection, vault: Vault, *, now: datetime, lease: timedelta, limit: int) -> list[CashOut]:
    """Ended ones of which it is time to ask again: paid, perhaps taken back; failed, perhaps paid all the same."""
    rows = db.execute(_CLAIM_WATCHED, {"now": now, "lease_until": now + lease, "limit": limit}).all()
    return [read(row, vault) for row in sorted(rows, key=lambda row: (row.watch_at, row.person_id))]


def any_due(db: Connection, now: datetime) -> bool:
    sql = f"""SELECT EXISTS (SELECT 1 FROM cash_out WHERE {_DUE}) OR EXISTS (SELECT 1 FROM cash_out WHERE {_WATCHED})"""
    return bool(db.execute(text(sql), {"now": now}).scalar_one())


def give_back(db: Connection, ids: Sequence[UUID]) -> None:
    """What was claimed and not come to: anybody may take it now."""
    db.execute(text("UPDATE cash_out SET lease_until = NULL WHERE id = ANY(:ids)"), {"ids": list(ids)})


_TAKE = text("""
    UPDATE cash_out SET state = 'sent', next_step_at = coalesce(hinted_at, :ask_at), reason = '',
           first_sent_at = coalesce(first_sent_at, :now), resend_until = coalesce(resend_until, :resend_until),
           lease_until = :lease_until, version = version + 1,
           doubted_until = greatest(doubted_until, CAST(:doubted_until AS timestamptz))
    WHERE id = :id AND version = :version AND state = 'held' AND NOT ask_first
    AND NOT EXISTS (SELECT 1 FROM restoration WHERE ended_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM provider_pause p WHERE p.provider = cash_out.provider AND p.until > :now)
    RETURNING version
""")


def take(
    db: Connection,
    cash_out: CashOut,
    *,
    now: datetime,
    ask_at: datetime,
    resend_until: datetime,
    lease_until: datetime,
    doubted_until: datetime,
) -> int | None:
    """Say, before the provider is called, that this attempt may go out now; its new version.

    None when somebody else has moved it since it was read, or when its provider pauses: then nothing may be sent.
    """
    return db.execute(
        _TAKE,
        {
            "id": cash_out.id,
            "version": cash_out.version,
            "now": now,
            "ask_at": ask_at,
            "resend_until": resend_until,
            "lease_until": lease_until,
            "doubted_until": doubted_until,
        },
    ).scalar()


_STEP = text("""
    UPDATE cash_out SET state = :state, next_step_at = coalesce(hinted_at, :next_step_at), reason = :reason,
           asks = :asks, lease_until = NULL, version = version + 1,
           doubted_until = CASE WHEN CAST(:settled AS boolean) THEN CAST(:doubted_until AS timestamptz)
                               ELSE doubted_until END
    WHERE id = :id AND version = :version AND state IN ('held', 'sent', 'unknown', 'issued')
""")


def step(
    db: Connection,
    cash_out: CashOut,
    *,
    state: CashOutState,
    next_step_at: datetime,
    reason: str = "",
    asks: int | None = None,
    doubted_until: datetime | Literal["as before"] | None = "as before",
) -> bool:
    """Move it to another live state and say when to look again. False when somebody else has moved it since."""
    moved = db.execute(
        _STEP,
        {
            "id": cash_out.id,
            "version": cash_out.version,
            "state": state.value,
            "next_step_at": next_step_at,
            "reason": reason,
            "asks": cash_out.asks if asks is None else asks,
            "settled": doubted_until != "as before",
            "doubted_until": None if doubted_until == "as before" else doubted_until,
        },
    )
    return moved.rowcount > 0


_UNMOVED = text("SELECT 1 FROM cash_out WHERE id = :id AND version = :version FOR UPDATE")


def unmoved(db: Connection, cash_out: CashOut) -> bool:
    """True while nobody else has moved it since it was read; until the transaction ends nobody can."""
    row = db.execute(_UNMOVED, {"id": cash_out.id, "version": cash_out.version})
    return row.first() is not None


def again(
    db: Connection,
    cash_out: CashOut,
    new_id: UUID,
    *,
    reason: str,
    next_step_at: datetime,
    now: datetime,
    doubted_until: datetime | None = None,
) -> bool:
    """This attempt surely came to nothing, and the cash-out goes on under a new id. False when somebody has moved it."""
    moved = db.execute(
        text("""UPDATE cash_out SET attempt_id = :new_id, state = 'held', reason = :reason, asks = 0,
                       next_step_at = :next_step_at, resend_until = NULL, doubted_until = :doubted_until,
                       lease_until = NULL,
                       version = version + 1
                WHERE id = :id AND version = :version AND state IN ('held', 'sent', 'unknown')"""),
        {
            "id": cash_out.id,
            "version": cash_out.version,
            "new_id": new_id,
            "reason": reason,
            "next_step_at": next_step_at,
            "doubted_until": doubted_until,
        },
    )
    if moved.rowcount:
        _spend(db, cash_out.id, [cash_out.attempt_id], reason, now)
    return moved.rowcount > 0


def move_on(db: Connection, cash_out: CashOut, passed: Sequence[UUID], new_id: UUID, *, reason: str, now: datetime) -> bool:
    """After a restored backup: it went on under `new_id`, which is asked about next; what lies between came to nothing.

    False when somebody has moved it.
    """
    moved = db.execute(
        text("""UPDATE cash_out SET attempt_id = :new_id, state = 'unknown', asks = 0, next_step_at = :now,
                       lease_until = NULL, version = version + 1
                WHERE id = :id AND version = :version AND state IN ('sent', 'unknown')"""),
        {"id": cash_out.id, "version": cash_out.version, "new_id": new_id, "now": now},
    )
    if moved.rowcount:
        _spend(db, cash_out.id, [cash_out.attempt_id, *passed], reason, now)
    return moved.rowcount > 0


def _spend(db: Connection, id: UUID, ids: Sequence[UUID], reason: str, now: datetime) -> None:
    db.execute(
        text("""INSERT INTO spent_attempt (attempt_id, cash_out_id, reason, ended_at)
                SELECT attempt, :id, :reason, :now FROM unnest(CAST(:attempts AS uuid[])) AS t (attempt)"""),
        {"attempts": list(ids), "id": id, "reason": reason, "now": now},
    )


def spent(db: Connection, cash_out: CashOut) -> int:
    """How many attempts at it came to nothing so far."""
    sql = "SELECT count(*) FROM spent_attempt WHERE cash_out_id = :id"
    return db.execute(text(sql), {"id": cash_out.id}).scalar_one()


_WATCH = text("""
    UPDATE cash_out SET watch_at = coalesce(hinted_at, CAST(:at AS timestamptz)), lease_until = NULL
    WHERE id = :id
""")


def watch(db: Connection, id: UUID, at: datetime | None) -> None:
    """When to ask about this ended one again; None: no more. At once, when a callback came since it was claimed."""
    db.execute(_WATCH, {"id": id, "at": at})


def short_since(db: Connection, vault: Vault, before: datetime, now: datetime, limit: int) -> list[CashOut]:
    """Asked for before this moment, surely not taken, and waiting for the programme's account to be filled."""
    rows = db.execute(
        text(f"""SELECT {COLUMNS} FROM cash_out WHERE state = 'held' AND asked_at < :before
                 AND (first_sent_at IS NULL OR reason = 'insufficient_float')
                 AND (doubted_until IS NULL OR doubted_until <= :now)
                 AND provider IN (SELECT provider FROM provider_pause WHERE reason = 'insufficient_float')
                 ORDER BY asked_at LIMIT :limit"""),
        {"before": before, "now": now, "limit": limit},
    ).all()
    return [read(row, vault) for row in rows]


def promised_before(db: Connection, before: datetime, limit: int) -> list[UUID]:
    """Asked for before this moment, not decided, and their owners were not told that it takes longer."""
    rows = db.execute(
        text("""SELECT id FROM cash_out WHERE state IN ('held', 'sent', 'unknown') AND told_late_at IS NULL
                AND asked_at < :before ORDER BY asked_at LIMIT :limit"""),
        {"before": before, "limit": limit},
    )
    return list(rows.scalars())


def note_told_late(db: Connection, id: UUID, now: datetime) -> bool:
    """True for the one who may tell it: still undecided, and not told before."""
    told = db.execute(
        text("""UPDATE cash_out SET told_late_at = :now
                WHERE id = :id AND told_late_at IS NULL AND state IN ('held', 'sent', 'unknown')"""),
        {"id": id, "now": now},
    )
    return told.rowcount > 0


_ENDED_AT = text("SELECT ended_at FROM cash_out WHERE id = :id")


def next_look(db: Connection, id: UUID, looks: Sequence[timedelta], now: datetime) -> datetime | None:
    """The first of these moments after its end that is still to come; None when all have passed."""
    ended_at = db.execute(_ENDED_AT, {"id": id}).scalar_one()
    return next((ended_at + look for look in looks if ended_at + look > now), None)


_CALLED_BACK = text("SELECT EXISTS (SELECT FROM provider_callback WHERE cash_out_id = :id AND received_at >= :since)")


def called_back_since(db: Connection, id: UUID, since: datetime) -> bool:
    """Its provider has had something to say of it since that moment."""
    return bool(db.execute(_CALLED_BACK, {"id": id, "since": since}).scalar_one())


@dataclass(frozen=True, slots=True)
class LongUnknown:
    """A cash-out that was sent long ago, and nobody knows what became of it: a named person must look at it."""

    id: UUID
    attempt_id: UUID
    reference: str
    provider: str
    amount: Dong
    first_sent_at: datetime
    reason: str


def unknown_since(db: Connection, before: datetime) -> list[LongUnknown]:
    """Everything sent before this moment and not decided yet; the oldest first."""
    rows = db.execute(
        text("""SELECT id, coalesce(attempt_id, id) AS attempt_id, reference, provider, amount, first_sent_at, reason
                FROM cash_out WHERE state IN ('sent', 'unknown') AND first_sent_at < :before
                ORDER BY first_sent_at, reference"""),
        {"before": before},
    )
    return [
        LongUnknown(r.id, r.attempt_id, r.reference, r.provider, Dong(r.amount), r.first_sent_at, r.reason) for r in rows
    ]
