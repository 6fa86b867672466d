"""A simulated month on a real database: every day is closed, and closes to zero or names each đồng.

`python -m bench.month --people 50000 --days 30` prints a line for each day; exit status 1 when one đồng has no name, or
when an item is there that no mistake of the simulated provider explains. `--alter 3` shows that it can say NO.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bench.memory_watch import MemoryWatch
from bench.month_days import NAMESPACE, PENSION, PROGRAMME, PROVIDER, Month
from bench.month_verdict import breaches, items, sums_apart, surprises
from ussd_app.actions.closing import close_day
from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import PaymentEntry, approve
from ussd_app.actions.release import begin_release, finish_release
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle, Role
from ussd_app.domain.statements import StatementLine
from ussd_app.lists.payments import PaymentRow
from ussd_app.local.embedded import start_postgres
from ussd_app.store import officers, statements
from ussd_app.store.close_items import Closed
from ussd_app.store.database import Database
from ussd_app.store.schema import upgrade
from ussd_app.store.vault import Vault

FIRST = date(2027, 3, 1)
CYCLE = Cycle(2027, 3)
ROWS_AT_A_TIME = 500
FEW = 10
MOST_SAID = 20

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
    # What straddles midnight is written down by the provider on the day before: it comes with the next statement.
    late = [line for other, lines in month.lines.items() if other <= day for line in lines]
    month.lines = {other: lines for other, lines in month.lines.items() if other > day}
    if month.to_alter and len(late) > FEW:
        month.to_alter -= 1
        late = _altered(late, month.to_alter, random.Random(day.toordinal()))
    with month.database.begin() as db:
        for start in range(0, len(late), ROWS_AT_A_TIME):
            statements.keep(db, late[start : start + ROWS_AT_A_TIME], source="the month", now=now)
    with month.database.begin() as db:
        reread = statements.days_closed_too_early(db, month.desk.zone.key, now)
        for provider, other in reread:
            close_day(db, provider, other, month.desk.zone, now)
        return close_day(db, PROVIDER, day, month.desk.zone, now)


def _altered(lines: list[StatementLine], how: int, dice: random.Random) -> list[StatementLine]:
    """Somebody has been at this statement: one line is gone, is there under another name too, or has another amount."""
    nth = dice.randrange(len(lines))
    line = lines[nth]
    what, instead = (
        ("taken out", []),
        ("put in once more", [line, replace(line, line_key=f"{line.line_key}-again")]),
        ("made larger by 1,000 đ", [replace(line, amount=line.amount + Dong(1_000))]),
    )[how % 3]
    print(f"    behind the books' back, line {line.line_key} of {line.amount.amount:,} đ is {what}", flush=True)
    return [*lines[:nth], *instead, *lines[nth + 1 :]]


def new_month(database: Database) -> Month:
    desk = Desk(Vault(b"a key for benchmarks"), "ASXH", "18001234", PROVIDER, ZoneInfo("Asia/Ho_Chi_Minh"))
    return Month(database, desk, FIRST)


def _report(month: Month, people: int, days: int) -> bool:
    began = time.monotonic()
    print(f"{people:,} people are entered, paid and released ...", end=" ", flush=True)
    pay_everyone(month, people)
    print(f"{time.monotonic() - began:.1f} s", flush=True)
    lived = closing = 0.0
    unnamed = 0
    for closed, day_s, close_s in live(month, days):
        lived, closing, unnamed = lived + day_s, closing + close_s, unnamed + abs(closed.unnamed)
        print(
            f"{'yes' if not closed.unnamed else 'NO '} {closed.day} books {closed.by_books:>14,} statement"
            f" {closed.by_statement:>14,} difference {closed.difference:>+11,} named {closed.named:>+11,}"
            f"  lived {day_s:4.1f} s, closed {close_s:4.2f} s",
            flush=True,
        )
    print("what happened:", ", ".join(f"{number:,} {what}" for what, number in month.happened.items()))
    good = [*_verdict(month, days, unnamed)]
    print(f"total {time.monotonic() - began:.0f} s: days {lived:.0f} s, closes {closing:.1f} s")
    return all(good)


def _verdict(month: Month, days: int, unnamed: int) -> Iterator[bool]:
    """Each thing that must hold, printed as it is looked at."""
    rows = items(month, days)
    print("named:", ", ".join(f"{n:,} {what.value}" for what, n in Counter(row.item.bucket for row in rows).items()))
    yield _show("every day closes to zero or names each đồng", [f"{unnamed:,} đồng without a name"] if unnamed else [])
    yield _show("every mistake put in is named, on its day and to the đồng, and nothing else is", surprises(month, rows))
    yield _show("each day's sums are those of the ledger's rows and of the provider's lines", sums_apart(month, days))
    yield _show("the ledger closes", breaches(month.database))


def _show(requirement: str, wrong: Iterable[str]) -> bool:
    said = list(wrong)
    print(f"{'NO ' if said else 'yes'} {requirement}", *said[:MOST_SAID], sep="\n    ", flush=True)
    return not said


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.month", description="A month lived, and closed every night.")
    parser.add_argument("--people", type=int, default=int(os.environ.get("PEOPLE", "50000")), help="(%(default)s)")
    parser.add_argument("--days", type=int, default=int(os.environ.get("DAYS", "30")), help="(%(default)s)")
    parser.add_argument(
        "--alter", type=int, default=0, metavar="N", help="alter one line in each of N statements; must be NO"
    )
    chosen: Any = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bam-month-", ignore_cleanup_errors=True) as room, MemoryWatch() as memory:
        Path(room).chmod(0o755)
        server = start_postgres(Path(room) / "postgres")
        try:
            database = Database(server.url)
            upgrade(database)
            month = new_month(database)
            month.to_alter = chosen.alter
            good = _report(month, chosen.people, chosen.days)
            database.close()
        finally:
            server.stop()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) // 1_000_000
    print(f"peak memory {peak} MB here, {memory.peaks_mb().get('postgres', 0)} MB in PostgreSQL's largest process")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
