"""What the closes of a simulated month are held against: what was put in, and sums that the closes have no hand in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import text

from bench.month_days import PROVIDER, Month, Named
from ussd_app.domain.closing import WORDS
from ussd_app.store import close_items, ledger_check
from ussd_app.store.close_items import ItemRow
from ussd_app.store.database import Database

# Not by the view that the closes read, but from the ledger's rows: what came onto the provider's accounts and left them.
_BOOKS = text("""
    SELECT (t.created_at AT TIME ZONE :zone)::date AS day,
           sum(CASE WHEN c.code ~ :theirs THEN t.amount ELSE 0 END - CASE WHEN d.code ~ :theirs THEN t.amount ELSE 0 END)
    FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
    WHERE t.kind IN ('single', 'post') AND (c.code ~ :theirs OR d.code ~ :theirs) GROUP BY 1
""")


def items(month: Month, days: int) -> list[ItemRow]:
    """What is on the board when all is over, without what explained itself away."""
    with month.database.begin() as db:
        rows = [row for day in _all(month, days) for row in close_items.items_of(db, PROVIDER, day)]
    return [row for row in rows if row.item.difference or row.state != "explained"]


def named(rows: list[ItemRow]) -> Counter[Named]:
    return Counter((row.item.day, row.item.bucket, row.item.difference) for row in rows)


def surprises(month: Month, rows: list[ItemRow]) -> Iterator[str]:
    """In words: each item that nobody put in, and each mistake that was put in and has no item."""
    unexpected = named(rows) - month.expected
    for row in rows:
        mark = row.item.day, row.item.bucket, row.item.difference
        if unexpected[mark]:
            unexpected[mark] -= 1
            said = f"{row.item.day} {row.item.difference:>+11,} đ {WORDS[row.item.bucket]}: {row.item.words}"
            yield f"not put in: {said} [{row.item.key}], for {row.owner}"
    for (day, bucket, difference), times in (month.expected - named(rows)).items():
        yield f"not found:  {day} {difference:>+11,} đ {WORDS[bucket]}, {times} times"


def sums_apart(month: Month, days: int) -> list[str]:
    """Where a day's close says another sum than the ledger's rows, or than the provider's lines as they were written."""
    values = {"zone": month.desk.zone.key, "theirs": f"^(clearing|fees):{PROVIDER}(:|$)"}
    apart: list[str] = []
    with month.database.begin() as db:
        books = {day: int(total) for day, total in db.execute(_BOOKS, values)}
        for day in _all(month, days):
            closed = close_items.close_of(db, PROVIDER, day)
            said = (closed.by_books, closed.by_statement) if closed else (0, 0)
            really = books.get(day, 0), month.written[day]
            if said != really:
                apart.append(f"{day}: the close has {said[0]:,} and {said[1]:,}, really {really[0]:,} and {really[1]:,}")
    return apart


def breaches(database: Database) -> list[str]:
    with database.begin() as db:
        return [breach for finding in ledger_check.check(db) for breach in finding.breaches]


def _all(month: Month, days: int) -> list[date]:
    return [month.first + timedelta(days=nth) for nth in range(days + 2)]
