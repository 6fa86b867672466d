"""A database that was set back to a backup: what it can no longer know, and what it has asked since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.domain.money import Dong


@dataclass(frozen=True, slots=True)
class Restoration:
    id: int
    backup_of: datetime
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class DayNotRead:
    """A day whose statement has not been read since the backup was restored."""

    provider: str
    day: date

    def __str__(self) -> str:
        return f"{self.day} of {self.provider}"


@dataclass(frozen=True, slots=True)
class ForeignLine:
    """A pay-out in a statement since the backup, under an order that our books have lost."""

    provider: str
    line_id: int
    line_key: str
    at: datetime
    amount: Dong
    order: UUID
    """Our id of it where the provider tells it; one made of the line where not."""
    reference: str
    in_suspense: bool
    assigned: bool
    """Somebody's by now: taken off their account."""


def current(db: Connection) -> Restoration | None:
    row = db.execute(text("SELECT id, backup_of, begun_at FROM restoration WHERE ended_at IS NULL")).first()
    return Restoration(*row) if row else None


def begin(db: Connection, backup_of: datetime, officer_id: int, now: datetime) -> None:
    """Raises IntegrityError when one is open already."""
    db.execute(
        text("INSERT INTO restoration (backup_of, begun_at, begun_by) VALUES (:backup, :now, :officer)"),
        {"backup": backup_of, "now": now, "officer": officer_id},
    )


def ask_about_all(db: Connection, now: datetime, resend_until: datetime, doubted_until: datetime) -> int:
    """Every live cash-out is asked about before anything is sent: it may have gone out after the backup. How many.

    What was sent in the lost hours may still be on its way: until `doubted_until` a refusal of the same id says nothing.
    """
    return db.execute(
        text("""UPDATE cash_out SET ask_first = true, next_step_at = :now, lease_until = NULL, asks = 0,
                       resend_until = CASE WHEN state = 'held' THEN :until ELSE resend_until END,
                       first_sent_at = coalesce(first_sent_at, asked_at),
                       doubted_until = greatest(doubted_until, CAST(:doubted_until AS timestamptz)),
                       state = CASE WHEN state = 'held' THEN 'unknown' ELSE state END, version = version + 1
                WHERE state IN ('held', 'sent', 'unknown', 'issued')"""),
        {"now": now, "until": resend_until, "doubted_until": doubted_until},
    ).rowcount


def answered(db: Connection, cash_out_id: UUID) -> None:
    db.execute(text("UPDATE cash_out SET ask_first = false WHERE id = :id AND ask_first"), {"id": cash_out_id})


def not_answered(db: Connection) -> list[str]:
    """References of the cash-outs that the provider has still to tell about."""
    rows = db.execute(
        text("""SELECT reference FROM cash_out WHERE ask_first AND state IN ('held', 'sent', 'unknown', 'issued')
                ORDER BY reference""")
    )
    return [row.reference for row in rows]


def days_not_read(db: Connection, since: datetime) -> list[DayNotRead]:
    """Days asked for at the beginning whose statement has not been read since."""
    rows = db.execute(
        text("""SELECT day, provider FROM statement_day WHERE asked_at >= :since
                AND (read_at IS NULL OR read_at < :since) ORDER BY day, provider"""),
        {"since": since},
    )
    return [DayNotRead(row.provider, row.day) for row in rows]


def doubt_messages(db: Connection, backup_of: datetime, now: datetime) -> int:
    """What waited in the backup may have gone out since: it is not sent from here. How many messages."""
    return db.execute(
        text("""UPDATE sms_message SET state = 'unsure', note = 'waited in a restored backup; may have been sent',
                       sending_at = :backup, resent_at = coalesce(resent_at, :now), claimed_by = NULL, lease_until = NULL,
                       changed_at = :now WHERE state = 'waiting'"""),
        {"backup": backup_of, "now": now},
    ).rowcount


def doubt_what_carriers_reported(db: Connection, since: datetime, now: datetime) -> int:
    """Of what was written since, do not send what a carrier has meanwhile reported on: it went out before the loss."""
    return db.execute(
        text("""UPDATE sms_message m SET state = 'unsure', note = 'reported on before a backup was restored',
                       sending_at = :since, resent_at = :now, claimed_by = NULL, lease_until = NULL, changed_at = :now
                WHERE m.state = 'waiting' AND m.created_at >= :since AND m.kind <> 'payment_arrived'
                  AND EXISTS (SELECT FROM sms_report r WHERE r.e164 = m.e164 AND r.received_at >= :since
                              AND NOT EXISTS (SELECT FROM sms_message k WHERE k.provider = r.provider
                                              AND k.provider_id = r.provider_id))"""),
        {"since": since, "now": now},
    ).rowcount


def foreign_lines(db: Connection, since: datetime) -> list[ForeignLine]:
    """Pay-outs that a provider made since the backup under orders unknown to us; what came back is taken off."""
    rows = db.execute(
        text("""SELECT e.provider, e.id, e.line_key, e.at, e.amount - back.amount AS amount, e.reference, e.journal_id,
                       EXISTS (SELECT FROM transfer t WHERE t.id = md5('bam:suspense:' || e.id)::uuid) AS in_suspense,
                       EXISTS (SELECT FROM transfer t JOIN account a ON a.id = t.credit_id AND a.kind = 'suspense'
                               WHERE t.journal_id = e.journal_id) AS assigned
                FROM statement_entry e CROSS JOIN LATERAL (
                    SELECT coalesce(sum(b.amount), 0)::bigint AS amount FROM statement_line b
                    WHERE b.provider = e.provider AND b.kind = 'reversed'
                      AND (b.attempt_id = e.attempt_id OR b.original_reference = nullif(e.provider_reference, ''))) AS back
                WHERE e.at >= :since AND e.kind = 'paid_out' AND e.cash_out_id IS NULL AND back.amount < e.amount
                ORDER BY e.at, e.id"""),
        {"since": since},
    )
    return [
        ForeignLine(
            provider=row.provider,
            line_id=row.id,
            line_key=row.line_key,
            at=row.at,
            amount=Dong(row.amount),
            order=row.journal_id,
            reference=row.reference,
            in_suspense=row.in_suspense,
            assigned=row.assigned,
        )
        for row in rows
    ]


def suspense_id(db: Connection, line_id: int) -> UUID:
    """The transfer's id for a line, the same whenever it is asked for."""
    return db.execute(text("SELECT md5('bam:suspense:' || CAST(:id AS bigint))::uuid"), {"id": line_id}).scalar_one()


def end(db: Connection, officer_id: int, by_hand: str, now: datetime) -> None:
    db.execute(
        text("""UPDATE restoration SET ended_at = :now, ended_by = :officer, by_hand = :by_hand WHERE ended_at IS NULL"""),
        {"now": now, "officer": officer_id, "by_hand": by_hand},
    )
    db.execute(text("UPDATE cash_out SET ask_first = false WHERE ask_first"))
