"""A three-turn balance session through the whole product, against bare Flask with a Redis GET and SETEX a turn."""

from __future__ import annotations

import csv
import random
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from statistics import median

from sqlalchemy import text

from bench.client import Call, Expected, Plan, dial
from bench.figures import cpu_s, percentile, ratio, spread
from bench.ground import OFFICERS, Ground
from sms.gsm import fold
from ussd_app.actions.payments import approve
from ussd_app.actions.release import begin_release, finish_release
from ussd_app.cli.counter import officer_named
from ussd_app.cli.lists import import_payments, import_people
from ussd_app.domain.money import Dong
from ussd_app.domain.people import given_name
from ussd_app.lists.demo import write_demo_lists

PEOPLE = 2_500
"""Of these about two thousand have a payment, and some 1,200 a phone of their own and money kept here."""

FEWEST = 1_000
ROUNDS = 12
WARM_UP_S = 2.0

_ALONE_ON_A_PHONE = """
    SELECT h.e164, p.full_name, sum(y.amount)::bigint AS amount
    FROM person_phone h JOIN person p ON p.id = h.person_id JOIN payment y ON y.person_id = p.id
    WHERE p.language = 'vi' AND p.payout_method IN ('mobile_money', 'cash') AND y.state = 'released'
      AND (SELECT count(*) FROM person_phone o WHERE o.e164 = h.e164) = 1
      AND (SELECT count(*) FROM person_phone o WHERE o.person_id = p.id) = 1
    GROUP BY h.e164, p.id ORDER BY p.id
"""


@dataclass(slots=True)
class Side:
    """One of the two, and its rounds so far."""

    name: str
    port: int
    pid: int
    path: str
    calls: list[Call]
    per_s: list[float] = field(default_factory=list[float])
    took_ms: list[float] = field(default_factory=list[float])
    cpu_ms: dict[str, list[float]] = field(default_factory=dict[str, list[float]])


def run(ground: Ground, seconds: float) -> None:
    product_calls = people_with_money(ground)
    if len(product_calls) < FEWEST:
        raise SystemExit(f"ussd: only {len(product_calls)} people have money and a phone of their own")
    floor_calls = [_floor_call(each.phone) for each in product_calls]
    print(f"ussd: three-turn balance sessions of {len(product_calls):,} people, {ROUNDS} x 2 rounds of {seconds:g} s")
    product = Side("product", *ground.serve("product", "wsgi:app"), "/callbacks/local/ussd", product_calls)
    floor = Side("floor", *ground.serve("floor", "bench.floor:app"), "/ussd", floor_calls)
    for side in (product, floor):
        dial(Plan(side.port, side.path, WARM_UP_S, tuple(side.calls)))
    for _ in range(ROUNDS):
        for side in (product, floor):
            _round(ground, side, seconds)
    for side in (product, floor):
        _say(side)
    ratio("ussd turn / floor", product.per_s, floor.per_s)
    ratio("ussd turn / floor, web processes' CPU a turn", product.cpu_ms["web"], floor.cpu_ms["web"])


def _round(ground: Ground, side: Side, seconds: float) -> None:
    calls = tuple(random.sample(side.calls, len(side.calls)))
    pids = {"web": side.pid, "postgresql": ground.postgres_pid, "redis": ground.redis_pid}
    before = {name: cpu_s(pid) for name, pid in pids.items()}
    seen = dial(Plan(side.port, side.path, seconds, calls))
    if seen.wrong:
        raise SystemExit(
            f"{side.name}: {seen.wrong} of {len(seen.took_ms)} pages were wrong, the first: {seen.first_wrong}"
        )
    turns = len(seen.took_ms)
    side.per_s.append(turns / seen.wall_s)
    side.took_ms += seen.took_ms
    used = {name: cpu_s(pid) - before[name] for name, pid in pids.items()} | {"client": seen.client_cpu_s}
    for name, cpu in used.items():
        side.cpu_ms.setdefault(name, []).append(cpu * 1000 / turns)


def _say(side: Side) -> None:
    cpu = ", ".join(f"{name} {median(values):.3f}" for name, values in side.cpu_ms.items())
    print(
        f"  {side.name:8} {spread(side.per_s)} requests/s; p50 {percentile(side.took_ms, 0.5):.1f} ms, "
        f"p99 {percentile(side.took_ms, 0.99):.1f} ms; CPU-ms a request: {cpu}"
    )


# ---- the people ------------------------------------------------------------------------------------------


def people_with_money(ground: Ground) -> list[Call]:
    """People, and a payment to each of an amount nobody else has, through the officers' own actions."""
    lists = write_demo_lists(ground.directory / "lists", PEOPLE)
    _make_amounts_differ(lists.payments)
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):  # the mistakes in the lists are made on purpose
        import_people(ground.counter, lists.people, OFFICERS[0][0])
        import_payments(ground.counter, lists.payments, OFFICERS[0][0])
    with ground.counter.open() as desk:
        with desk.database.begin() as db:
            batch = int(db.execute(text("SELECT id FROM payment_batch")).scalar_one())
            approve(db, batch, officer_named(db, OFFICERS[1][0]), desk.now())
            begin_release(db, batch, officer_named(db, OFFICERS[2][0]), desk.now())
        finish_release(desk.database, desk.desk, batch, desk.now, lambda _: None)
        with desk.database.begin() as db:
            return [_call(row.e164, row.full_name, Dong(row.amount)) for row in db.execute(text(_ALONE_ON_A_PHONE))]


def _make_amounts_differ(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    for number, row in enumerate(rows):
        row[header.index("amount")] = str(400_000 + number)
        row[header.index("programme")] = "merit"  # of which no amount is odd
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def _call(phone: str, full_name: str, amount: Dong) -> Call:
    """Every page is known by words that only this caller's has."""
    name, money = fold(given_name(full_name)), fold(str(amount))
    return Call(
        phone,
        (
            Expected("", ("CON Kinh chao", name)),
            Expected("1", ("CON So du", f" {money} ")),
            Expected("1*2", ("CON Tien da chuyen", f" {money},")),
        ),
    )


def _floor_call(phone: str) -> Call:
    digits = "#" + phone[-4:]
    return Call(phone, tuple(Expected(text, ("CON", digits)) for text in ("", "1", "1*2")))
