"""What people sent us, each message and each missed call once, whoever delivers it how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, text

from sms.keywords import Understood, Wish, without_numbers
from ussd_app.store.vault import Vault

BODY = "message to us"

Channel = Literal["sms", "ring"]


@dataclass(frozen=True, slots=True, repr=False)
class Received:
    """One message or one missed call, as a provider handed it over."""

    provider: str
    provider_id: str
    channel: Channel
    sender: str
    """As they wrote it: a phone, a short code or a name."""
    sent_to: str
    text: str = ""

    def __repr__(self) -> str:
        return f"Received({self.provider}, {self.channel}, {len(self.text)} letters)"


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What this phone last said of a payment."""

    payment_id: int
    wish: Wish
    at: datetime


def lock_phone(db: Connection, e164: str) -> None:
    """Messages of one phone are taken one after another."""
    db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('inbound ' || :e164, 0))"), {"e164": e164})


def keep(db: Connection, vault: Vault, received: Received, e164: str | None, understood: Understood, now: datetime) -> bool:
    """False when it was there already: then everything has been done."""
    kept = db.execute(
        text("""INSERT INTO inbound (provider, channel, provider_id, sender, e164, sent_to, body_sealed, wish, received_at)
                VALUES (:provider, :channel, :id, :sender, :e164, :sent_to, :body, :wish, :now)
                ON CONFLICT DO NOTHING"""),
        {
            "provider": received.provider,
            "channel": received.channel,
            "id": received.provider_id,
            "sender": received.sender,
            "e164": e164,
            "sent_to": received.sent_to,
            "body": vault.seal(BODY, without_numbers(received.text)) if received.text else None,
            "wish": understood.wish.value,
            "now": now,
        },
    )
    return kept.rowcount > 0


def note_answer(db: Connection, received: Received, *, person_id: int, payment_id: int) -> None:
    _update(db, received, "person_id = :person, payment_id = :payment", person=person_id, payment=payment_id)


def note_reply(db: Connection, received: Received, kind: str) -> None:
    _update(db, received, "reply = :kind", kind=kind)


def _update(db: Connection, received: Received, what: str, **values: object) -> None:
    db.execute(
        text(f"UPDATE inbound SET {what} WHERE provider = :provider AND channel = :channel AND provider_id = :id"),
        {"provider": received.provider, "channel": received.channel, "id": received.provider_id, **values},
    )


def replies_since(db: Connection, e164: str, since: datetime) -> list[str]:
    """Kinds of the replies this phone was sent."""
    rows = db.execute(
        text("SELECT reply FROM inbound WHERE e164 = :e164 AND received_at > :since AND reply IS NOT NULL"),
        {"e164": e164, "since": since},
    )
    return [row.reply for row in rows]


def last_answer(db: Connection, e164: str, person_id: int, within: timedelta, now: datetime) -> LastAnswer | None:
    row = db.execute(
        text("""SELECT payment_id, wish, received_at FROM inbound
                WHERE e164 = :e164 AND person_id = :person AND payment_id IS NOT NULL AND received_at > :since
                ORDER BY received_at DESC LIMIT 1"""),
        {"e164": e164, "person": person_id, "since": now - within},
    ).first()
    return LastAnswer(row.payment_id, Wish(row.wish), row.received_at) if row else None


def last_asked(db: Connection, person_id: int) -> int | None:
    """The payment that its owner was last asked about, while it is unanswered."""
    return db.execute(
        text("""SELECT id FROM payment WHERE person_id = :person AND receipt = 'not_asked' AND asked_at IS NOT NULL
                ORDER BY asked_at DESC, id DESC LIMIT 1"""),
        {"person": person_id},
    ).scalar()
