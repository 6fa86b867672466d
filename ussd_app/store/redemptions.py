"""Codes that points have keyed in, as rows: which one a worker should take to the provider next, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.domain.keepers import RedemptionState
from ussd_app.domain.money import Dong
from ussd_app.store.keepers import CODE
from ussd_app.store.vault import Vault

_WAITING = "state IN ('asked', 'sent', 'unsure')"


@dataclass(frozen=True, slots=True)
class Redemption:
    """One keying-in of one code. The code itself stays sealed in its cash-out until this moment."""

    id: UUID
    cash_out_id: UUID
    reference: str
    point_code: str
    amount: Dong
    code: str = field(repr=False)
    """Empty when the cash-out has ended meanwhile: then it is only asked what became of this keying-in."""
    asks: int
    provider: str
    """Whose code it is."""
    sent_before: bool
    """A worker has taken it up before: the provider may have it, or may still get it."""
    asked_at: datetime


def insert(db: Connection, *, id: UUID, reference: str, point_code: str, asked_from: str, now: datetime) -> UUID | None:
    """Of two that key in one code at once, one: the cash-out's id, or None for the other and for a code that is gone."""
    return db.execute(
        text("""INSERT INTO redemption (id, cash_out_id, point_code, asked_from, asked_at, next_step_at)
                SELECT :id, id, point_code, :phone, :now, :now FROM cash_out
                WHERE reference = :reference AND point_code = :point AND state = 'issued' AND code_sealed IS NOT NULL
                ON CONFLICT (cash_out_id) WHERE state <> 'refused' DO NOTHING RETURNING cash_out_id"""),
        {"id": id, "reference": reference, "point": point_code, "phone": asked_from, "now": now},
    ).scalar()


def claim_due(db: Connection, vault: Vault, *, now: datetime, lease: timedelta, limit: int) -> list[Redemption]:
    """Take those that are due, marked as sent before anything is sent; another worker skips them for a while."""
    rows = db.execute(
        text(f"""WITH due AS (SELECT id, state FROM redemption WHERE {_WAITING} AND next_step_at <= :now
                                  AND (lease_until IS NULL OR lease_until <= :now)
                              ORDER BY next_step_at LIMIT :limit FOR UPDATE SKIP LOCKED)
                 UPDATE redemption r SET state = CASE r.state WHEN 'asked' THEN 'sent' ELSE r.state END,
                        lease_until = :lease_until
                 FROM due, cash_out c WHERE r.id = due.id AND c.id = r.cash_out_id
                 RETURNING r.id, r.cash_out_id, c.reference, r.point_code, c.amount, c.code_sealed, r.asks, c.provider,
                           due.state <> 'asked' AS sent_before, r.asked_at"""),
        {"now": now, "lease_until": now + lease, "limit": limit},
    ).all()
    return [
        Redemption(
            id=row.id,
            cash_out_id=row.cash_out_id,
            reference=row.reference,
            point_code=row.point_code,
            amount=Dong(row.amount),
            code=vault.open(CODE, row.code_sealed) if row.code_sealed else "",
            asks=row.asks,
            provider=row.provider,
            sent_before=row.sent_before,
            asked_at=row.asked_at,
        )
        for row in rows
    ]


def end(
    db: Connection,
    id: UUID,
    state: RedemptionState,
    *,
    reason: str = "",
    provider_reference: str | None = None,
    now: datetime,
) -> bool:
    """Redeemed or refused, once. False when it had ended before."""
    ended = db.execute(
        text(f"""UPDATE redemption SET state = :state, reason = :reason, provider_reference = :reference, ended_at = :now,
                        lease_until = NULL WHERE id = :id AND {_WAITING}"""),
        {"id": id, "state": state.value, "reason": reason, "reference": provider_reference, "now": now},
    )
    return ended.rowcount > 0


def ask_again(db: Connection, id: UUID, *, reason: str, at: datetime) -> None:
    """Nobody knows: under the same id it is asked again, and nothing is promised meanwhile."""
    db.execute(
        text(f"""UPDATE redemption SET state = 'unsure', reason = :reason, next_step_at = :at, asks = asks + 1,
                        lease_until = NULL WHERE id = :id AND {_WAITING}"""),
        {"id": id, "reason": reason, "at": at},
    )


def refuse_with_cash_out(db: Connection, cash_out_id: UUID, *, reason: str, now: datetime) -> None:
    """The cash-out came to nothing: so did whatever was still open about its code."""
    db.execute(
        text(f"""UPDATE redemption SET state = 'refused', reason = :reason, ended_at = :now, lease_until = NULL
                 WHERE cash_out_id = :id AND {_WAITING}"""),
        {"id": cash_out_id, "reason": reason, "now": now},
    )


def ask_now(db: Connection, cash_out_id: UUID, now: datetime) -> None:
    """The cash-out is paid, at this point's phone or at somebody's terminal: whose it was only the provider can tell."""
    db.execute(
        text(f"""UPDATE redemption SET next_step_at = least(next_step_at, :now) WHERE cash_out_id = :id AND {_WAITING}"""),
        {"id": cash_out_id, "now": now},
    )


def any_due(db: Connection, now: datetime) -> bool:
    return bool(
        db.execute(
            text(f"""SELECT 1 FROM redemption WHERE {_WAITING} AND next_step_at <= :now
                     AND (lease_until IS NULL OR lease_until <= :now) LIMIT 1"""),
            {"now": now},
        ).scalar()
    )
