"""One person's record as an officer may read it aloud: no identity number, no PIN, no code."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from ussd_app.domain.money import Dong


def record_lines(db: Connection, person_id: int) -> list[str]:
    return [*_person(db, person_id), *_payments(db, person_id), *_cash_outs(db, person_id), *_tickets(db, person_id)]


def _person(db: Connection, person_id: int) -> Iterator[str]:
    row = db.execute(
        text("""SELECT p.full_name, c.name AS commune, p.payout_method,
                       (SELECT coalesce(sum(credits_posted - debits_posted - debits_pending), 0)::bigint
                        FROM account WHERE person_id = p.id) AS balance
                FROM person p JOIN commune c ON c.id = p.commune_id WHERE p.id = :person"""),
        {"person": person_id},
    ).one()
    yield f"{row.full_name}, {row.commune}"
    yield f"balance {Dong(row.balance)}, paid through {row.payout_method}"


def _payments(db: Connection, person_id: int) -> Iterator[str]:
    rows = db.execute(
        text("""SELECT cycle, programme, amount, receipt FROM payment WHERE person_id = :person AND state = 'released'
                ORDER BY cycle DESC, id DESC LIMIT 6"""),
        {"person": person_id},
    )
    for row in rows:
        yield f"payment {row.cycle} {row.programme}: {Dong(row.amount)}, {row.receipt}"


def _cash_outs(db: Connection, person_id: int) -> Iterator[str]:
    rows = db.execute(
        text("""SELECT reference, amount, state FROM cash_out WHERE person_id = :person ORDER BY asked_at DESC LIMIT 3"""),
        {"person": person_id},
    )
    for row in rows:
        yield f"cash-out {row.reference}: {Dong(row.amount)}, {row.state}"


def _tickets(db: Connection, person_id: int) -> Iterator[str]:
    rows = db.execute(
        text("""SELECT reference, kind, state, due_on FROM complaint WHERE person_id = :person
                ORDER BY opened_at DESC LIMIT 6"""),
        {"person": person_id},
    )
    for row in rows:
        yield f"ticket {row.reference} {row.kind}: {row.state}, by {row.due_on}"
