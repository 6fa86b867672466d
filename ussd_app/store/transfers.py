"""How transfers are written: any number of them, and every counter they move, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from ussd_app.domain.ledger import Account, NotEnoughMoney, ReusedWithOtherContent, Transfer

# One round trip. Accounts are locked from the lowest id up, so that two journals can wait for each other but never both.
# The guard is in the statement that moves the money: PostgreSQL re-reads the row after waiting for its lock.
_WRITE = text("""
    WITH asked AS (
        SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:kinds AS text[]), CAST(:debits AS text[]),
            CAST(:credits AS text[]), CAST(:amounts AS bigint[]), CAST(:held AS bigint[]), CAST(:pendings AS uuid[]),
            CAST(:reverses AS uuid[]), CAST(:journals AS uuid[]), CAST(:reasons AS text[]),
            CAST(:expiries AS timestamptz[]))
            AS t (id, kind, debit, credit, amount, held, pending_id, reverses_id, journal_id, reason, expires_at)
    ), written AS (
        INSERT INTO transfer
            (id, kind, debit_id, credit_id, amount, pending_id, reverses_id, journal_id, reason, expires_at)
        SELECT t.id, t.kind, d.id, c.id, t.amount, t.pending_id, t.reverses_id, t.journal_id, t.reason, t.expires_at
        FROM asked t JOIN account d ON d.code = t.debit JOIN account c ON c.code = t.credit
        ON CONFLICT (id) DO NOTHING RETURNING id, kind, debit_id, credit_id, amount
    ), legs AS (
        SELECT w.debit_id, w.credit_id, CASE WHEN w.kind IN ('single', 'post') THEN w.amount ELSE 0 END AS moved,
               CASE WHEN w.kind = 'pending' THEN w.amount ELSE -coalesce(t.held, 0) END AS held
        FROM written w JOIN asked t ON t.id = w.id
    ), effects AS (
        SELECT account, sum(dp)::bigint AS dp, sum(cp)::bigint AS cp, sum(dh)::bigint AS dh, sum(ch)::bigint AS ch
        FROM (SELECT debit_id AS account, moved AS dp, 0 AS cp, held AS dh, 0 AS ch FROM legs
              UNION ALL SELECT credit_id, 0, moved, 0, held FROM legs) each GROUP BY account
    ), locked AS MATERIALIZED (
        SELECT a.id FROM account a WHERE a.id IN (SELECT account FROM effects) ORDER BY a.id FOR NO KEY UPDATE
    ), moved AS (
        UPDATE account a SET debits_posted = a.debits_posted + e.dp, credits_posted = a.credits_posted + e.cp,
                             debits_pending = a.debits_pending + e.dh, credits_pending = a.credits_pending + e.ch
        FROM locked l JOIN effects e ON e.account = l.id
        WHERE a.id = l.id AND (NOT a.guarded OR a.credits_posted + e.cp - a.debits_posted - e.dp
                                                - a.debits_pending - e.dh >= 0)
        RETURNING a.id
    )
    SELECT (SELECT count(*) FROM written) AS written, (SELECT count(*) FROM effects) AS touched,
           (SELECT count(*) FROM moved) AS moved
""")


def write(db: Connection, transfers: Sequence[Transfer]) -> bool:
    """Write these transfers. False when every one of them was written before: nothing is done.

    Raises NotEnoughMoney, and ReusedWithOtherContent for a known id with another content; then the transaction (or the
    savepoint around it) must be rolled back.
    """
    if not transfers:
        return False
    if (new := _say(db, transfers)) == len(transfers):
        return True
    # Rare: some are known already, or some account is not there yet.
    left = _not_yet(db, transfers)
    if not left:
        return new > 0
    make_accounts(db, [account for each in left for account in (each.debit, each.credit)])
    if _say(db, left) < len(left):
        left = _not_yet(db, left)  # somebody else wrote the same between our two looks
        assert not left, "a transfer between accounts that exist is written or known"  # noqa: S101 - our own mistake
    return True


def _say(db: Connection, transfers: Sequence[Transfer]) -> int:
    row = db.execute(_WRITE, _columns(transfers)).one()
    if row.moved < row.touched:
        raise NotEnoughMoney(f"not enough money for {transfers[0].reason!r} of journal {transfers[0].journal_id}")
    return int(row.written)


def _columns(transfers: Sequence[Transfer]) -> dict[str, list[Any]]:
    return {
        "ids": [each.id for each in transfers],
        "kinds": [each.kind.value for each in transfers],
        "debits": [each.debit.code for each in transfers],
        "credits": [each.credit.code for each in transfers],
        "amounts": [each.amount.amount for each in transfers],
        "held": [each.held.amount if each.held else None for each in transfers],
        "pendings": [each.pending_id for each in transfers],
        "reverses": [each.reverses_id for each in transfers],
        "journals": [each.journal_id for each in transfers],
        "reasons": [each.reason for each in transfers],
        "expiries": [each.expires_at for each in transfers],
    }


def _not_yet(db: Connection, transfers: Sequence[Transfer]) -> list[Transfer]:
    """Those that are not in the ledger; raises ReusedWithOtherContent for one that is there with another content."""
    rows = db.execute(
        text("""SELECT t.id, t.kind, d.code AS debit, c.code AS credit, t.amount, t.journal_id FROM transfer t
                JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id WHERE t.id = ANY(:ids)"""),
        {"ids": [each.id for each in transfers]},
    )
    known = {row.id: tuple(row) for row in rows}
    for each in transfers:
        content = (each.id, each.kind.value, each.debit.code, each.credit.code, each.amount.amount, each.journal_id)
        if known.get(each.id, content) != content:
            raise ReusedWithOtherContent(f"transfer {each.id} is known with another content")
    return [each for each in transfers if each.id not in known]


def make_accounts(db: Connection, accounts: Sequence[Account]) -> None:
    """Make those accounts that are not there yet, always in the same order."""
    wanted = {each.code: each for each in accounts}
    every = [wanted[code] for code in sorted(wanted)]
    db.execute(
        text("""INSERT INTO account (code, kind, person_id, programme, guarded, kept_for, commune_code)
                SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:kinds AS text[]), CAST(:people AS bigint[]),
                                     CAST(:programmes AS text[]), CAST(:guarded AS boolean[]),
                                     CAST(:kept_for AS bigint[]), CAST(:communes AS text[]))
                ON CONFLICT (code) DO NOTHING"""),
        {
            "codes": [each.code for each in every],
            "kinds": [each.kind.value for each in every],
            "people": [each.person_id for each in every],
            "programmes": [each.programme for each in every],
            "guarded": [each.guarded for each in every],
            "kept_for": [each.kept_for for each in every],
            "communes": [each.commune_code for each in every],
        },
    )
