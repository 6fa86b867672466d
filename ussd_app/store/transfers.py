"""How transfers are written: any number of them, and every counter they move, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from ussd_app.domain.ledger import Account, NotEnoughMoney, ReusedWithOtherContent, Transfer

# One round trip. Accounts are locked from the lowest id up, so that two journals can wait for each other but never both.
# The guard is in the statement that moves the money: PostgreSQL re-reads the row after waiting for its lock.
_COLUMNS = (
    ("id", "uuid"), ("kind", "text"), ("debit", "text"), ("credit", "text"), ("amount", "bigint"), ("held", "bigint"),
    ("pending_id", "uuid"), ("reverses_id", "uuid"), ("journal_id", "uuid"), ("reason", "text"),
)  # fmt: skip
_FEW = 4
"""So many rows are spoken one by one: PostgreSQL then knows how many there are, and plans the statement only once."""

_WRITE = """
    WITH asked ({names}) AS ({asked}
    ), written AS (
        INSERT INTO transfer
            (id, kind, debit_id, credit_id, amount, pending_id, reverses_id, journal_id, reason)
        SELECT t.id, t.kind, d.id, c.id, t.amount, t.pending_id, t.reverses_id, t.journal_id, t.reason
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
"""


@cache
def _statement(rows: int) -> TextClause:
    """For so many rows; 0 is for any number of them."""
    if rows:
        lines = [", ".join(f"CAST(:{name}_{row} AS {kind})" for name, kind in _COLUMNS) for row in range(rows)]
        asked = "VALUES " + ", ".join(f"({line})" for line in lines)
    else:
        asked = f"SELECT * FROM unnest({', '.join(f'CAST(:{name} AS {kind}[])' for name, kind in _COLUMNS)})"
    return text(_WRITE.format(names=", ".join(name for name, _ in _COLUMNS), asked=asked))


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
    rows = [_values(each) for each in transfers]
    if len(rows) <= _FEW:
        spoken = {
            f"{name}_{at}": value for at, row in enumerate(rows) for (name, _), value in zip(_COLUMNS, row, strict=True)
        }
        told = db.execute(_statement(len(rows)), spoken).one()
    else:
        columns = zip(*rows, strict=True)
        told = db.execute(
            _statement(0), {name: list(column) for (name, _), column in zip(_COLUMNS, columns, strict=True)}
        ).one()
    if told.moved < told.touched:
        raise NotEnoughMoney(f"not enough money for {transfers[0].reason!r} of journal {transfers[0].journal_id}")
    return int(told.written)


def _values(each: Transfer) -> tuple[Any, ...]:
    held = each.held.amount if each.held else None
    return (
        each.id, each.kind.value, each.debit.code, each.credit.code, each.amount.amount, held,
        each.pending_id, each.reverses_id, each.journal_id, each.reason,
    )  # fmt: skip


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
                                     CAST(:kept_for AS bigint[]), CAST(:communes AS text[])) AS t (code)
                WHERE NOT EXISTS (SELECT FROM account a WHERE a.code = t.code)
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
