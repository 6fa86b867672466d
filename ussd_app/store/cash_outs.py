"""Cash-outs as rows: which one a worker should look at next, and every step it may take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from ussd_app.domain.caller import CashOutState
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.phone import Phone
from ussd_app.store.vault import Vault

CALLBACK = "provider callback"
WALLET = "cash-out wallet"


@dataclass(frozen=True, slots=True)
class CashOut:
    """One cash-out, made before anything was sent."""

    id: UUID
    reference: str
    person_id: int
    asked_from: str
    point_code: str | None
    """Where cash is handed over; None where the money goes into a wallet."""
    wallet: Phone | None
    """The person's own mobile-money account; None where cash is handed over at a point."""
    amount: Dong
    fee: Dong
    state: CashOutState
    asked_at: datetime
    first_sent_at: datetime | None
    resend_until: datetime | None
    asks: int
    provider: str
    attempt_id: UUID
    """The correlation id at the provider: the cash-out's own, or a later one where an attempt surely came to nothing."""
    version: int
    """Counts every step: who holds an older one has been overtaken."""
    ask_first: bool
    """The database was restored since: only the provider knows what became of it."""
    doubted_until: datetime | None = None
    """Until then an earlier sending of this attempt may still arrive, or has: a refusal of a later one says nothing."""
    fee_carried: Dong = NOTHING
    """What the programmes pay for it once it is paid; its owner does not."""


COLUMNS = """id, reference, person_id, asked_from, point_code, wallet_sealed, amount, fee, state, asked_at, first_sent_at,
             resend_until, asks, provider, coalesce(attempt_id, id) AS attempt_id, version,
             ask_first, doubted_until, fee_carried"""


def read(row: Row[Any], vault: Vault) -> CashOut:
    return CashOut(
        id=row.id,
        reference=row.reference,
        person_id=row.person_id,
        asked_from=row.asked_from,
        point_code=row.point_code,
        wallet=Phone(vault.open(WALLET, row.wallet_sealed)) if row.wallet_sealed else None,
        amount=Dong(row.amount),
        fee=Dong(row.fee),
        state=CashOutState(row.state),
        asked_at=row.asked_at,
        first_sent_at=row.first_sent_at,
        resend_until=row.resend_until,
        asks=row.asks,
        provider=row.provider,
        attempt_id=row.attempt_id,
        version=row.version,
        ask_first=row.ask_first,
        doubted_until=row.doubted_until,
        fee_carried=Dong(row.fee_carried),
    )


_INSERT = text("""
    INSERT INTO cash_out (id, reference, person_id, asked_from, kind, point_code, wallet_sealed, amount, fee,
                          fee_carried, provider, asked_at, next_step_at)
    VALUES (:id, :reference, :person_id, :asked_from, :kind, :point_code, :wallet, :amount, :fee, :fee_carried,
            :provider, :now, :now)
""")


def insert(
    db: Connection,
    vault: Vault,
    *,
    id: UUID,
    reference: str,
    person_id: int,
    asked_from: str,
    to: str | Phone,
    amount: Dong,
    fee: Dong,
    fee_carried: Dong,
    provider: str,
    now: datetime,
) -> None:
    """A new cash-out, held: to a point, by its code, or to a wallet.

    A second live one of the same person is refused by the database.
    """
    db.execute(
        _INSERT,
        {
            "id": id,
            "reference": reference,
            "person_id": person_id,
            "asked_from": asked_from,
            "kind": "wallet" if isinstance(to, Phone) else "code",
            "point_code": None if isinstance(to, Phone) else to,
            "wallet": vault.seal(WALLET, to.e164) if isinstance(to, Phone) else None,
            "amount": amount.amount,
            "fee": fee.amount,
            "fee_carried": fee_carried.amount,
            "provider": provider,
            "now": now,
        },
    )


_LOCK = text(f"SELECT {COLUMNS} FROM cash_out WHERE id = :id FOR UPDATE")


def lock(db: Connection, vault: Vault, id: UUID) -> CashOut | None:
    row = db.execute(_LOCK, {"id": id}).first()
    return read(row, vault) if row else None


_ISSUE = text("""
    UPDATE cash_out SET state = 'issued', code_sealed = :code, code_lookup = :lookup,
           code_expires_at = :expires_at,
           provider_reference = :reference, issued_at = :now,
           next_step_at = coalesce(hinted_at, :next_step_at),
           lease_until = NULL, reason = '', asks = 0, version = version + 1
    WHERE id = :id
""")


def issue(
    db: Connection,
    id: UUID,
    *,
    code_sealed: bytes,
    code_lookup: bytes,
    expires_at: datetime,
    provider_reference: str,
    now: datetime,
    next_step_at: datetime,
) -> None:
    db.execute(
        _ISSUE,
        {
            "id": id,
            "code": code_sealed,
            "lookup": code_lookup,
            "expires_at": expires_at,
            "reference": provider_reference,
            "now": now,
            "next_step_at": next_step_at,
        },
    )


_END = text("""
    UPDATE cash_out SET state = :state, reason = :reason, ended_at = :now, code_sealed = NULL,
           code_lookup = NULL, lease_until = NULL,
           provider_reference = coalesce(:reference, provider_reference), version = version + 1
    WHERE id = :id
""")


def end(
    db: Connection, id: UUID, *, state: CashOutState, reason: str, provider_reference: str | None, now: datetime
) -> None:
    """Paid or failed: the code is forgotten in the same moment."""
    db.execute(
        _END,
        {"id": id, "state": state.value, "reason": reason, "reference": provider_reference, "now": now},
    )


def keep_callback(
    db: Connection, vault: Vault, *, provider: str, event_key: str, cash_out_id: UUID, body: str, now: datetime
) -> bool:
    """Store what a provider called back, once, and wake its cash-out. False for a repeat or an id never ours.

    `cash_out_id` is the attempt's id as the provider knows it, of this attempt or of an earlier one.
    """
    known = db.execute(
        text("""SELECT id FROM cash_out WHERE id = :id UNION SELECT id FROM cash_out WHERE attempt_id = :id
                UNION SELECT cash_out_id FROM spent_attempt WHERE attempt_id = :id"""),
        {"id": cash_out_id},
    ).scalar()
    if known is None:
        return False
    new = db.execute(
        text("""INSERT INTO provider_callback (provider, event_key, cash_out_id, body_sealed, received_at)
                VALUES (:provider, :key, :id, :body, :now) ON CONFLICT DO NOTHING RETURNING 1"""),
        {"provider": provider, "key": event_key, "id": known, "body": vault.seal(CALLBACK, body), "now": now},
    ).first()
    db.execute(
        text("""UPDATE cash_out SET next_step_at = least(next_step_at, :now), hinted_at = :now
                WHERE id = :id AND state IN ('held', 'sent', 'unknown', 'issued')"""),
        {"id": known, "now": now},
    )
    if new is not None:  # of one that has ended the only news there can be is that it did not end so
        db.execute(
            text("""UPDATE cash_out SET watch_at = least(watch_at, :now), hinted_at = :now
                    WHERE id = :id AND state IN ('paid', 'failed', 'reversed')"""),
            {"id": known, "now": now},
        )
    return new is not None


def reverse(db: Connection, id: UUID, amount: Dong, now: datetime) -> None:
    """Paid, and taken back by the provider, wholly or in part; `amount` is added to what came back before."""
    db.execute(
        text("""UPDATE cash_out SET state = 'reversed', reversed_amount = reversed_amount + :amount, ended_at = :now,
                       version = version + 1 WHERE id = :id AND state IN ('paid', 'reversed')"""),
        {"id": id, "amount": amount.amount, "now": now},
    )


def note_finding(db: Connection, kind: str, id: UUID, reference: str, now: datetime) -> bool:
    """Write down what an officer must look at. False when it was written before."""
    new = db.execute(
        text("""INSERT INTO cash_out_finding (reference, kind, cash_out_id, first_at, last_at)
                VALUES (:reference, :kind, :id, :now, :now) ON CONFLICT DO NOTHING RETURNING 1"""),
        {"reference": reference, "kind": kind, "id": id, "now": now},
    )
    return new.first() is not None


def note_again(db: Connection, kind: str, id: UUID, reference: str, now: datetime) -> None:
    """The same about the same person, while nobody has looked at it yet, is counted and not written anew."""
    known = db.execute(
        text("""UPDATE cash_out_finding f SET how_often = f.how_often + 1, last_at = :now
                FROM cash_out c JOIN cash_out o ON o.person_id = c.person_id
                WHERE c.id = :id AND f.cash_out_id = o.id AND f.kind = :kind AND f.closed_at IS NULL"""),
        {"id": id, "kind": kind, "now": now},
    )
    if not known.rowcount:
        note_finding(db, kind, id, reference, now)
