"""What two officers do together, as rows: asked for with a reason, agreed to or refused, and what it wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from ussd_app.domain.adjustments import Kind, Line
from ussd_app.domain.money import Dong


@dataclass(frozen=True, slots=True)
class Adjustment:
    number: int
    kind: Kind
    reason: str
    asked_by: str
    asked_at: datetime
    agreed_by: str
    agreed_at: datetime | None
    refused_by: str
    refused_at: datetime | None
    refused_because: str
    lines: int
    done: int
    total: Dong
    done_total: Dong

    @property
    def state(self) -> str:
        if self.refused_by:
            return "refused" if not self.done else "done in part"
        if not self.agreed_by:
            return "asked"
        return "done" if self.done == self.lines else "not done yet"

    @property
    def waits(self) -> bool:
        return self.state in ("asked", "not done yet")


def add(db: Connection, kind: Kind, lines: Sequence[Line], reason: str, officer_id: int, now: datetime) -> int:
    """Write down what is asked for. Its number."""
    number = db.execute(
        text("INSERT INTO adjustment (kind, reason, asked_by, asked_at) VALUES (:kind, :why, :by, :now) RETURNING id"),
        {"kind": kind.value, "why": reason, "by": officer_id, "now": now},
    ).scalar_one()
    db.execute(
        text("""INSERT INTO adjustment_line (key, adjustment_id, person_id, account_code, journal_id, entry_id, amount)
                VALUES (:key, :number, :person, :account, :journal, :entry, :amount)"""),
        [
            {
                "key": each.key,
                "number": number,
                "person": each.person_id,
                "account": each.account_code,
                "journal": each.journal_id,
                "entry": each.entry_id,
                "amount": each.amount.amount,
            }
            for each in lines
        ],
    )
    return int(number)


def lock(db: Connection, number: int) -> Row[Any] | None:
    return db.execute(
        text("""SELECT a.kind, a.reason, a.agreed_by, a.asked_by, r.name AS refused_by,
                       NOT EXISTS (SELECT FROM adjustment_line WHERE adjustment_id = a.id AND done_at IS NULL) AS all_done
                FROM adjustment a LEFT JOIN officer r ON r.id = a.refused_by WHERE a.id = :id FOR UPDATE OF a"""),
        {"id": number},
    ).first()


def sign(db: Connection, number: int, officer_id: int, now: datetime) -> None:
    """Raises IntegrityError for whoever asked."""
    db.execute(
        text("UPDATE adjustment SET agreed_by = :by, agreed_at = coalesce(agreed_at, :now) WHERE id = :id"),
        {"by": officer_id, "now": now, "id": number},
    )


def refuse(db: Connection, number: int, officer_id: int, because: str, now: datetime) -> None:
    db.execute(
        text("UPDATE adjustment SET refused_by = :by, refused_at = :now, refused_because = :because WHERE id = :id"),
        {"by": officer_id, "now": now, "because": because, "id": number},
    )


def open_lines(db: Connection, number: int) -> list[Line]:
    rows = db.execute(
        text("""SELECT key, account_code, amount, journal_id, person_id, entry_id FROM adjustment_line
                WHERE adjustment_id = :number AND done_at IS NULL ORDER BY account_code, key FOR UPDATE"""),
        {"number": number},
    )
    return [_line(row) for row in rows]


def lines_of(db: Connection, number: int) -> list[tuple[Line, datetime | None]]:
    """Every line, and when it was done."""
    rows = db.execute(
        text("""SELECT key, account_code, amount, journal_id, person_id, entry_id, done_at FROM adjustment_line
                WHERE adjustment_id = :number ORDER BY account_code, key"""),
        {"number": number},
    )
    return [(_line(row), row.done_at) for row in rows]


def _line(row: Row[Any]) -> Line:
    return Line(row.key, row.account_code, Dong(row.amount), row.journal_id, row.person_id, row.entry_id)


def done(db: Connection, key: UUID, transfers: Iterable[UUID], now: datetime) -> None:
    """A line is done, and these transfers are what it wrote."""
    db.execute(text("UPDATE adjustment_line SET done_at = :now WHERE key = :key"), {"now": now, "key": key})
    db.execute(
        text("INSERT INTO adjustment_transfer (transfer_id, key) SELECT unnest(CAST(:ids AS uuid[])), :key"),
        {"ids": list(transfers), "key": key},
    )


def asked_for(db: Connection, kinds: Sequence[Kind], ids: Sequence[UUID]) -> dict[UUID, tuple[int, Dong]]:
    """By entry, or by journal where no entry is named: the last number under which it is asked for, and how much waits."""
    rows = db.execute(
        text("""SELECT coalesce(l.entry_id, l.journal_id) AS id, max(a.id) AS number, sum(l.amount)::bigint AS amount
                FROM adjustment a JOIN adjustment_line l ON l.adjustment_id = a.id AND l.done_at IS NULL
                WHERE a.refused_by IS NULL AND a.kind = ANY(:kinds) AND coalesce(l.entry_id, l.journal_id) = ANY(:ids)
                GROUP BY 1"""),
        {"kinds": [each.value for each in kinds], "ids": list(ids)},
    )
    return {row.id: (row.number, Dong(row.amount)) for row in rows}


_ADJUSTMENT = """
    SELECT a.id, a.kind, a.reason, q.name AS asker, a.asked_at, coalesce(g.name, '') AS agreer, a.agreed_at,
           coalesce(r.name, '') AS refuser, a.refused_at, coalesce(a.refused_because, '') AS refused_because,
           count(l.key) AS lines, count(l.done_at) AS done, coalesce(sum(l.amount), 0)::bigint AS total,
           coalesce(sum(l.amount) FILTER (WHERE l.done_at IS NOT NULL), 0)::bigint AS done_total
    FROM adjustment a JOIN officer q ON q.id = a.asked_by LEFT JOIN officer g ON g.id = a.agreed_by
    LEFT JOIN officer r ON r.id = a.refused_by JOIN adjustment_line l ON l.adjustment_id = a.id
    WHERE {wanted} GROUP BY a.id, q.name, g.name, r.name ORDER BY a.id"""


def every(db: Connection) -> list[Adjustment]:
    return _read(db, "true", {})


def waiting(db: Connection) -> list[Adjustment]:
    """Those that still need somebody, the oldest first."""
    open_ones = "SELECT o.adjustment_id FROM adjustment_line o WHERE o.done_at IS NULL"
    return _read(db, f"a.refused_by IS NULL AND a.id IN ({open_ones})", {})


def numbered(db: Connection, number: int) -> Adjustment | None:
    return next(iter(_read(db, "a.id = :number", {"number": number})), None)


def done_between(db: Connection, begins: datetime, ends: datetime) -> list[Adjustment]:
    """Those of which something was done between two moments, as they stand."""
    then = "SELECT o.adjustment_id FROM adjustment_line o WHERE o.done_at >= :begins AND o.done_at < :ends"
    return _read(db, f"a.id IN ({then})", {"begins": begins, "ends": ends})


def _read(db: Connection, wanted: str, values: dict[str, object]) -> list[Adjustment]:
    rows = db.execute(text(_ADJUSTMENT.format(wanted=wanted)), values)
    return [
        Adjustment(
            row.id, Kind(row.kind), row.reason, row.asker, row.asked_at, row.agreer, row.agreed_at, row.refuser,
            row.refused_at, row.refused_because, row.lines, row.done, Dong(row.total), Dong(row.done_total),
        )
        for row in rows
    ]  # fmt: skip
