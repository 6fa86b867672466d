"""What carriers report of messages: each report is kept once, whenever it comes, and states only rise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from ussd_app.store.quick import InTransaction, Speaker

OVERTAKEN_FOR = "5 seconds"
"""Reports and answers that crossed on their way to us are joined after this long."""

# One statement, hence one round trip and one transaction: two of these come for every message.
# `delivered` beats `undelivered`, and nothing takes it back.
_KEEP = """
WITH message AS (
    SELECT id FROM sms_message WHERE provider = %(provider)s AND provider_id = %(provider_id)s
), kept AS (
    INSERT INTO sms_report (provider, provider_id, outcome, failure, e164, cost_millidong, received_at, applied_at)
    SELECT %(provider)s, %(provider_id)s, %(outcome)s, %(failure)s, %(e164)s, CAST(%(cost)s AS bigint),
           CAST(%(now)s AS timestamptz), CASE WHEN EXISTS (SELECT FROM message) THEN CAST(%(now)s AS timestamptz) END
    ON CONFLICT DO NOTHING
)
UPDATE sms_message m SET state = CASE WHEN %(outcome)s = 'on_its_way' THEN m.state ELSE %(outcome)s END,
       note = CASE WHEN %(outcome)s = 'undelivered' THEN %(failure)s WHEN m.state = 'undelivered' THEN '' ELSE m.note END,
       cost_millidong = coalesce(CAST(%(cost)s AS bigint), m.cost_millidong), changed_at = CAST(%(now)s AS timestamptz)
FROM message WHERE m.id = message.id
  AND ((%(outcome)s IN ('delivered', 'undelivered') AND m.state IN ('sent', 'unsure'))
       OR (%(outcome)s = 'delivered' AND m.state = 'undelivered')
       OR (CAST(%(cost)s AS bigint) IS NOT NULL AND m.state IN ('sent', 'unsure')))
"""


def keep_report(
    speaker: Connection | Speaker,
    *,
    provider: str,
    provider_id: str,
    outcome: str,
    failure: str,
    e164: str,
    now: datetime,
    cost_millidong: int | None = None,
) -> None:
    """Store a delivery report once and apply it if its message is known; else it waits for its message."""
    speaker = InTransaction(speaker) if isinstance(speaker, Connection) else speaker
    speaker.say(
        _KEEP,
        {
            "provider": provider,
            "provider_id": provider_id,
            "outcome": outcome,
            "failure": failure,
            "e164": e164,
            "cost": cost_millidong,
            "now": now,
        },
    )


def apply_reports(db: Connection, messages: Sequence[tuple[str, str]], now: datetime) -> int:
    """Apply what was reported of these (carrier, its id) before they were known; how many messages that changed."""
    if not messages:
        return 0
    changed = db.execute(
        text("""WITH known AS (
                    SELECT r.provider, r.provider_id, bool_or(r.outcome = 'delivered') AS delivered,
                           bool_or(r.outcome = 'undelivered') AS undelivered,
                           max(r.failure) FILTER (WHERE r.outcome = 'undelivered') AS failure,
                           max(r.cost_millidong) AS cost
                    FROM sms_report r
                    JOIN unnest(CAST(:providers AS text[]), CAST(:ids AS text[])) AS t (provider, provider_id)
                      USING (provider, provider_id)
                    GROUP BY r.provider, r.provider_id
                ), marked AS (
                    UPDATE sms_report r SET applied_at = :now FROM known k
                    WHERE r.provider = k.provider AND r.provider_id = k.provider_id AND r.applied_at IS NULL
                )
                UPDATE sms_message m
                SET state = CASE WHEN k.delivered THEN 'delivered' WHEN k.undelivered THEN 'undelivered' ELSE m.state END,
                    note = CASE WHEN k.undelivered AND NOT k.delivered THEN k.failure
                                WHEN m.state = 'undelivered' THEN '' ELSE m.note END,
                    cost_millidong = coalesce(k.cost, m.cost_millidong), changed_at = :now
                FROM known k WHERE m.provider = k.provider AND m.provider_id = k.provider_id
                  AND m.state IN ('sent', 'unsure', 'undelivered')"""),
        {"providers": [provider for provider, _ in messages], "ids": [each for _, each in messages], "now": now},
    )
    return changed.rowcount


def join_overtaken(db: Connection, now: datetime) -> int:
    """Apply reports whose message was being written down at the very moment they came."""
    rows = db.execute(
        text(f"""SELECT r.provider, r.provider_id FROM sms_report r JOIN sms_message m USING (provider, provider_id)
                WHERE r.applied_at IS NULL AND r.received_at < CAST(:now AS timestamptz) - interval '{OVERTAKEN_FOR}'"""),
        {"now": now},
    ).all()
    return apply_reports(db, [(row.provider, row.provider_id) for row in rows], now)
