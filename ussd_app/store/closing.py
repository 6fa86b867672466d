"""The two sides of a day as they are read: statement lines, ledger movements, and what the lists released."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, TextClause, text

from ussd_app.domain.closing import Bucket, Item, Line, Movement
from ussd_app.domain.money import Dong
from ussd_app.domain.statements import LineKind

FUNDED = "funded"
"""Top-ups carry no reference of ours: all of them share this key and are told apart by amount and day."""

_NEAR = 10  # days within which a top-up and its line are looked for


@dataclass(frozen=True, slots=True)
class Span:
    """A local day of one provider, and the moments between which it lies."""

    provider: str
    day: date
    begins: datetime
    ends: datetime
    zone: str

    @property
    def values(self) -> dict[str, object]:
        return {
            "provider": self.provider, "begins": self.begins, "ends": self.ends, "zone": self.zone, "day": self.day,
            "near": _NEAR,
        }  # fmt: skip


_KEY = "CASE WHEN e.kind = 'funded' THEN 'funded' ELSE e.journal_id::text END"

_KEYS = text(f"""
    SELECT {_KEY} FROM statement_entry e WHERE e.provider = :provider AND e.at >= :begins AND e.at < :ends
    UNION
    SELECT CASE WHEN m.kind = 'funded' THEN 'funded' ELSE m.journal_id::text END FROM provider_movement m
    WHERE m.provider = :provider AND m.at >= :begins AND m.at < :ends
""")

_LINES_OF_ORDERS = """
    SELECT l.id FROM statement_line l WHERE l.attempt_id = ANY(CAST(:ids AS uuid[])) AND l.provider = :provider
    UNION SELECT l.id FROM cash_out c JOIN statement_line l ON l.attempt_id = c.attempt_id AND l.provider = :provider
          WHERE c.id = ANY(CAST(:ids AS uuid[]))
    UNION SELECT l.id FROM spent_attempt s JOIN statement_line l ON l.attempt_id = s.attempt_id
          AND l.provider = :provider WHERE s.cash_out_id = ANY(CAST(:ids AS uuid[]))
    UNION SELECT l.id FROM cash_out c JOIN statement_line l ON l.reference = c.reference AND l.provider = :provider
          WHERE c.id = ANY(CAST(:ids AS uuid[]))
    UNION SELECT l.id FROM cash_out c JOIN statement_line l ON l.provider_reference = c.provider_reference
          AND l.provider = :provider WHERE c.id = ANY(CAST(:ids AS uuid[])) AND c.provider_reference <> ''
    UNION SELECT l.id FROM cash_out c JOIN statement_line l ON l.original_reference = c.provider_reference
          AND l.provider = :provider WHERE c.id = ANY(CAST(:ids AS uuid[])) AND c.provider_reference <> ''
"""
_LINES_OF_DAY = "SELECT id FROM statement_line WHERE provider = :provider AND at >= :begins AND at < :ends"
_AROUND = """at >= CAST(:begins AS timestamptz) - make_interval(days => :near)
             AND at < CAST(:ends AS timestamptz) + make_interval(days => :near)"""


def _lines(wanted: str) -> TextClause:
    return text(f"""
        WITH wanted AS MATERIALIZED ({wanted})
        SELECT e.id, {_KEY} AS key, e.kind, e.amount, (e.at AT TIME ZONE :zone)::date AS day, e.line_key, e.mixed
        FROM statement_entry e WHERE e.id IN (SELECT w.id FROM wanted w)
    """)


def _movements(wanted: str) -> TextClause:
    return text(f"""
        SELECT m.journal_id, m.kind, m.amount, (m.at AT TIME ZONE :zone)::date AS day,
               concat_ws('/', m.journal_id, m.kind, extract(epoch FROM m.at), left(md5(m.reason), 8)) AS id
        FROM provider_movement m WHERE m.provider = :provider AND {wanted}
    """)


_WHOLE_DAY = _lines(f"{_LINES_OF_DAY} UNION {_LINES_OF_ORDERS}")
_ORDERS_AND_LINES = _lines(f"SELECT unnest(CAST(:lines AS bigint[])) AS id UNION {_LINES_OF_ORDERS}")
_TOP_UP_LINES = _lines(f"SELECT id FROM statement_line WHERE kind = 'funded' AND provider = :provider AND {_AROUND}")
_MOVEMENTS = _movements("m.journal_id = ANY(CAST(:ids AS uuid[])) AND m.kind <> 'funded'")
_TOP_UPS = _movements(f"m.kind = 'funded' AND {_AROUND}")


Sides = tuple[list[Line], list[Movement]]


def keys_of(db: Connection, span: Span) -> list[str]:
    """Everything that either side moved on this day, by the key that the two sides share."""
    return [row[0] for row in db.execute(_KEYS, span.values)]


def keys_now(db: Connection, line_ids: Sequence[int]) -> dict[int, str]:
    """The key of each line: one that was about nothing of ours may be about an order that is known since."""
    rows = db.execute(
        text(f"SELECT e.id, {_KEY} AS key FROM statement_entry e WHERE e.id = ANY(:ids)"), {"ids": list(line_ids)}
    )
    return {row.id: row.key for row in rows}


def of_day(db: Connection, span: Span, keys: Iterable[str]) -> Sides:
    """Every line of the day, and all lines and movements of these keys on whatever day. `keys` is what moved that day."""
    values = {**span.values, "ids": _orders_among(keys)}
    lines = {row.id: _line(row) for row in db.execute(_WHOLE_DAY, values)}
    movements = [_movement(row) for row in db.execute(_MOVEMENTS, values)]
    if FUNDED in keys:
        around = top_ups(db, span)
        lines |= {each.id: each for each in around[0]}
        movements += around[1]
    return list(lines.values()), movements


def of_orders(db: Connection, provider: str, zone: str, keys: Iterable[str], line_ids: Sequence[int]) -> Sides:
    """All lines and movements of these keys, on whatever day, and these lines; top-ups are no orders."""
    values = {"provider": provider, "zone": zone, "ids": _orders_among(keys), "lines": list(line_ids)}
    lines = [_line(row) for row in db.execute(_ORDERS_AND_LINES, values)]
    return [each for each in lines if each.key != FUNDED], [_movement(row) for row in db.execute(_MOVEMENTS, values)]


def top_ups(db: Connection, span: Span) -> Sides:
    """What the provider was given of the state's money, by both sides, in the days around this one."""
    lines = [_line(row) for row in db.execute(_TOP_UP_LINES, span.values)]
    return lines, [_movement(row) for row in db.execute(_TOP_UPS, span.values)]


def _orders_among(keys: Iterable[str]) -> list[str]:
    return [each for each in keys if each != FUNDED and ":" not in each]


def _line(row: Row[Any]) -> Line:
    return Line(row.id, row.key, LineKind(row.kind), Dong(row.amount), row.day, row.line_key, row.mixed)


def _movement(row: Row[Any]) -> Movement:
    key = FUNDED if row.kind == FUNDED else str(row.journal_id)
    return Movement(row.id, key, LineKind(row.kind), Dong(row.amount), row.day)


@dataclass(frozen=True, slots=True)
class Lists:
    """What the lists released on a day, and what the ledger credited for it."""

    payments: int
    on_lists: int
    credited: int
    held: int
    refused: int
    amiss: tuple[Item, ...]


_GRANTS = """
    FROM payment p LEFT JOIN transfer t ON t.id = p.grant_id
    WHERE p.released_at >= :begins AND p.released_at < :ends"""

_NOT_ON_A_LIST = """
    FROM transfer t JOIN account d ON d.id = t.debit_id AND d.kind = 'treasury'
    JOIN account c ON c.id = t.credit_id AND c.kind = 'beneficiary'
    WHERE t.created_at >= :begins AND t.created_at < :ends AND t.kind IN ('single', 'post') AND t.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM payment p WHERE p.grant_id = t.journal_id)"""


def lists_of(db: Connection, span: Span) -> Lists:
    sums = db.execute(
        text(f"""SELECT count(*) AS payments, coalesce(sum(p.amount), 0)::bigint AS listed,
                        coalesce(sum(t.amount), 0)::bigint AS credited {_GRANTS}"""),
        span.values,
    ).one()
    asked = db.execute(
        text("""SELECT count(*) FILTER (WHERE state = 'held') AS held, count(*) FILTER (WHERE state = 'refused') AS refused
                FROM payment p WHERE EXISTS (SELECT FROM payment_finding f WHERE f.payment_id = p.id
                                             AND f.found_at >= :begins AND f.found_at < :ends)"""),
        span.values,
    ).one()
    wrong = db.execute(
        text(
            f"""SELECT p.id, p.amount, coalesce(t.amount, 0) AS credited {_GRANTS} AND t.amount IS DISTINCT FROM p.amount"""
        ),
        span.values,
    )
    unlisted = db.execute(text(f"SELECT t.id, t.amount {_NOT_ON_A_LIST}"), span.values).all()
    amiss = [
        _not_credited(span.day, f"payment:{row.id}", row.amount - row.credited, f"payment {row.id} of the lists")
        for row in wrong
    ] + [_not_credited(span.day, f"grant:{row.id}", -row.amount, f"credit {row.id} without a list") for row in unlisted]
    credited = sums.credited + sum(row.amount for row in unlisted)
    return Lists(sums.payments, sums.listed, credited, asked.held, asked.refused, tuple(amiss))


def _not_credited(day: date, key: str, difference: int, words: str) -> Item:
    return Item(key, key, day, Bucket.NOT_CREDITED, "grant", difference, Dong(abs(difference)), words)


def unknown_long(db: Connection, span: Span) -> list[Item]:
    """Cash-outs whose first day without an outcome, or since their code ended, was over on this day: were they paid?"""
    rows = db.execute(
        text("""SELECT * FROM (SELECT id, reference, amount, (first_sent_at AT TIME ZONE :zone)::date AS sent,
                       CASE WHEN state = 'issued' THEN code_expires_at ELSE first_sent_at END AS since FROM cash_out
                       WHERE provider = :provider AND state IN ('sent', 'unknown', 'issued')) live
                WHERE since >= CAST(:begins AS timestamptz) - interval '24 hours'
                  AND since < CAST(:ends AS timestamptz) - interval '24 hours' ORDER BY id"""),
        span.values,
    )
    return [
        Item(
            f"unknown:{row.id}", str(row.id), span.day, Bucket.UNKNOWN_LONG, "paid_out", 0, Dong(row.amount),
            f"cash-out {row.reference}, sent on {row.sent}",
        )
        for row in rows
    ]  # fmt: skip


def still_unknown(db: Connection, cash_outs: Sequence[str]) -> set[str]:
    """Those of these cash-outs of which nobody knows yet whether they were paid."""
    rows = db.execute(
        text("""SELECT id::text AS id FROM cash_out
                WHERE id = ANY(CAST(:ids AS uuid[])) AND state IN ('sent', 'unknown', 'issued')"""),
        {"ids": list(cash_outs)},
    )
    return {row.id for row in rows}
