"""Rows a second of the people and payment lists, against a bare COPY of the same cells into a table without a rule."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import psycopg

from bench.figures import ratio, spread
from bench.ground import OFFICERS, Ground
from ussd_app.cli.lists import import_payments, import_people
from ussd_app.domain.payments import Cycle
from ussd_app.lists.demo import write_demo_lists

ROWS = 10_000
ROUNDS = 3
"""Each with people of its own, beside those of the rounds before."""


def run(ground: Ground, _: float) -> None:
    print(f"lists: {ROWS:,} rows, {ROUNDS} rounds, an import and a bare COPY by turns")
    people: list[float] = []
    payments: list[float] = []
    again: list[float] = []
    bare: list[float] = []
    for at in range(ROUNDS):
        lists = write_demo_lists(ground.directory / f"lists-{at}", ROWS, seed=8899 + at, cycle=Cycle(2027, 1))
        people.append(_per_s(lists.people, lambda each: import_people(ground.counter, each, OFFICERS[0][0])))
        again.append(_per_s(lists.people, lambda each: import_people(ground.counter, each, OFFICERS[0][0])))
        payments.append(_per_s(lists.payments, lambda each: import_payments(ground.counter, each, OFFICERS[0][0])))
        bare.append(_per_s(lists.people, lambda each: _copy(ground, each)))
    for name, rates in (("people", people), ("the same again", again), ("payments", payments), ("bare COPY", bare)):
        print(f"  {name:14} {spread(rates)} rows/s")
    ratio("people list / bare COPY", people, bare)
    ratio("payment list / bare COPY", payments, bare)


def _per_s(path: Path, bring_in: Callable[[Path], object]) -> float:
    begun = time.perf_counter()
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        bring_in(path)
    took = time.perf_counter() - begun
    with path.open(encoding="utf-8", newline="") as file:
        return (sum(1 for _ in csv.reader(file)) - 1) / took


def _copy(ground: Ground, path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file, psycopg.connect(ground.urls.database_url) as db:
        header, *rows = csv.reader(file)
        db.execute(f"CREATE TEMPORARY TABLE bare ({', '.join(name + ' text' for name in header)})".encode())
        with db.cursor().copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
