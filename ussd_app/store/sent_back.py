"""Payments that a bank, a wallet or a commune sent back, and that lie with their owner, who cannot draw them here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.domain.ledger import AccountKind
from ussd_app.domain.money import Dong
from ussd_app.domain.people import PayoutMethod


@dataclass(frozen=True, slots=True)
class SentBack:
    """One payment of which something came back and has not gone out again."""

    payment_id: int
    grant_id: UUID
    person_id: int
    account: str
    full_name: str
    commune: str
    programme: str
    cycle: str
    here: Dong
    """What of this payment is its owner's again."""
    free: Dong
    """What is on the account, for whatever month, and not held."""
    reason: str
    came_back_at: datetime
    method: PayoutMethod
    account_changed_at: datetime | None
    deceased_on: date | None

    @property
    def amount(self) -> Dong:
        """What can go out again: no more than came back, and no more than is there."""
        return min(self.here, self.free)

    @property
    def same_account(self) -> bool:
        """It would go to where it could not be paid before."""
        return self.account_changed_at is None or self.account_changed_at < self.came_back_at


_AWAY = f"('{AccountKind.HANDED_OVER.value}', '{AccountKind.TRUST.value}')"

_SENT_BACK = f"""
    WITH back AS (
        SELECT t.journal_id, max(t.created_at) AS at, (array_agg(t.reason ORDER BY t.created_at DESC))[1] AS reason
        FROM transfer t JOIN account d ON d.id = t.debit_id AND d.kind IN {_AWAY}
        JOIN account c ON c.id = t.credit_id AND c.kind = 'beneficiary'
        WHERE t.kind = 'single' AND t.reverses_id IS NOT NULL AND {{wanted}} GROUP BY t.journal_id
    )
    SELECT p.id, p.grant_id, p.person_id, a.code, w.full_name, m.name AS commune, p.programme, p.cycle, h.here,
           a.credits_posted - a.debits_posted - a.debits_pending AS free, b.reason, b.at, w.payout_method,
           w.payee_changed_at, w.deceased_on
    FROM back b JOIN payment p ON p.grant_id = b.journal_id JOIN person w ON w.id = p.person_id
    JOIN commune m ON m.id = w.commune_id
    JOIN account a ON a.code = 'beneficiary:' || p.person_id || ':' || p.programme
    CROSS JOIN LATERAL (SELECT coalesce(sum(CASE WHEN t.credit_id = a.id THEN t.amount ELSE -t.amount END), 0)::bigint
                               AS here
                        FROM transfer t WHERE t.journal_id = p.grant_id AND a.id IN (t.debit_id, t.credit_id)) h
    WHERE h.here > 0 ORDER BY b.at, p.id"""


def waiting(db: Connection) -> list[SentBack]:
    """All of them, the longest first; those whose owner draws cash here by now are among them."""
    return _read(db, "true", ())


def payments(db: Connection, ids: Sequence[int]) -> dict[int, SentBack]:
    """By payment; one that never came back, or went out again, is not among them."""
    wanted = "t.journal_id IN (SELECT grant_id FROM payment WHERE id = ANY(:ids))"
    return {each.payment_id: each for each in _read(db, wanted, ids)}


def lock(db: Connection, grant_id: UUID) -> SentBack | None:
    """One of them; neither it nor its owner's way to be paid can change until the transaction ends."""
    db.execute(
        text("""SELECT 1 FROM payment p JOIN person w ON w.id = p.person_id WHERE p.grant_id = :grant
                FOR NO KEY UPDATE OF p, w"""),
        {"grant": grant_id},
    )
    id = db.execute(text("SELECT id FROM payment WHERE grant_id = :grant"), {"grant": grant_id}).scalar()
    return payments(db, [id]).get(id) if id else None


def sent_again_at(db: Connection, grant_id: UUID) -> datetime | None:
    """When a payment that came back was last sent out again."""
    return db.execute(
        text("""SELECT max(l.done_at) FROM adjustment_line l JOIN adjustment a ON a.id = l.adjustment_id
                WHERE a.kind = 'send_again' AND l.journal_id = :grant"""),
        {"grant": grant_id},
    ).scalar()


def _read(db: Connection, wanted: str, ids: Sequence[int]) -> list[SentBack]:
    rows = db.execute(text(_SENT_BACK.format(wanted=wanted)), {"ids": list(ids)} if ids else {})
    return [
        SentBack(
            row.id, row.grant_id, row.person_id, row.code, row.full_name, row.commune, row.programme, row.cycle,
            Dong(row.here), Dong(row.free), row.reason, row.at, PayoutMethod(row.payout_method), row.payee_changed_at,
            row.deceased_on,
        )
        for row in rows
    ]  # fmt: skip
