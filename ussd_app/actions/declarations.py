"""An attempt that its provider does not know: one officer says what became of it, another confirms, and then it is so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, Row, text

from ussd_app.actions import cash_outs as actions
from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import NotAllowed
from ussd_app.store import cash_outs
from ussd_app.store.cash_outs import CashOut
from ussd_app.store.officers import Officer

Verdict = Literal["paid", "failed"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A cash-out that a person must decide about, and what one officer has said of it so far."""

    reference: str
    asked_at: datetime
    amount: int
    point_code: str
    verdict: str
    declared_by: str


_WAITS = """(c.state IN ('sent', 'unknown') AND c.resend_until <= :now
             OR c.state = 'issued' AND c.code_expires_at <= CAST(:now AS timestamptz) - interval '24 hours')"""
"""Only after its window: before, the same order may still be sent again, or the provider may still answer."""


def unknown(db: Connection, now: datetime) -> list[Unknown]:
    rows = db.execute(
        text(f"""SELECT c.reference, c.asked_at, c.amount, coalesce(c.point_code, '') AS point_code,
                        coalesce(d.verdict, '') AS verdict, coalesce(o.name, '') AS declared_by
                 FROM cash_out c LEFT JOIN cash_out_declaration d ON d.cash_out_id = c.id
                      LEFT JOIN officer o ON o.id = d.declared_by
                 WHERE {_WAITS} ORDER BY c.asked_at"""),
        {"now": now},
    )
    return [Unknown(*row) for row in rows]


def declare(
    db: Connection, desk: Desk, reference: str, verdict: Verdict, officer: Officer, *, because: str, now: datetime
) -> bool:
    """True when this was the second word and the cash-out is paid or failed by it; False when a second one is awaited.

    Raises NotAllowed for a cash-out that does not wait for a person, for the same officer twice, and for two who differ.
    """
    order = _waiting(db, desk, reference, now)
    said = db.execute(
        text("""SELECT d.verdict, d.declared_by, o.name FROM cash_out_declaration d JOIN officer o ON o.id = d.declared_by
                WHERE d.cash_out_id = :id FOR UPDATE OF d"""),
        {"id": order.id},
    ).first()
    if said is None:
        _write_down(db, order.id, verdict, because, officer, now)
        return False
    _confirm(db, order, said, verdict, officer, now)
    if verdict == "paid":
        actions.pay(db, desk, order.id, provider_reference=f"declared {reference}", paid_at=now, now=now)
    else:
        actions.fail(db, desk, order.id, reason="other", now=now)
    return True


def withdraw(db: Connection, desk: Desk, reference: str, officer: Officer, now: datetime) -> None:
    """Whoever declared it was wrong to: as long as nobody has confirmed it, it was never said."""
    order = _waiting(db, desk, reference, now)
    gone = db.execute(
        text("DELETE FROM cash_out_declaration WHERE cash_out_id = :id AND declared_by = :officer"),
        {"id": order.id, "officer": officer.id},
    )
    if not gone.rowcount:
        raise NotAllowed(f"{officer.name} has declared nothing about {reference}.")


def settle_finding(db: Connection, reference: str, officer: Officer, *, because: str, now: datetime) -> None:
    """An officer has looked into a late success or a reversal, once. Guessing at a point ends with `points unlock`."""
    settled = db.execute(
        text("""UPDATE cash_out_finding SET closed_by = :officer, closed_at = :now, outcome = :because
                WHERE reference = :reference AND kind <> 'guessing' AND closed_at IS NULL"""),
        {"officer": officer.id, "now": now, "because": because, "reference": reference},
    )
    if not settled.rowcount:
        raise NotAllowed(f"There is no open finding {reference}: see `cash-outs findings`.")


def _waiting(db: Connection, desk: Desk, reference: str, now: datetime) -> CashOut:
    found = db.execute(
        text(f"SELECT c.id FROM cash_out c WHERE c.reference = :reference AND {_WAITS}"),
        {"reference": reference, "now": now},
    ).scalar()
    order = cash_outs.lock(db, desk.vault, found) if found else None
    if order is None or not order.state.live:
        raise NotAllowed(f"{reference} does not wait for anyone's word: see `cash-outs unknown`.")
    return order


def _write_down(db: Connection, id: UUID, verdict: str, because: str, officer: Officer, now: datetime) -> None:
    db.execute(
        text("""INSERT INTO cash_out_declaration (cash_out_id, verdict, because, declared_by, declared_at)
                VALUES (:id, :verdict, :because, :officer, :now)"""),
        {"id": id, "verdict": verdict, "because": because, "officer": officer.id, "now": now},
    )


def _confirm(
    db: Connection, order: CashOut, said: Row[tuple[str, int, str]], verdict: str, officer: Officer, now: datetime
) -> None:
    if said.declared_by == officer.id:
        raise NotAllowed("Whoever declared it may not also confirm it: another officer must.")
    if said.verdict != verdict:
        raise NotAllowed(f"{said.name} has declared {order.reference} {said.verdict}: find out together first.")
    db.execute(
        text("UPDATE cash_out_declaration SET confirmed_by = :officer, confirmed_at = :now WHERE cash_out_id = :id"),
        {"id": order.id, "officer": officer.id, "now": now},
    )
