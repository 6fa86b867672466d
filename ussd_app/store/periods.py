"""What became of the state's money: per programme and month, and per programme to the last đồng."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Period:
    """One month of one programme, in đồng. A person takes the oldest money first, so months can be told apart."""

    programme: str
    cycle: str
    funded: int
    """What the state paid in and did not take back; 0 where nobody writes it down."""
    granted: int
    """What was released, without what was corrected."""
    with_people: int
    in_communes: int

    @property
    def left(self) -> int:
        return self.funded - self.granted

    @property
    def gone_out(self) -> int:
        """Paid out, handed over, charged or returned."""
        return self.granted - self.with_people - self.in_communes


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme: `from_state` is the sum of the parts, or the ledger does not close."""

    programme: str
    from_state: int
    parts: tuple[tuple[str, int], ...]

    @property
    def missing(self) -> int:
        return self.from_state - sum(amount for _, amount in self.parts)


_PERIODS = text("""
    WITH funded AS (
        SELECT a.id, sum(CASE WHEN t.credit_id = a.id THEN t.amount ELSE -t.amount END)::bigint AS amount
        FROM account a JOIN transfer t ON a.id IN (t.debit_id, t.credit_id)
        JOIN account s ON s.id IN (t.debit_id, t.credit_id) AND s.kind = 'state'
        WHERE a.kind = 'treasury' GROUP BY a.id
    ), kept AS (
        SELECT programme, cycle, sum(left_over) FILTER (WHERE kind = 'beneficiary')::bigint AS people,
               sum(left_over) FILTER (WHERE kind = 'trust')::bigint AS trust
        FROM kept_by_cycle GROUP BY 1, 2
    )
    SELECT a.programme, a.cycle, coalesce(f.amount, 0)::bigint AS funded,
           (coalesce(f.amount, 0) - (a.credits_posted - a.debits_posted))::bigint AS granted,
           coalesce(k.people, 0)::bigint AS people, coalesce(k.trust, 0)::bigint AS trust
    FROM account a LEFT JOIN funded f ON f.id = a.id
    LEFT JOIN kept k ON k.programme = a.programme AND k.cycle = a.cycle
    WHERE a.kind = 'treasury' ORDER BY a.programme, a.cycle
""")

# Accounts of providers serve every programme: what went to them is told by where it came from.
_PROGRAMMES = text("""
    WITH own AS (
        SELECT programme, kind, sum(credits_posted - debits_posted) AS amount FROM account
        WHERE programme IS NOT NULL GROUP BY 1, 2
    ), outward AS (
        SELECT coalesce(d.programme, c.programme) AS programme,
               -- What is in suspense without a programme, of a lost order, was paid out before anybody knew whose it was.
               replace(CASE WHEN d.programme IS NULL THEN d.kind ELSE c.kind END, 'suspense', 'clearing') AS kind,
               sum(CASE WHEN d.programme IS NULL THEN -t.amount ELSE t.amount END) AS amount
        FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
        WHERE t.kind IN ('single', 'post') AND (d.programme IS NULL) <> (c.programme IS NULL) GROUP BY 1, 2
    )
    SELECT programme, kind, sum(amount)::bigint AS amount FROM (SELECT * FROM own UNION ALL SELECT * FROM outward) every
    GROUP BY 1, 2 ORDER BY 1, 2
""")

WORDS = {
    "treasury": "left in the treasury",
    "beneficiary": "with people",
    "trust": "in communes",
    "clearing": "paid out",
    "handed_over": "handed over",
    "fees": "fees",
    "waived": "fees carried by the programme",
    "returned": "returned",
    "suspense": "in suspense",
}


def periods(db: Connection) -> tuple[Period, ...]:
    return tuple(Period(*row) for row in db.execute(_PERIODS))


def programmes(db: Connection) -> tuple[Programme, ...]:
    """Every programme; where funding is not written down, what was granted is owed by the treasury: below nothing."""
    found: dict[str, dict[str, int]] = {}
    for row in db.execute(_PROGRAMMES):
        found.setdefault(row.programme, {})[row.kind] = row.amount
    return tuple(_programme(code, amounts) for code, amounts in found.items())


def _programme(code: str, amounts: dict[str, int]) -> Programme:
    state = -amounts.get("state", 0)
    parts = tuple((word, amounts.get(kind, 0)) for kind, word in WORDS.items())
    return Programme(code, state, parts)
