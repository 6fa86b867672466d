"""Holds through the ledger, against the same rows written with no guard, no check and no constraint."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from bench.figures import ratio, spread
from bench.ground import Ground
from ussd_app.domain.ledger import NotEnoughMoney, Transfer, beneficiary, clearing, leg_id, treasury
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.store import ledger, ledger_check
from ussd_app.store.database import Database

PEOPLE = 5_000
AT_ONCE = 16
ROUNDS = 5
LAST, ASKING = 100, 64
PLENTY, HELD = Dong(90_000_000_000), Dong(500_000)
PROGRAMME, PROVIDER = "social_pension", clearing("gsma")

Way = Callable[[Connection, int], None]


def run(ground: Ground, seconds: float) -> None:
    database = Database(ground.settings.database_url, pool_size=ASKING)
    people = _people(database)
    _bare_tables(database)
    ways: dict[str, Way] = {
        "the ledger": lambda db, person: _hold(db, person, uuid4()),
        "unchecked": _unchecked,
    }
    print(f"holds: {PEOPLE:,} people, one clearing account, {AT_ONCE} threads, each hold its own transaction")
    per_s: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            per_s[name].append(_rate(database, people, way, seconds))
    for name, rates in per_s.items():
        print(f"  {name:12} {spread(rates)} holds/s")
    ratio("holds through the ledger / the same rows unchecked", per_s["the ledger"], per_s["unchecked"])
    _last_holds(database, people[0])
    with database.begin() as db:
        broken = [each.invariant for each in ledger_check.check(db) if each.breaches]
    if broken:
        raise SystemExit(f"holds: after all that does not hold: {', '.join(broken)}")
    database.close()


def _people(database: Database) -> list[int]:
    with database.begin() as db:
        people = list(
            db.execute(
                text("""INSERT INTO person (person_code, full_name, gender, commune_id, payout_method, language)
                        SELECT 'bench-' || n, 'Nguyễn Thị Phương', 'F', (SELECT min(id) FROM commune), 'cash', 'vi'
                        FROM generate_series(1, :people) n RETURNING id"""),
                {"people": PEOPLE},
            ).scalars()
        )
        ledger.write(db, [_grant(person, PLENTY, uuid4()) for person in people])
    with database.begin() as db:
        ledger.move(db, Transfer(uuid4(), treasury(PROGRAMME, Cycle(2027, 1)), PROVIDER, Dong(1), uuid4(), "opened"))
        db.execute(text("ANALYZE"))
    return people


def _grant(person: int, amount: Dong, id: UUID) -> Transfer:
    return Transfer(id, treasury(PROGRAMME, Cycle(2027, 1)), beneficiary(person, PROGRAMME), amount, id, "released")


def _bare_tables(database: Database) -> None:
    """The same columns and the same ids; a primary key, since rows must be found, and nothing else."""
    with database.begin() as db:
        for table in ("account", "transfer"):
            db.execute(text(f"CREATE TABLE bare_{table} AS SELECT * FROM {table}"))
            db.execute(text(f"ALTER TABLE bare_{table} ADD PRIMARY KEY (id)"))
        db.execute(text("CREATE UNIQUE INDEX ON bare_account (code)"))
        db.execute(text("CREATE INDEX ON bare_transfer (journal_id)"))
        db.execute(text("ANALYZE"))


def _hold(db: Connection, person: int, journal: UUID, amount: Dong = HELD) -> None:
    ledger.hold(db, journal, [(beneficiary(person, PROGRAMME), amount)], PROVIDER, "cash-out asked")


def _unchecked(db: Connection, person: int) -> None:
    journal = uuid4()
    values = {
        "id": leg_id(journal, "hold", 0),
        "journal": journal,
        "person": f"beneficiary:{person}:{PROGRAMME}",
        "clearing": PROVIDER.code,
        "amount": HELD.amount,
    }
    db.execute(
        text("""INSERT INTO bare_transfer (id, kind, debit_id, credit_id, amount, journal_id, reason, created_at)
                SELECT :id, 'pending', d.id, c.id, :amount, :journal, 'cash-out asked', now()
                FROM bare_account d, bare_account c WHERE d.code = :person AND c.code = :clearing"""),
        values,
    )
    db.execute(text("UPDATE bare_account SET debits_pending = debits_pending + :amount WHERE code = :person"), values)
    db.execute(text("UPDATE bare_account SET credits_pending = credits_pending + :amount WHERE code = :clearing"), values)


def _rate(database: Database, people: list[int], way: Way, seconds: float) -> float:
    until = time.perf_counter() + seconds

    def work(seed: int) -> int:
        chance, done = random.Random(seed), 0
        while time.perf_counter() < until:
            with database.begin() as db:
                way(db, chance.choice(people))
            done += 1
        return done

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sum(threads.map(work, range(AT_ONCE))) / seconds


def _last_holds(database: Database, person: int) -> None:
    """So many threads at once ask for the last holds of one account."""
    owner = beneficiary(person, "tet_gift")
    amount = Dong(LAST * HELD.amount)
    with database.begin() as db:
        id = uuid4()
        ledger.move(db, Transfer(id, treasury("tet_gift", Cycle(2027, 1)), owner, amount, id, "released"))
    gate = threading.Barrier(ASKING)

    def ask(_: int) -> int:
        gate.wait()
        taken = 0
        for _ in range(4):
            try:
                with database.begin() as db:
                    ledger.hold(db, uuid4(), [(owner, HELD)], PROVIDER, "cash-out asked")
                taken += 1
            except NotEnoughMoney:
                pass
        return taken

    begun = time.perf_counter()
    with ThreadPoolExecutor(ASKING) as threads:
        taken = sum(threads.map(ask, range(ASKING)))
    took = time.perf_counter() - begun
    print(f"  {ASKING} threads asked {ASKING * 4} times for the last {LAST} holds of one account: {taken} in {took:.1f} s")
    if taken != LAST:
        raise SystemExit(f"holds: {taken} of {LAST}")
