"""What the database knows of each payment of a batch that could make it doubtful, read set by set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.domain.people import PayoutMethod
from ussd_app.domain.safety import Facts, Finding, Rival, plain_name

Odd = Callable[[str, Cycle, Dong], str | None]
"""Why an amount is not what a programme pays for a month; None when it is, or when nothing is written down."""

_FACTS = text("""
    SELECT p.id, p.line, p.person_id, p.programme, p.cycle, p.amount, p.part, p.name_on_list, w.full_name, w.holder_name,
           w.payout_method, w.payout_account_lookup IS NOT NULL AS has_account, w.deceased_on,
           CASE WHEN w.payout_method IN ('bank', 'wallet') THEN
               (SELECT count(*) FROM person o WHERE o.payout_account_lookup = w.payout_account_lookup) END AS on_account,
           CASE WHEN h.e164 IS NOT NULL THEN
               (SELECT count(*) FROM person_phone o WHERE o.e164 = h.e164 AND o.unproven_at IS NULL) END AS on_phone,
           h.e164 IS NOT NULL AS has_phone, coalesce(h.unproven_at IS NULL, false) AS proven,
           greatest(w.payee_changed_at,
                    CASE WHEN w.payout_method = 'mobile_money' AND h.since > w.added_at + interval '1 minute'
                         THEN h.since END) AS changed_at
    FROM payment p JOIN person w ON w.id = p.person_id
    LEFT JOIN LATERAL (SELECT e164, since, unproven_at FROM person_phone WHERE person_id = w.id
                       ORDER BY unproven_at IS NOT NULL, since, e164 LIMIT 1) h ON true
    WHERE p.batch_id = :batch AND p.state = 'entered' ORDER BY p.line, p.id
""")

# The first of two is paid, and the second is asked about: nobody goes away with nothing meanwhile.
_BEFORE = "o.state <> 'refused' AND o.id <> p.id AND (o.id < p.id OR o.state = 'released')"

_EXCLUDED = text(f"""
    SELECT DISTINCT ON (p.id) p.id AS payment, o.id, o.batch_id, o.line, o.programme, x.basis
    FROM payment p JOIN payment o ON o.person_id = p.person_id AND o.cycle = p.cycle AND {_BEFORE}
    JOIN programme_exclusion x ON x.programme = least(p.programme, o.programme COLLATE "C")
         AND x.other = greatest(p.programme, o.programme COLLATE "C")
         AND p.cycle >= x.since AND (x.until IS NULL OR p.cycle <= x.until)
    WHERE p.batch_id = :batch AND p.state = 'entered' ORDER BY p.id, o.id
""")

_PARTS = text(f"""
    SELECT DISTINCT ON (p.id) p.id AS payment, o.id, o.batch_id, o.line, o.programme, '' AS basis
    FROM payment p JOIN payment o ON o.person_id = p.person_id AND o.cycle = p.cycle AND o.programme = p.programme
         AND {_BEFORE}
    WHERE p.batch_id = :batch AND p.state = 'entered' ORDER BY p.id, o.id
""")

_TWINS = text(f"""
    SELECT p.id AS payment, w.full_name, t.full_name AS other_name, o.id, o.batch_id, o.line, o.programme, '' AS basis
    FROM payment p JOIN person w ON w.id = p.person_id AND w.birth_precision = 'day'
    JOIN person t ON t.commune_id = w.commune_id AND t.birth_date = w.birth_date AND t.birth_precision = 'day'
         AND t.id <> w.id
    JOIN payment o ON o.person_id = t.id AND o.cycle = p.cycle AND o.programme = p.programme AND o.part = p.part
         AND {_BEFORE}
    WHERE p.batch_id = :batch AND p.state = 'entered' ORDER BY p.id, o.id
""")


def facts_of(db: Connection, batch_id: int, odd: Odd) -> list[Facts]:
    """The facts of every payment of a batch that is still to be released."""
    batch = {"batch": batch_id}
    excluded = _rivals(db.execute(_EXCLUDED, batch).all())
    parts = _rivals(db.execute(_PARTS, batch).all())
    twins = db.execute(_TWINS, batch).all()
    same = _rivals([each for each in twins if plain_name(each.full_name) == plain_name(each.other_name)])
    known: dict[tuple[str, str, int], str] = {}
    facts: list[Facts] = []
    for row in db.execute(_FACTS, batch):
        key = (row.programme, row.cycle, row.amount)
        if key not in known:
            year, month = row.cycle.split("-")
            known[key] = odd(row.programme, Cycle(int(year), int(month)), Dong(row.amount)) or ""
        rivals = (excluded.get(row.id), same.get(row.id), parts.get(row.id))
        facts.append(_facts(row, known[key], rivals))
    return facts


def _facts(row: Row[Any], odd_amount: str, rivals: tuple[Rival | None, Rival | None, Rival | None]) -> Facts:
    excluded, same, part = rivals
    return Facts(
        payment_id=row.id,
        line=row.line,
        full_name=row.full_name,
        name_on_list=row.name_on_list or "",
        holder_name=row.holder_name or "",
        amount=Dong(row.amount),
        part=row.part,
        method=PayoutMethod(row.payout_method),
        has_account=row.has_account,
        people_on_account=row.on_account or 0,
        people_on_phone=row.on_phone or 0,
        has_phone=row.has_phone,
        has_proven_phone=row.proven,
        deceased_on=row.deceased_on,
        changed_at=row.changed_at,
        odd_amount=odd_amount,
        excluded_by=excluded,
        same_person_as=same,
        second_part_of=part,
    )


def _rivals(rows: Sequence[Row[Any]]) -> dict[int, Rival]:
    found: dict[int, Rival] = {}
    for row in rows:
        found.setdefault(row.payment, Rival(row.id, row.batch_id, row.line, row.programme, row.basis))
    return found


def hold(db: Connection, doubtful: Sequence[tuple[int, Finding]], now: datetime) -> int:
    """Hold payments that are still to be released, each with its reasons. How many payments are held by it."""
    held = db.execute(
        text("UPDATE payment SET state = 'held' WHERE id = ANY(:ids) AND state = 'entered'"),
        {"ids": sorted({payment for payment, _ in doubtful})},
    ).rowcount
    db.execute(
        text("""INSERT INTO payment_finding (payment_id, kind, words, found_at)
                SELECT id, kind, words, :now FROM unnest(CAST(:ids AS bigint[]), CAST(:kinds AS text[]),
                    CAST(:words AS text[])) AS t (id, kind, words) ON CONFLICT DO NOTHING"""),
        {
            "ids": [payment for payment, _ in doubtful],
            "kinds": [finding.doubt.value for _, finding in doubtful],
            "words": [finding.words for _, finding in doubtful],
            "now": now,
        },
    )
    return held


@dataclass(frozen=True, slots=True)
class Held:
    """A payment that waits for somebody's decision."""

    payment_id: int
    batch_id: int
    line: int
    full_name: str
    commune: str
    programme: str
    cycle: str
    amount: Dong
    since: datetime
    reasons: tuple[str, ...]


def held(db: Connection, batch_id: int | None = None) -> list[Held]:
    """What waits for a decision, the longest first; of one batch or of all."""
    rows = db.execute(
        text("""SELECT p.id, p.batch_id, p.line, w.full_name, c.name, p.programme, p.cycle, p.amount,
                       min(f.found_at) AS since, array_agg(f.words ORDER BY f.kind) AS reasons
                FROM payment p JOIN person w ON w.id = p.person_id JOIN commune c ON c.id = w.commune_id
                JOIN payment_finding f ON f.payment_id = p.id
                WHERE p.state = 'held' AND (CAST(:batch AS bigint) IS NULL OR p.batch_id = :batch)
                GROUP BY p.id, w.id, c.id ORDER BY since, p.batch_id, p.line"""),
        {"batch": batch_id},
    )
    return [
        Held(
            payment_id=row.id,
            batch_id=row.batch_id,
            line=row.line,
            full_name=row.full_name,
            commune=row.name,
            programme=row.programme,
            cycle=row.cycle,
            amount=Dong(row.amount),
            since=row.since,
            reasons=tuple(row.reasons),
        )
        for row in rows
    ]
