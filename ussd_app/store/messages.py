"""A message is a row before it is anything else: waiting, sending, sent, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from sms.notices import Lane
from ussd_app.store.vault import Vault

BODY = "message"

LIFETIME = {Lane.CODE: timedelta(hours=48), Lane.MONEY: timedelta(days=7)}
"""After this long a message says nothing true any more and is not sent. Reminders live a day."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent. `dedup_key` names the event, so that one event gives one message."""

    dedup_key: str
    person_id: int | None
    e164: str
    kind: str
    lane: Lane
    body: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that one worker has taken for the length of its lease."""

    id: int
    e164: str
    body: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What a provider's answer makes of a message."""

    id: int
    state: str
    """sent | refused | unsure | waiting"""
    note: str = ""
    provider_id: str | None = None
    next_attempt_at: datetime | None = None


def add(db: Connection, vault: Vault, messages: Sequence[Outgoing], now: datetime) -> int:
    """Write messages to be sent; those whose event already has one are left alone. How many were new."""
    if not messages:
        return 0
    row = db.execute(
        text("""INSERT INTO sms_message (dedup_key, person_id, e164, kind, lane, body_sealed, next_attempt_at, expires_at)
                SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:people AS bigint[]), CAST(:phones AS text[]),
                    CAST(:kinds AS text[]), CAST(:lanes AS smallint[]), CAST(:bodies AS bytea[]),
                    CAST(:nows AS timestamptz[]), CAST(:ends AS timestamptz[]))
                ON CONFLICT (dedup_key) DO NOTHING"""),
        {
            "keys": [each.dedup_key for each in messages],
            "people": [each.person_id for each in messages],
            "phones": [each.e164 for each in messages],
            "kinds": [each.kind for each in messages],
            "lanes": [int(each.lane) for each in messages],
            "bodies": [vault.seal(BODY, each.body) for each in messages],
            "nows": [now] * len(messages),
            "ends": [now + LIFETIME.get(each.lane, timedelta(days=1)) for each in messages],
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
                RETURNING id, e164, body_sealed, attempts"""),
        {
            "worker": worker,
            "lanes": [int(lane) for lane in lanes],
            "limit": limit,
            "now": now,
            "lease_until": now + lease,
        },
    ).all()
    return [Claimed(row.id, row.e164, vault.open(BODY, bytes(row.body_sealed)), row.attempts) for row in rows]


def begin_sending(db: Connection, *, ids: Sequence[int], worker: str, now: datetime, lease: timedelta) -> set[int]:
    """Say, before the provider is called, that these may go out now. Only those that are still ours to send."""
    rows = db.execute(
        text("""UPDATE sms_message SET state = 'sending', attempts = attempts + 1, lease_until = :lease_until,
                       sending_at = :now, changed_at = :now
                WHERE id = ANY(:ids) AND state = 'waiting' AND claimed_by = :worker RETURNING id"""),
        {"ids": list(ids), "worker": worker, "now": now, "lease_until": now + lease},
    )
    return {row.id for row in rows}


def finish_sending(db: Connection, *, provider: str, results: Sequence[Sent], now: datetime) -> None:
    """Write down what the provider answered, then join the reports that overtook the answer."""
    if not results:
        return
    db.execute(
        text("""UPDATE sms_message m SET state = r.state, note = r.note, provider = :provider,
                       provider_id = coalesce(r.provider_id, m.provider_id),
                       next_attempt_at = coalesce(r.next_at, m.next_attempt_at),
                       claimed_by = NULL, lease_until = NULL, changed_at = :now
                FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:notes AS text[]),
                            CAST(:provider_ids AS text[]), CAST(:nexts AS timestamptz[]))
                     AS r (id, state, note, provider_id, next_at)
                WHERE m.id = r.id AND m.state IN ('sending', 'unsure')"""),
        {
            "provider": provider,
            "ids": [each.id for each in results],
            "states": [each.state for each in results],
            "notes": [each.note for each in results],
            "provider_ids": [each.provider_id for each in results],
            "nexts": [each.next_attempt_at for each in results],
            "now": now,
        },
    )
    accepted = [each.provider_id for each in results if each.provider_id]
    if accepted:
        apply_reports(db, provider=provider, provider_ids=accepted, now=now)


def keep_report(
    db: Connection, *, provider: str, provider_id: str, outcome: str, failure: str, e164: str, now: datetime
) -> None:
    """Store a delivery report once, whenever it comes, and apply it if its message is known."""
    db.execute(
        text("""INSERT INTO sms_report (provider, provider_id, outcome, failure, e164)
                VALUES (:provider, :provider_id, :outcome, :failure, :e164) ON CONFLICT DO NOTHING"""),
        {"provider": provider, "provider_id": provider_id, "outcome": outcome, "failure": failure, "e164": e164},
    )
    apply_reports(db, provider=provider, provider_ids=[provider_id], now=now)


def apply_reports(db: Connection, *, provider: str, provider_ids: Sequence[str], now: datetime) -> None:
    """States only rise: a late `on its way` never takes back a `delivered`, and `delivered` beats `undelivered`."""
    db.execute(
        text("""WITH known AS (
                    SELECT r.provider_id, bool_or(r.outcome = 'delivered') AS delivered,
                           bool_or(r.outcome = 'undelivered') AS undelivered, max(r.failure) AS failure
                    FROM sms_report r JOIN sms_message m USING (provider, provider_id)
                    WHERE r.provider = :provider AND r.provider_id = ANY(:ids) GROUP BY r.provider_id
                ), marked AS (
                    UPDATE sms_report r SET applied_at = :now FROM known k
                    WHERE r.provider = :provider AND r.provider_id = k.provider_id AND r.applied_at IS NULL
                )
                UPDATE sms_message m
                SET state = CASE WHEN k.delivered THEN 'delivered' ELSE 'undelivered' END,
                    note = CASE WHEN k.delivered THEN m.note ELSE k.failure END, changed_at = :now
                FROM known k WHERE m.provider = :provider AND m.provider_id = k.provider_id
                  AND (k.delivered OR k.undelivered) AND m.state IN ('sent', 'unsure', 'undelivered')"""),
        {"provider": provider, "ids": list(provider_ids), "now": now},
    )


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
    """The lanes in which something waits to be sent."""
    rows = db.execute(
        text("""SELECT lane FROM (VALUES (0), (1), (2), (3)) AS l (lane) WHERE EXISTS (
                    SELECT FROM sms_message m WHERE m.lane = l.lane AND m.state = 'waiting'
                    AND m.next_attempt_at <= :now AND (m.lease_until IS NULL OR m.lease_until <= :now))"""),
        {"now": now},
    )
    return {Lane(row.lane) for row in rows}
