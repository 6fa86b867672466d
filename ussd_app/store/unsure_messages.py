"""What becomes of a message nobody knows about: its carrier's own reports are the only witnesses, and they decide."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from ussd_app.store.delivery_reports import apply_reports

REPORT_WITHOUT_OWNER = timedelta(seconds=30)
"""Older than any answer that is still on its way to us: its message is one whose answer never came."""

LOOK_BACK = timedelta(days=1)

PATIENCE = timedelta(seconds=90)
AROUND = timedelta(seconds=60)
FEWEST_WITNESSES = 20
MOST_SENDINGS = 5


def settle(db: Connection, now: datetime) -> int:
    """Give reports that belong to no message to the unsure message of their phone: that one did arrive."""
    found = db.execute(
        text("""WITH witness AS (
                    SELECT DISTINCT ON (r.provider, r.e164) r.provider, r.provider_id, r.e164 FROM sms_report r
                    WHERE r.applied_at IS NULL AND r.e164 <> '' AND r.received_at < CAST(:now AS timestamptz) - :ripe
                      AND NOT EXISTS (SELECT FROM sms_message m
                                      WHERE m.provider = r.provider AND m.provider_id = r.provider_id)
                      AND NOT EXISTS (SELECT FROM sms_message m WHERE m.e164 = r.e164 AND m.state = 'sending')
                    ORDER BY r.provider, r.e164, r.received_at
                ), owner AS (
                    SELECT DISTINCT ON (w.provider, w.e164) w.provider, w.provider_id, m.id
                    FROM witness w JOIN sms_message m ON m.e164 = w.e164 AND m.state = 'unsure'
                     AND coalesce(m.provider, w.provider) = w.provider
                     AND m.provider_id IS NULL AND m.sending_at > CAST(:now AS timestamptz) - :look_back
                    ORDER BY w.provider, w.e164, m.sending_at
                )
                UPDATE sms_message m SET provider = o.provider, provider_id = o.provider_id,
                       note = 'its report came without an answer', changed_at = :now
                FROM owner o WHERE m.id = o.id RETURNING m.provider, m.provider_id"""),
        {"now": now, "ripe": REPORT_WITHOUT_OWNER, "look_back": LOOK_BACK},
    ).all()
    apply_reports(db, [(row.provider, row.provider_id) for row in found], now)
    return len(found)


def send_again(db: Connection, now: datetime) -> int:
    """Put back what surely never reached the carrier: all that it accepted around then has been reported on since, many
    of them, and this has not. While reports are late or missing nothing is proved and nothing is sent. Every sending
    needs a proof of its own.
    """
    proved = db.execute(
        text("""UPDATE sms_message u SET state = 'waiting', next_attempt_at = :now, resent_at = :now, claimed_by = NULL,
                       lease_until = NULL, changed_at = :now, note = 'never reached the carrier'
                WHERE u.state = 'unsure' AND u.provider_id IS NULL AND u.expires_at > :now
                  AND (u.resent_at IS NULL OR (u.sending_at >= u.resent_at AND u.attempts < :most))
                  AND u.sending_at < CAST(:now AS timestamptz) - :patience
                  AND NOT EXISTS (SELECT FROM sms_report r WHERE r.applied_at IS NULL AND r.e164 = u.e164)
                  AND NOT EXISTS (SELECT FROM sms_message m
                                  WHERE m.state = 'sent' AND m.provider = u.provider AND m.id <> u.id
                                    AND m.sending_at BETWEEN u.sending_at - CAST(:around AS interval)
                                                         AND u.sending_at + CAST(:around AS interval))
                  AND (SELECT count(*) FROM (
                           SELECT FROM sms_message m
                           WHERE m.state IN ('delivered', 'undelivered') AND m.provider = u.provider AND m.id <> u.id
                             AND m.sending_at BETWEEN u.sending_at - CAST(:around AS interval)
                                                  AND u.sending_at + CAST(:around AS interval)
                           LIMIT :fewest) AS witness) >= :fewest"""),
        {"now": now, "patience": PATIENCE, "around": AROUND, "fewest": FEWEST_WITNESSES, "most": MOST_SENDINGS},
    )
    return proved.rowcount
