"""A message is a row before it is anything else: waiting, sending, sent, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from sms.gsm import cost
from sms.notices import Lane
from ussd_app.store.delivery_reports import apply_reports
from ussd_app.store.vault import Vault

BODY = "message"

LIFETIME = {
    Lane.CODE: timedelta(hours=48),
    Lane.MONEY: timedelta(days=7),
    Lane.REMINDER: timedelta(days=1),
    Lane.CAMPAIGN: timedelta(days=1),
}
"""After this long a message says nothing true any more and is not sent."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent. `dedup_key` names the event, so that one event gives one message."""

    dedup_key: str
    person_id: int | None
    e164: str
    kind: str
    lane: Lane
    body: str
    expires_at: datetime | None = None
    """After this it says nothing true any more; when not given, its lane's LIFETIME decides."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that one worker has taken for the length of its lease."""

    id: int
    e164: str
    body: str
    attempts: int
    lane: Lane = Lane.MONEY
    parts: int = 1
    provider: str | None = None
    """The carrier that was called last, if any was."""
    resent: bool = False
    """Nobody knew about it once; then it was proved never to have reached that carrier."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a carrier's answer makes of a message."""

    id: int
    state: str
    """sent | refused | unsure | waiting"""
    note: str = ""
    provider_id: str | None = None
    next_attempt_at: datetime | None = None
    cost_millidong: int | None = None
    """What the carrier charges for it, in thousandths of a đồng; None when it named no price in đồng."""
    parts: int | None = None
    attempt: int | None = None
    """The attempt that was answered: an answer to an earlier one changes nothing any more."""


def add(db: Connection, vault: Vault, messages: Sequence[Outgoing], now: datetime) -> int:
    """Write messages to be sent; those whose event already has one are left alone. How many were new."""
    if not messages:
        return 0
    row = db.execute(
        text("""INSERT INTO sms_message (dedup_key, person_id, e164, kind, lane, body_sealed, parts, next_attempt_at,
                    expires_at)
                SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:people AS bigint[]), CAST(:phones AS text[]),
                    CAST(:kinds AS text[]), CAST(:lanes AS smallint[]), CAST(:bodies AS bytea[]),
                    CAST(:parts AS smallint[]), CAST(:nows AS timestamptz[]), CAST(:ends AS timestamptz[]))
                ON CONFLICT (dedup_key) DO NOTHING"""),
        {
            "keys": [each.dedup_key for each in messages],
            "people": [each.person_id for each in messages],
            "phones": [each.e164 for each in messages],
            "kinds": [each.kind for each in messages],
            "lanes": [int(each.lane) for each in messages],
            "bodies": [vault.seal(BODY, each.body) for each in messages],
            "parts": [cost(each.body).parts for each in messages],
            "nows": [now] * len(messages),
            "ends": [each.expires_at or now + LIFETIME[each.lane] for each in messages],
        },
    )
    return row.rowcount


def claim(
    db: Connection, vault: Vault, *, lanes: Sequence[Lane], worker: str, limit: int, now: datetime, lease: timedelta
) -> list[Claimed]:
    """Take up to `limit` messages that are due, the most urgent lane first. Other workers skip them."""
    rows = db.execute(
        text("""UPDATE sms_message SET claimed_by = :worker, lease_until = :lease_until, changed_at = :now
                WHERE id IN (SELECT id FROM sms_message
                             WHERE state = 'waiting' AND lane = ANY(:lanes) AND next_attempt_at <= :now
                               AND expires_at > :now AND (lease_until IS NULL OR lease_until <= :now)
                             ORDER BY lane, next_attempt_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
                RETURNING id, e164, body_sealed, attempts, lane, parts, provider, resent_at"""),
        {
            "worker": worker,
            "lanes": [int(lane) for lane in lanes],
            "limit": limit,
            "now": now,
            "lease_until": now + lease,
        },
    ).all()
    return sorted((_claimed(vault, row) for row in rows), key=lambda each: (each.lane, each.id))


def _claimed(vault: Vault, row: Row[Any]) -> Claimed:
    body = vault.open(BODY, bytes(row.body_sealed))
    resent = row.resent_at is not None
    return Claimed(row.id, row.e164, body, row.attempts, Lane(row.lane), row.parts, row.provider, resent)


def release(db: Connection, *, ids: Sequence[int], worker: str, due_at: datetime | None = None) -> None:
    """Put back what was claimed and is not sent now; `due_at` when it is to be looked at again."""
    db.execute(
        text("""UPDATE sms_message SET claimed_by = NULL, lease_until = NULL,
                       next_attempt_at = coalesce(:due_at, next_attempt_at)
                WHERE id = ANY(:ids) AND state = 'waiting' AND claimed_by = :worker"""),
        {"ids": list(ids), "worker": worker, "due_at": due_at},
    )


def begin_sending(
    db: Connection, *, taken: Sequence[tuple[Claimed, str]], worker: str, now: datetime, lease: timedelta
) -> set[int]:
    """Say, before each is handed to the carrier named beside it, that it may go out now; which of them may.

    Only what is still ours, and what nobody has paused meanwhile. May be said again when nobody knows whether it
    was written down, as long as no carrier has been called.
    """
    rows = db.execute(
        text("""UPDATE sms_message m SET state = 'sending', attempts = t.attempts + 1, lease_until = :lease_until,
                       provider = t.provider, sending_at = :now, changed_at = :now
                FROM unnest(CAST(:ids AS bigint[]), CAST(:attempts AS integer[]), CAST(:providers AS text[]))
                     AS t (id, attempts, provider)
                WHERE m.id = t.id AND m.claimed_by = :worker
                  AND ((m.state = 'waiting' AND m.attempts = t.attempts)
                       OR (m.state = 'sending' AND m.attempts = t.attempts + 1))
                  AND NOT EXISTS (SELECT FROM sms_pause p WHERE p.resumed_at IS NULL
                                  AND coalesce(p.lane, m.lane) = m.lane AND coalesce(p.provider, t.provider) = t.provider)
                RETURNING m.id"""),
        {
            "ids": [each.id for each, _ in taken],
            "attempts": [each.attempts for each, _ in taken],
            "providers": [provider for _, provider in taken],
            "worker": worker,
            "now": now,
            "lease_until": now + lease,
        },
    )
    return {row.id for row in rows}


def finish_sending(db: Connection, *, results: Sequence[Sent], now: datetime) -> None:
    """Write down what the carriers answered, then join the reports that overtook the answer."""
    if not results:
        return
    rows = db.execute(
        text("""UPDATE sms_message m SET state = r.state, note = r.note,
                       provider_id = coalesce(r.provider_id, m.provider_id),
                       next_attempt_at = coalesce(r.next_at, m.next_attempt_at),
                       cost_millidong = coalesce(r.cost, m.cost_millidong), parts = coalesce(r.parts, m.parts),
                       claimed_by = NULL, lease_until = NULL, changed_at = :now
                FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:notes AS text[]),
                            CAST(:provider_ids AS text[]), CAST(:nexts AS timestamptz[]), CAST(:costs AS bigint[]),
                            CAST(:parts AS smallint[]), CAST(:attempts AS integer[]))
                     AS r (id, state, note, provider_id, next_at, cost, parts, attempt)
                WHERE m.id = r.id AND m.state IN ('sending', 'unsure') AND m.attempts = coalesce(r.attempt, m.attempts)
                RETURNING m.provider, r.provider_id"""),
        {
            "ids": [each.id for each in results],
            "states": [each.state for each in results],
            "notes": [each.note for each in results],
            "provider_ids": [each.provider_id or None for each in results],
            "nexts": [each.next_attempt_at for each in results],
            "costs": [each.cost_millidong for each in results],
            "parts": [each.parts for each in results],
            "attempts": [each.attempt for each in results],
            "now": now,
        },
    ).all()
    apply_reports(db, [(row.provider, row.provider_id) for row in rows if row.provider_id], now)


def sweep(db: Connection, now: datetime) -> dict[str, int]:
    """Put right what a killed worker left: a claim goes back, a `sending` becomes `unsure`, the outdated expires."""
    freed = db.execute(
        text("""UPDATE sms_message SET claimed_by = NULL, lease_until = NULL
                WHERE state = 'waiting' AND lease_until <= :now"""),
        {"now": now},
    )
    unsure = db.execute(
        text("""UPDATE sms_message SET state = 'unsure', note = 'the worker stopped while sending', lease_until = NULL,
                       changed_at = :now WHERE state = 'sending' AND lease_until <= :now"""),
        {"now": now},
    )
    expired = db.execute(
        text("""UPDATE sms_message SET state = 'expired', changed_at = :now
                WHERE state = 'waiting' AND lease_until IS NULL AND expires_at <= :now"""),
        {"now": now},
    )
    return {"freed": freed.rowcount, "unsure": unsure.rowcount, "expired": expired.rowcount}


def due_lanes(db: Connection, now: datetime) -> set[Lane]:
    """The lanes in which something waits to be sent and nobody holds it back."""
    rows = db.execute(
        text("""SELECT lane FROM (VALUES (0), (1), (2), (3)) AS l (lane)
                WHERE NOT EXISTS (SELECT FROM sms_pause p WHERE p.resumed_at IS NULL AND p.provider IS NULL
                                  AND coalesce(p.lane, l.lane) = l.lane)
                AND EXISTS (
                    SELECT FROM sms_message m WHERE m.lane = l.lane AND m.state = 'waiting'
                    AND m.next_attempt_at <= :now AND (m.lease_until IS NULL OR m.lease_until <= :now))"""),
        {"now": now},
    )
    return {Lane(row.lane) for row in rows}
