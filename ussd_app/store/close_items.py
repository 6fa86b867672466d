"""The items that name a day's differences, each with its owner and its end; and what each day came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from ussd_app.domain.closing import Bucket, Item
from ussd_app.domain.money import Dong

_OFFICE = "the province's office"


def owners(db: Connection, items: Sequence[Item]) -> dict[str, str]:
    """By key: who is to look after it. The commune of the person whose money it is, or the province's office."""
    rows = db.execute(
        text("""SELECT o.id::text AS key, c.name || coalesce(' (' || c.officer_name || ')', '') AS owner
                FROM cash_out o JOIN person p ON p.id = o.person_id JOIN commune c ON c.id = p.commune_id
                WHERE o.id = ANY(CAST(:ids AS uuid[]))
                UNION ALL
                SELECT 'payment:' || y.id, c.name || coalesce(' (' || c.officer_name || ')', '')
                FROM payment y JOIN person p ON p.id = y.person_id JOIN commune c ON c.id = p.commune_id
                WHERE y.id = ANY(CAST(:payments AS bigint[]))"""),
        {
            "ids": [each.key for each in items if len(each.key) == 36],
            "payments": [each.key.removeprefix("payment:") for each in items if each.key.startswith("payment:")],
        },
    )
    known: dict[str, str] = {row.key: row.owner for row in rows}
    return {each.key: known.get(each.key, _OFFICE) for each in items}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as it stands on the board."""

    id: int
    provider: str
    item: Item
    reference: str
    """Of the cash-out it is about, as its owner knows it; empty when it is about none of ours."""
    owner: str
    state: str
    opened_at: datetime
    ended_at: datetime | None
    ended_by: str
    because: str


_ITEM = """SELECT i.*, coalesce(o.name, '') AS ender, coalesce(k.reference, '') AS reference
           FROM close_item i LEFT JOIN officer o ON o.id = i.ended_by
           LEFT JOIN cash_out k ON k.id = CASE WHEN length(i.movement_key) = 36 THEN i.movement_key::uuid END"""


def items_of(db: Connection, provider: str, day: date) -> list[ItemRow]:
    rows = db.execute(
        text(f"{_ITEM} WHERE i.provider = :provider AND i.day = :day ORDER BY i.state = 'explained', i.bucket, i.id"),
        {"provider": provider, "day": day},
    )
    return [_item_row(row) for row in rows]


def open_items(db: Connection, provider: str | None = None) -> list[ItemRow]:
    """Whatever still needs somebody, the oldest first."""
    rows = db.execute(
        text(f"""{_ITEM} WHERE i.state = 'open' AND (CAST(:provider AS text) IS NULL OR i.provider = :provider)
                 ORDER BY i.day, i.id"""),
        {"provider": provider},
    )
    return [_item_row(row) for row in rows]


def _item_row(row: Row[Any]) -> ItemRow:
    item = Item(
        row.item_key, row.movement_key, row.day, Bucket(row.bucket), row.kind, row.difference, Dong(row.at_stake),
        row.words, row.line_id,
    )  # fmt: skip
    return ItemRow(
        row.id, row.provider, item, row.reference, row.owner, row.state, row.opened_at, row.ended_at, row.ender, row.because
    )


def write_items(db: Connection, provider: str, items: Sequence[Item], now: datetime) -> None:
    """Put items on the board. One that is there already stays as it is, also when somebody has settled it.

    One that was explained is a difference once more when it is found once more: other lines took what had explained it.
    """
    named = owners(db, items)
    db.execute(
        text("""INSERT INTO close_item (day, provider, bucket, item_key, movement_key, kind, difference, at_stake, words,
                    line_id, owner, state, opened_at, ended_at, because)
                SELECT day, :provider, bucket, key, movement, kind, difference, stake, words, line, owner,
                    CASE WHEN explained THEN 'explained' ELSE 'open' END, :now, CASE WHEN explained THEN :now END,
                    CASE WHEN explained THEN words ELSE '' END
                FROM unnest(CAST(:days AS date[]), CAST(:buckets AS text[]), CAST(:keys AS text[]),
                    CAST(:movements AS text[]), CAST(:kinds AS text[]), CAST(:differences AS bigint[]),
                    CAST(:stakes AS bigint[]), CAST(:words AS text[]), CAST(:lines AS bigint[]), CAST(:owners AS text[]),
                    CAST(:explained AS boolean[]))
                    AS t (day, bucket, key, movement, kind, difference, stake, words, line, owner, explained)
                ON CONFLICT (provider, day, item_key) DO UPDATE SET difference = excluded.difference,
                    state = CASE WHEN close_item.state = 'explained' THEN excluded.state ELSE close_item.state END,
                    ended_at = CASE WHEN close_item.state = 'explained' THEN excluded.ended_at ELSE close_item.ended_at END,
                    because = CASE WHEN close_item.state = 'explained' THEN excluded.because ELSE close_item.because END
                    WHERE close_item.difference = 0 AND excluded.difference <> 0"""),
        {
            "provider": provider,
            "now": now,
            "days": [each.day for each in items],
            "buckets": [each.bucket.value for each in items],
            "keys": [each.id for each in items],
            "movements": [each.key for each in items],
            "kinds": [each.kind for each in items],
            "differences": [each.difference for each in items],
            "stakes": [each.at_stake.amount for each in items],
            "words": [each.words for each in items],
            "lines": [each.line_id for each in items],
            "owners": [named[each.key] for each in items],
            "explained": [each.explained for each in items],
        },
    )


def explain(db: Connection, reasons: dict[int, str], now: datetime) -> None:
    """These are differences no more: each with what made an end of it. An officer's own reason stays beside it."""
    db.execute(
        text("""UPDATE close_item i SET difference = 0, ended_at = coalesce(i.ended_at, :now),
                       state = CASE WHEN i.state = 'open' THEN 'explained' ELSE i.state END,
                       because = concat_ws('; later: ', nullif(i.because, ''), r.because)
                FROM unnest(CAST(:ids AS bigint[]), CAST(:reasons AS text[])) AS r (id, because) WHERE i.id = r.id"""),
        {"ids": list(reasons), "reasons": list(reasons.values()), "now": now},
    )


def settle(db: Connection, item_id: int, officer_id: int, because: str, now: datetime) -> bool:
    """An officer closes an open item with a reason. False when it is not open."""
    done = db.execute(
        text("""UPDATE close_item SET state = 'settled', ended_at = :now, ended_by = :officer, because = :because
                WHERE id = :id AND state = 'open'"""),
        {"id": item_id, "now": now, "officer": officer_id, "because": because},
    )
    return bool(done.rowcount)


@dataclass(frozen=True, slots=True)
class Closed:
    """What a day came to, in đồng; money that went out is positive."""

    provider: str
    day: date
    on_lists: int
    credited: int
    by_books: int
    by_statement: int
    named: int
    """What the items of the day add up to."""

    @property
    def difference(self) -> int:
        return self.by_statement - self.by_books

    @property
    def unnamed(self) -> int:
        """Nothing, or this program is wrong."""
        return self.difference - self.named


def write_close(db: Connection, closed: Closed, officer_id: int | None, now: datetime) -> None:
    db.execute(
        text("""INSERT INTO daily_close (day, provider, closed_at, closed_by, on_lists, credited, by_books, by_statement,
                                         named)
                VALUES (:day, :provider, :now, :officer, :on_lists, :credited, :by_books, :by_statement, :named)
                ON CONFLICT (day, provider) DO UPDATE SET closed_at = excluded.closed_at, closed_by = excluded.closed_by,
                    on_lists = excluded.on_lists, credited = excluded.credited, by_books = excluded.by_books,
                    by_statement = excluded.by_statement, named = excluded.named"""),
        {
            "day": closed.day, "provider": closed.provider, "now": now, "officer": officer_id,
            "on_lists": closed.on_lists, "credited": closed.credited, "by_books": closed.by_books,
            "by_statement": closed.by_statement, "named": closed.named,
        },
    )  # fmt: skip


def close_of(db: Connection, provider: str, day: date) -> Closed | None:
    row = db.execute(
        text("""SELECT provider, day, on_lists, credited, by_books, by_statement, named FROM daily_close
                WHERE provider = :provider AND day = :day"""),
        {"provider": provider, "day": day},
    ).first()
    return Closed(*row) if row else None


def closes_between(db: Connection, provider: str, first: date, last: date) -> list[Closed]:
    """Every day from the first to the last, both included, that was closed; oldest first."""
    rows = db.execute(
        text("""SELECT provider, day, on_lists, credited, by_books, by_statement, named FROM daily_close
                WHERE provider = :provider AND day BETWEEN :first AND :last ORDER BY day"""),
        {"provider": provider, "first": first, "last": last},
    )
    return [Closed(*row) for row in rows]
