"""Which programmes exclude each other for one person in one month: dated, with the rule they stand on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from ussd_app.domain.payments import Cycle


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Two programmes, in the order of their codes; the same one twice where no second part may be paid."""

    programme: str
    other: str
    since: str
    until: str
    basis: str


def in_order(one: str, another: str) -> tuple[str, str]:
    return (one, another) if one <= another else (another, one)


def every(db: Connection) -> list[Exclusion]:
    rows = db.execute(
        text("""SELECT programme, other, since, coalesce(until, '') AS until, basis FROM programme_exclusion
                ORDER BY programme, other, since""")
    )
    return [Exclusion(*row) for row in rows]


def add(db: Connection, one: str, another: str, since: Cycle, basis: str, officer_id: int) -> bool:
    """From this month on they exclude each other. False when they do already."""
    programme, other = in_order(one, another)
    added = db.execute(
        text("""INSERT INTO programme_exclusion (programme, other, since, basis, recorded_by)
                VALUES (:programme, :other, :since, :basis, :officer) ON CONFLICT DO NOTHING"""),
        {"programme": programme, "other": other, "since": since.code, "basis": basis, "officer": officer_id},
    )
    return bool(added.rowcount)


def end(db: Connection, one: str, another: str, last: Cycle) -> bool:
    """After this month they may both be drawn. False when they did not exclude each other, or only since later."""
    programme, other = in_order(one, another)
    ended = db.execute(
        text("""UPDATE programme_exclusion SET until = :last
                WHERE programme = :programme AND other = :other AND until IS NULL AND since <= :last"""),
        {"programme": programme, "other": other, "last": last.code},
    )
    return bool(ended.rowcount)
