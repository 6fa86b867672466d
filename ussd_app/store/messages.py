"""A message is a row before it is anything else: waiting, sending, sent, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from sms.gsm import cost
from sms.notices import Lane
from ussd_app.store.quick import Speaker
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
    attempt: int
    """The attempt that was answered: an answer to an earlier one changes nothing any more."""
    provider: str
    state: str
    """sent | refused | unsure | waiting"""
    note: str = ""
    provider_id: str | None = None
    next_attempt_at: datetime | None = None
    cost_millidong: int | None = None
    """What the carrier charges for it, in thousandths of a đồng; None when it named no price in đồng."""
    parts: int | None = None


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
    taken: list[Claimed] = []
    for lane in sorted(lanes):  # one by one: no plan reads several lanes in the order of their index
        if len(taken) < limit:
            rows = db.execute(
                _CLAIM,
                {
                    "worker": worker,
                    "lane": int(lane),
                    "limit": limit - len(taken),
                    "now": now,
                    "lease_until": now + lease,
                },
            )
            taken += sorted((_claimed(vault, row) for row in rows), key=lambda each: each.id)
    return taken


_CLAIM = text("""
    UPDATE sms_message SET claimed_by = :worker, lease_until = :lease_until, changed_at = :now
    WHERE id IN (SELECT id FROM sms_message
                 WHERE state = 'waiting' AND lane = :lane AND next_attempt_at <= :now
                   AND expires_at > :now AND (lease_until IS NULL OR lease_until <= :now)
                   AND NOT EXISTS (SELECT FROM restoration WHERE ended_at IS NULL)
                 ORDER BY next_attempt_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id, e164, body_sealed, attempts, lane, parts, provider, resent_at""")


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


# One statement, hence one round trip and one commit for the answers that came in and the messages that go out next.
# What carriers reported before their own answer was written down is joined to it here. Rows are found by their keys
# in arrays, and by nothing else that has an index: a plan made while the tables were small must not read all of them.
_TURN = """
WITH r AS MATERIALIZED (
    SELECT * FROM json_to_recordset(CAST(%(results)s AS json)) AS r (id bigint, state text, note text, provider text,
        provider_id text, next_at timestamptz, cost bigint, parts smallint, attempt integer)
), reported AS MATERIALIZED (
    SELECT r.id, bool_or(s.outcome = 'delivered') AS delivered, bool_or(s.outcome = 'undelivered') AS undelivered,
           max(s.failure) FILTER (WHERE s.outcome = 'undelivered') AS failure, max(s.cost_millidong) AS cost
    FROM sms_report s JOIN r USING (provider, provider_id)
    WHERE s.provider = ANY(CAST(CAST(%(carriers)s AS text) AS text[]))
      AND s.provider_id = ANY(CAST(CAST(%(references)s AS text) AS text[]))
    GROUP BY r.id
), marked AS (
    UPDATE sms_report s SET applied_at = CAST(%(now)s AS timestamptz) FROM r
    WHERE s.provider = ANY(CAST(CAST(%(carriers)s AS text) AS text[]))
      AND s.provider_id = ANY(CAST(CAST(%(references)s AS text) AS text[]))
      AND s.provider = r.provider AND s.provider_id = r.provider_id AND s.applied_at IS NULL
), finished AS (
    UPDATE sms_message m
    SET state = CASE WHEN r.state <> 'sent' THEN r.state WHEN o.delivered THEN 'delivered'
                     WHEN o.undelivered THEN 'undelivered' ELSE r.state END,
        note = CASE WHEN r.state = 'sent' AND o.undelivered AND NOT o.delivered THEN o.failure ELSE r.note END,
        provider_id = coalesce(r.provider_id, m.provider_id), next_attempt_at = coalesce(r.next_at, m.next_attempt_at),
        cost_millidong = coalesce(o.cost, r.cost, m.cost_millidong), parts = coalesce(r.parts, m.parts),
        claimed_by = NULL, lease_until = NULL, changed_at = CAST(%(now)s AS timestamptz)
    FROM r LEFT JOIN reported o USING (id)
    WHERE m.id = ANY(CAST(CAST(%(answered)s AS text) AS bigint[])) AND m.id = r.id AND m.attempts = r.attempt
      AND m.state || '' IN ('sending', 'unsure')
), begun AS (
    UPDATE sms_message m
    SET state = 'sending', attempts = t.attempts + 1, lease_until = CAST(%(lease_until)s AS timestamptz),
        provider = t.provider, sending_at = CAST(%(now)s AS timestamptz), changed_at = CAST(%(now)s AS timestamptz)
    FROM json_to_recordset(CAST(%(taken)s AS json)) AS t (id bigint, attempts integer, provider text)
    WHERE m.id = ANY(CAST(CAST(%(begun)s AS text) AS bigint[])) AND m.id = t.id AND m.claimed_by = %(worker)s
      AND CASE m.state WHEN 'waiting' THEN m.attempts = t.attempts WHEN 'sending' THEN m.attempts = t.attempts + 1 END
      AND NOT EXISTS (SELECT FROM sms_pause p WHERE p.resumed_at IS NULL
                      AND coalesce(p.lane, m.lane) = m.lane AND coalesce(p.provider, t.provider) = t.provider)
    RETURNING m.id
)
SELECT json_agg(id) FROM begun
"""


def finish_and_begin(
    speaker: Speaker,
    *,
    results: Sequence[Sent],
    taken: Sequence[tuple[Claimed, str]],
    worker: str,
    now: datetime,
    lease: timedelta,
) -> set[int]:
    """Write down what the carriers answered, and say, before each of `taken` is handed to the carrier named beside
    it, that it may go out now; which of them may: only what is still ours, and what nobody has paused meanwhile.

    May be said again when nobody knows whether it was written down, as long as no carrier has been called since.
    """
    row, _ = speaker.say(
        _TURN,
        {
            "results": json.dumps([_as_json(each) for each in results]),
            "taken": json.dumps(
                [{"id": each.id, "attempts": each.attempts, "provider": provider} for each, provider in taken]
            ),
            "answered": _array(each.id for each in results),
            "carriers": _array({each.provider for each in results}),
            "references": _array(each.provider_id for each in results if each.provider_id),
            "begun": _array(each.id for each, _ in taken),
            "worker": worker,
            "now": now,
            "lease_until": now + lease,
        },
    )
    return set((row and row[0]) or ())


def _array(values: Iterable[object]) -> str:
    """As PostgreSQL reads an array."""
    quoted = (str(each).replace("\\", "\\\\").replace('"', '\\"') for each in values)
    return "{" + ",".join(f'"{each}"' for each in quoted) + "}"


def _as_json(sent: Sent) -> dict[str, Any]:
    return {
        "id": sent.id,
        "state": sent.state,
        "note": sent.note,
        "provider": sent.provider,
        "provider_id": sent.provider_id or None,
        "next_at": sent.next_attempt_at and sent.next_attempt_at.isoformat(),
        "cost": sent.cost_millidong,
        "parts": sent.parts,
        "attempt": sent.attempt,
    }


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
