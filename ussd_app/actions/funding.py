"""The state's money for a programme's month: written down when it comes, and what was written down is the limit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.actions.payments import NotAllowed, require
from ussd_app.domain.ledger import NotEnoughMoney, ReusedWithOtherContent, Transfer, state, treasury
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle, Role
from ussd_app.store import ledger
from ussd_app.store.officers import Officer


def fund(
    db: Connection, id: UUID, programme: str, cycle: Cycle, amount: Dong, document: str, officer: Officer, now: datetime
) -> bool:
    """Write down what the state has paid in. False when this very document was written down before.

    From the first funding on, its month's payments can be no more than was funded, as soon as what was released
    before is covered. Raises NotAllowed.
    """
    require(officer, Role.APPROVES)
    there = treasury(programme, cycle)
    reason = f"funded: {document or 'without a document'}"
    try:
        new = ledger.move(db, Transfer(id, state(programme), there, amount, id, reason))
    except ReusedWithOtherContent as problem:
        raise NotAllowed(f"{document} was written down before with another amount.") from problem
    if new:
        _note(db, id, programme, cycle, document, officer, now)
    _guard(db, there.code)
    return new


def take_back(
    db: Connection, id: UUID, programme: str, cycle: Cycle, amount: Dong, document: str, officer: Officer, now: datetime
) -> bool:
    """What is left of a month's funding goes back to the state; False for a document that is known. Raises NotAllowed
    when less is left."""
    require(officer, Role.APPROVES)
    there = treasury(programme, cycle)
    reason = f"taken back by the state: {document or 'without a document'}"
    guarded = db.execute(text("SELECT guarded FROM account WHERE code = :code"), {"code": there.code}).scalar()
    if not guarded:
        raise NotAllowed(f"Nothing is left of what was funded for {programme} {cycle.code}.")
    try:
        with db.begin_nested():
            new = ledger.move(db, Transfer(id, there, state(programme), amount, id, reason))
    except NotEnoughMoney as problem:
        raise NotAllowed(f"Less than {amount} is left of what was funded for {programme} {cycle.code}.") from problem
    except ReusedWithOtherContent as problem:
        raise NotAllowed(f"{document} was written down before with another amount.") from problem
    if new:
        _note(db, id, programme, cycle, document, officer, now)
    return new


def _note(db: Connection, id: UUID, programme: str, cycle: Cycle, document: str, officer: Officer, now: datetime) -> None:
    db.execute(
        text("""INSERT INTO funding (transfer_id, programme, cycle, document, entered_by, entered_at)
                VALUES (:id, :programme, :cycle, :document, :officer, :now)"""),
        {
            "id": id,
            "programme": programme,
            "cycle": cycle.code,
            "document": document,
            "officer": officer.id,
            "now": now,
        },
    )


def _guard(db: Connection, code: str) -> None:
    db.execute(
        text("UPDATE account SET guarded = true WHERE code = :code AND NOT guarded AND credits_posted >= debits_posted"),
        {"code": code},
    )


def require_funds(db: Connection, batch_id: int) -> None:
    """Refuse a release for which less is left than it needs, where funding is written down at all.

    What other releases under way still need is left for them: the rows of the treasury are locked meanwhile, so that
    no two releases count on the same money. Raises NotAllowed.
    """
    left = db.execute(
        text("""SELECT programme, cycle, credits_posted - debits_posted - debits_pending AS left_over FROM account
                WHERE kind = 'treasury' AND guarded
                  AND (programme, cycle) IN (SELECT programme, cycle FROM payment WHERE batch_id = :batch)
                ORDER BY id FOR NO KEY UPDATE"""),
        {"batch": batch_id},
    ).all()
    if not left:
        return
    needs = db.execute(
        text("""SELECT p.programme, p.cycle, sum(p.amount)::bigint AS needed FROM payment p
                JOIN payment_batch b ON b.id = p.batch_id
                WHERE p.state = 'entered' AND (b.id = :batch OR b.state = 'releasing') GROUP BY 1, 2"""),
        {"batch": batch_id},
    )
    needed = {(row.programme, row.cycle): int(row.needed) for row in needs}
    for row in left:
        short = needed.get((row.programme, row.cycle), 0) - row.left_over
        if short > 0:
            raise NotAllowed(
                f"{row.programme} {row.cycle} is short of {short:,} đồng: {row.left_over:,} are left of what was funded."
                f" Fund it (`ledger fund {row.programme} {row.cycle} AMOUNT`), or release less."
            )
