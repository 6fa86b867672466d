"""Cash-outs as rows: which one a worker should look at next, and every step it may take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from ussd_app.domain.caller import CashOutState
from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from ussd_app.store.vault import Vault

CALLBACK = "provider callback"
WALLET = "cash-out wallet"


@dataclass(frozen=True, slots=True)
class CashOut:
    """One cash-out. Its id is the correlation id at the provider, made before anything was sent."""

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
    first_sent_at: datetime | None
    resend_until: datetime | None
    asks: int


_COLUMNS = """id, reference, person_id, asked_from, point_code, wallet_sealed, amount, fee, state, first_sent_at,
              resend_until, asks"""


def _read(row: Row[Any], vault: Vault) -> CashOut:
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
        first_sent_at=row.first_sent_at,
        resend_until=row.resend_until,
        asks=row.asks,
    )


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
    provider: str,
    now: datetime,
) -> None:
    """A new cash-out, held: to a point, by its code, or to a wallet.

    A second live one of the same person is refused by the database.
    """
    db.execute(
        text("""INSERT INTO cash_out (id, reference, person_id, asked_from, kind, point_code, wallet_sealed, amount, fee,
                                      provider, asked_at, next_step_at)
                VALUES (:id, :reference, :person_id, :asked_from, :kind, :point_code, :wallet, :amount, :fee, :provider,
                        :now, :now)"""),
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
            "provider": provider,
            "now": now,
        },
    )


def claim_due(db: Connection, vault: Vault, *, now: datetime, lease: timedelta, limit: int) -> list[CashOut]:
    """Take the cash-outs whose next step is due; another worker skips them until the lease runs out."""
    rows = db.execute(
        text(f"""UPDATE cash_out SET lease_until = :lease_until, hinted_at = NULL, version = version + 1
                 WHERE id IN (SELECT id FROM cash_out WHERE state IN ('held', 'sent', 'unknown', 'issued')
                              AND next_step_at <= :now AND (lease_until IS NULL OR lease_until <= :now)
                              ORDER BY next_step_at LIMIT :limit FOR UPDATE SKIP LOCKED)
                 RETURNING {_COLUMNS}"""),
        {"now": now, "lease_until": now + lease, "limit": limit},
    ).all()
    return [_read(row, vault) for row in rows]


def lock(db: Connection, vault: Vault, id: UUID) -> CashOut | None:
    row = db.execute(text(f"SELECT {_COLUMNS} FROM cash_out WHERE id = :id FOR UPDATE"), {"id": id}).first()
    return _read(row, vault) if row else None


def step(
    db: Connection,
    id: UUID,
    *,
    state: CashOutState,
    next_step_at: datetime,
    reason: str = "",
    asked: bool = False,
    first_sent_at: datetime | None = None,
    resend_until: datetime | None = None,
) -> None:
    """Move a live cash-out to another live state and say when to look again."""
    db.execute(
        text("""UPDATE cash_out SET state = :state, next_step_at = coalesce(hinted_at, :next_step_at),
                       reason = :reason, lease_until = NULL,
                       asks = asks + :asked, first_sent_at = coalesce(first_sent_at, :first_sent_at),
                       resend_until = coalesce(resend_until, :resend_until), version = version + 1
                WHERE id = :id AND state IN ('held', 'sent', 'unknown', 'issued')"""),
        {
            "id": id,
            "state": state.value,
            "next_step_at": next_step_at,
            "reason": reason,
            "asked": int(asked),
            "first_sent_at": first_sent_at,
            "resend_until": resend_until,
        },
    )


def keep_lease(db: Connection, id: UUID, until: datetime) -> None:
    db.execute(text("UPDATE cash_out SET lease_until = :until WHERE id = :id"), {"id": id, "until": until})


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
        text("""UPDATE cash_out SET state = 'issued', code_sealed = :code, code_lookup = :lookup,
                       code_expires_at = :expires_at,
                       provider_reference = :reference, issued_at = :now,
                       next_step_at = coalesce(hinted_at, :next_step_at),
                       lease_until = NULL, reason = '', asks = 0, version = version + 1
                WHERE id = :id"""),
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


def end(
    db: Connection, id: UUID, *, state: CashOutState, reason: str, provider_reference: str | None, now: datetime
) -> None:
    """Paid or failed: the code is forgotten in the same moment."""
    db.execute(
        text("""UPDATE cash_out SET state = :state, reason = :reason, ended_at = :now, code_sealed = NULL,
                       code_lookup = NULL, lease_until = NULL,
                       provider_reference = coalesce(:reference, provider_reference), version = version + 1
                WHERE id = :id"""),
        {"id": id, "state": state.value, "reason": reason, "reference": provider_reference, "now": now},
    )


def keep_callback(
    db: Connection, vault: Vault, *, provider: str, event_key: str, cash_out_id: UUID, body: str, now: datetime
) -> bool:
    """Store what a provider called back, once, and wake its cash-out. False for a repeat or an id never ours."""
    known = db.execute(text("SELECT 1 FROM cash_out WHERE id = :id"), {"id": cash_out_id}).first()
    if known is None:
        return False
    new = db.execute(
        text("""INSERT INTO provider_callback (provider, event_key, cash_out_id, body_sealed)
                VALUES (:provider, :key, :id, :body) ON CONFLICT DO NOTHING RETURNING 1"""),
        {"provider": provider, "key": event_key, "id": cash_out_id, "body": vault.seal(CALLBACK, body)},
    ).first()
    db.execute(
        text("""UPDATE cash_out SET next_step_at = least(next_step_at, :now), hinted_at = :now
                WHERE id = :id AND state IN ('held', 'sent', 'unknown', 'issued')"""),
        {"id": cash_out_id, "now": now},
    )
    return new is not None


def any_due(db: Connection, now: datetime) -> bool:
    return (
        db.execute(
            text("""SELECT 1 FROM cash_out WHERE state IN ('held', 'sent', 'unknown', 'issued')
                    AND next_step_at <= :now AND (lease_until IS NULL OR lease_until <= :now) LIMIT 1"""),
            {"now": now},
        ).first()
        is not None
    )


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
