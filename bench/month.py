"""A simulated month on a real database: every day is closed, and closes to zero or names each đồng.

`PEOPLE=50000 python -m bench.month` prints a line for each day and ends with status 1 when one đồng has no name.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bench.month_days import NAMESPACE, PENSION, PROGRAMME, PROVIDER, Month, Named
from ussd_app.actions.closing import close_day
from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import PaymentEntry, approve
from ussd_app.actions.release import begin_release, finish_release
from ussd_app.domain.closing import Bucket
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle, Role
from ussd_app.lists.payments import PaymentRow
from ussd_app.local.embedded import start_postgres
from ussd_app.store import close_items, ledger_check, officers, statements
from ussd_app.store.close_items import Closed
from ussd_app.store.database import Database
from ussd_app.store.schema import upgrade
from ussd_app.store.vault import Vault

FIRST = date(2027, 3, 1)
CYCLE = Cycle(2027, 3)
ROWS_AT_A_TIME = 500

_PEOPLE = text("""
    INSERT INTO person (person_code, full_name, birth_date, birth_precision, gender, commune_id, payout_method,
                        payout_account_lookup, language)
    SELECT 'M' || n, 'Ma Thị ' || n, date '1940-01-01' + (n % 9000)::int, 'day', 'F', c.id,
           CASE WHEN n % 20 = 0 THEN 'bank' ELSE 'cash' END,
           CASE WHEN n % 20 = 0 THEN sha256(convert_to('account ' || n, 'UTF8')) END, 'vi'
    FROM generate_series(1, :people) AS n
    JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS nth FROM commune WHERE valid_to IS NULL) c
      ON c.nth = n % (SELECT count(*) FROM commune WHERE valid_to IS NULL)
""")


def pay_everyone(month: Month, people: int) -> None:
    """The list of the month: entered, approved and released by three officers, as on any payment day."""
    morning = month.moment(month.first, 6)
    with month.database.begin() as db:
        month.it_is(db, morning)
        db.execute(_PEOPLE, {"people": people})
        who = [officers.add(db, name, frozenset({role})) for name, role in zip(("lan", "minh", "hoa"), Role, strict=True)]
        entry = PaymentEntry(db, month.desk.vault, officer=who[0], list_name="month.csv", file_hash=NAMESPACE.bytes)
        for some in _rows(people):
            if entry.enter(some):
                raise RuntimeError("a row of our own list was rejected")
    batch = entry.batch_id or 0
    with month.database.begin() as db:
        approve(db, batch, who[1], morning)
        begin_release(db, batch, who[2], morning)
    finish_release(month.database, month.desk, batch, lambda: morning, lambda _: None)


def _rows(people: int) -> Iterator[list[PaymentRow]]:
    for start in range(1, people + 1, ROWS_AT_A_TIME):
        last = min(people, start + ROWS_AT_A_TIME - 1)
        yield [PaymentRow(n, None, f"M{n}", PROGRAMME, CYCLE, Dong(PENSION)) for n in range(start, last + 1)]


def live(month: Month, days: int) -> Iterator[tuple[Closed, float, float]]:
    """Every day lived and, the night after, closed. Yields each close, with the seconds of the day and of its close."""
    with month.database.begin() as db:
        people = [row.id for row in db.execute(text("SELECT id FROM person WHERE payout_method = 'cash' ORDER BY id"))]
    for nth in range(days + 2):  # two more, for what comes late
        day, began = month.first + timedelta(days=nth), time.monotonic()
        month.live(day, people[nth::days] if nth < days else [])
        if nth < days:
            month.a_line_of_nobody(day)
            month.bank_returns(day, 3)
        lived = time.monotonic()
        yield _night(month, day), lived - began, time.monotonic() - lived


def _night(month: Month, day: date) -> Closed:
    now = month.moment(day + timedelta(days=1), 0, 30)
    month.lines.setdefault(day, [])
    # What straddles midnight is written down by the provider on the day before: it comes with the next statement.
    late = [line for other, lines in month.lines.items() if other <= day for line in lines]
    month.lines = {other: lines for other, lines in month.lines.items() if other > day}
    with month.database.begin() as db:
        for start in range(0, len(late), ROWS_AT_A_TIME):
            statements.keep(db, late[start : start + ROWS_AT_A_TIME], source="the month", now=now)
    with month.database.begin() as db:
        reread = statements.days_closed_too_early(db, month.desk.zone.key, now)
        for provider, other in reread:
            close_day(db, provider, other, month.desk.zone, now)
        return close_day(db, PROVIDER, day, month.desk.zone, now)


def found(month: Month, days: int) -> Counter[Named]:
    """The items on the board when all is over, without those that explained themselves away."""
    items: Counter[Named] = Counter()
    with month.database.begin() as db:
        for nth in range(days + 2):
            for row in close_items.items_of(db, PROVIDER, month.first + timedelta(days=nth)):
                if row.item.difference or row.state != "explained":
                    items[row.item.day, row.item.bucket, row.item.difference] += 1
    return items


def breaches(database: Database) -> list[str]:
    with database.begin() as db:
        return [breach for finding in ledger_check.check(db) for breach in finding.breaches]


def new_month(database: Database) -> Month:
    desk = Desk(Vault(b"a key for benchmarks"), "ASXH", "18001234", PROVIDER, ZoneInfo("Asia/Ho_Chi_Minh"))
    return Month(database, desk, FIRST)


def _report(month: Month, people: int, days: int) -> bool:
    began = time.monotonic()
    pay_everyone(month, people)
    print(f"{people} people entered, paid and released: {time.monotonic() - began:.1f} s", flush=True)
    lived = closing = 0.0
    unnamed = 0
    for closed, day_s, close_s in live(month, days):
        lived, closing, unnamed = lived + day_s, closing + close_s, unnamed + abs(closed.unnamed)
        print(
            f"{closed.day} books {closed.by_books:>14,} statement {closed.by_statement:>14,} difference"
            f" {closed.difference:>+11,} named {closed.named:>+11,}  lived {day_s:5.1f} s, closed {close_s:5.2f} s",
            flush=True,
        )
    there = found(month, days)
    right = there == month.expected
    buckets = Counter[Bucket]()
    for (_, bucket, _), number in there.items():
        buckets[bucket] += number
    print("what happened:", dict(month.happened))
    print("named:", {bucket.value: number for bucket, number in sorted(buckets.items())})
    print(f"{'yes' if right else 'NO '} every mistake put in is named, on its day and to the đồng, and nothing else is")
    if not right:
        print("missing:", dict(month.expected - there), "too much:", dict(there - month.expected))
    print(f"{'yes' if not unnamed else 'NO '} every day closes to zero or names each đồng: {unnamed} đồng without a name")
    wrong = breaches(month.database)
    print(f"{'yes' if not wrong else 'NO '} the ledger closes {wrong[:3] or ''}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"total {time.monotonic() - began:.0f} s: days {lived:.0f} s, closes {closing:.1f} s; peak memory {peak} MB")
    return right and not unnamed and not wrong


def main() -> int:
    people, days = int(os.environ.get("PEOPLE", "50000")), int(os.environ.get("DAYS", "30"))
    with tempfile.TemporaryDirectory(prefix="bam-month-", ignore_cleanup_errors=True) as room:
        Path(room).chmod(0o755)
        server = start_postgres(Path(room) / "postgres")
        try:
            database = Database(server.url)
            upgrade(database)
            good = _report(new_month(database), people, days)
            database.close()
        finally:
            server.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
