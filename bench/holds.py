"""Holds through the ledger, against the same rows written by one statement with no guard, no check and no constraint."""

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
from ussd_app.domain.ledger import NotEnoughMoney, Transfer, beneficiary, clearing, leg_id, shelf, treasury
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.store import ledger, ledger_check
from ussd_app.store.database import Database
from ussd_app.store.transfers import make_accounts

PEOPLE = 5_000
AT_ONCE = 16
ROUNDS = 5
LAST, ASKING = 100, 64
PLENTY, HELD = Dong(90_000_000_000), Dong(500_000)
PROGRAMME, PROVIDER = "social_pension", clearing("gsma")

SHELVES = 16
"""Of a clearing account: see ledger.shelf."""

_BARE_HOLD = text("""
    WITH written AS (
        INSERT INTO bare_transfer (id, kind, debit_id, credit_id, amount, journal_id, reason, created_at)
        SELECT :id, 'pending', d.id, c.id, :amount, :journal, 'cash-out asked', now()
        FROM bare_account d, bare_account c WHERE d.code = :person AND c.code = :clearing
        RETURNING debit_id, credit_id, amount
    ), owed AS (
        UPDATE bare_account a SET debits_pending = a.debits_pending + w.amount FROM written w WHERE a.id = w.debit_id
    )
    UPDATE bare_account a SET credits_pending = a.credits_pending + w.amount FROM written w WHERE a.id = w.credit_id
""")

Way = Callable[[Connection, int], None]


def run(ground: Ground, seconds: float) -> None:
    database = Database(ground.settings.database_url, pool_size=ASKING)
    people = _people(database)
    _bare_tables(database)
    ways: dict[str, Way] = {
        "the ledger": lambda db, person: _hold(db, person, uuid4()),
        "unchecked": lambda db, person: _unchecked(db, person, on_shelves=True),
        "unchecked, on one clearing row": lambda db, person: _unchecked(db, person, on_shelves=False),
    }
    print(f"holds: {PEOPLE:,} people, {SHELVES} clearing rows, {AT_ONCE} threads, each hold its own transaction")
    per_s: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            per_s[name].append(_rate(database, people, way, seconds))
    for name, rates in per_s.items():
        print(f"  {name:30} {spread(rates)} holds/s")
    ours, *theirs = per_s.values()
    ratio("holds through the ledger / the same rows unchecked", ours, theirs[0])
    ratio("holds through the ledger / unchecked with all on one clearing row", ours, theirs[1])
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
        make_accounts(db, [PROVIDER, *(shelf(PROVIDER, UUID(int=number)) for number in range(SHELVES))])
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


def _unchecked(db: Connection, person: int, *, on_shelves: bool) -> None:
    """What `_hold` writes, in one round trip as there."""
    journal = uuid4()
    db.execute(
        _BARE_HOLD,
        {
            "id": leg_id(journal, "hold", 0),
            "journal": journal,
            "person": beneficiary(person, PROGRAMME).code,
            "clearing": (shelf(PROVIDER, journal) if on_shelves else PROVIDER).code,
            "amount": HELD.amount,
        },
    )


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
