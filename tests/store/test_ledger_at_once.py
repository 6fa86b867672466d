"""Many hands on the ledger at the same moment: nobody deadlocks, and no reader ever sees a đồng that is not there."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from threading import Event
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tests.village import Village
from ussd_app.actions import cash_outs, closing
from ussd_app.domain.ledger import MoreThanThereWas, NotEnoughMoney, beneficiary, clearing
from ussd_app.domain.money import Dong
from ussd_app.domain.statements import LineKind, StatementLine
from ussd_app.store import ledger, statements

PROVIDER = clearing("gsma")


def ask(village: Village, person: int, amount: int) -> UUID:
    journal = uuid4()
    with village.database.begin() as db:
        sources = ledger.sources(db, person, Dong(amount))
        ledger.hold(db, journal, sources, PROVIDER, "cash-out asked")
    return journal


def test_the_last_holds_of_one_account_go_to_exactly_as_many(village: Village) -> None:
    person = village.person()
    village.pay(person, amount=2_000_000)

    def take(_: int) -> bool:
        try:
            with village.database.begin() as db:
                ledger.hold(db, uuid4(), [(beneficiary(person, "tet_gift"), Dong(100_000))], PROVIDER, "asked")
        except NotEnoughMoney:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(take, range(96))) == 20
    assert village.balance(person) == 0
    assert not village.breaches()


def test_a_reader_never_sees_half_of_anything(village: Village) -> None:
    people = [village.person(phone=None) for _ in range(3)]
    for cycle in ("2026-12", "2027-01"):
        village.pay(*people, cycle=cycle)
    done, seen = Event(), list[tuple[int, int, int]]()

    def look(_: int) -> None:
        while not done.is_set():
            with village.database.begin() as db:
                row = db.execute(
                    text("""SELECT sum(debits_posted - credits_posted), sum(debits_pending - credits_pending),
                                   min(credits_posted - debits_posted - debits_pending) FILTER (WHERE guarded)
                            FROM account""")
                ).one()
                seen.append((int(row[0]), int(row[1]), int(row[2])))

    def live(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(12):
            try:
                journal = ask(village, chance.choice(people), chance.randint(1, 700_000))
            except NotEnoughMoney:
                continue
            with village.database.begin() as db:
                chance.choice((ledger.post, ledger.void))(db, journal, "as it went")
            try:
                with village.database.begin() as db:
                    ledger.reverse(db, journal, uuid4(), Dong(chance.randint(1, 700_000)), "taken back")
            except MoreThanThereWas:
                pass

    with ThreadPoolExecutor(7) as threads:
        reading = threads.submit(look, 0)
        list(threads.map(live, range(6)))
        done.set()
        reading.result()
    assert all((posted, pending) == (0, 0) and lowest >= 0 for posted, pending, lowest in seen)
    assert not village.breaches()


@pytest.mark.parametrize("state", ["sent", "unknown"])
def test_the_database_refuses_to_void_what_the_provider_may_still_pay(village: Village, state: str) -> None:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    (id,) = village.rows("SELECT id FROM cash_out")[0]
    assert isinstance(id, UUID)
    with village.database.begin() as db:
        db.execute(text("UPDATE cash_out SET state = :state"), {"state": state})
    with pytest.raises(IntegrityError, match="its hold stays"), village.database.begin() as db:
        ledger.void(db, id, "expired")
    assert village.balance(person) == 400_000
    assert not village.breaches()


EVENTS = ("issued", "paid", "paid again", "hint", "statement")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(list(permutations(EVENTS))), st.lists(st.sampled_from(EVENTS), max_size=3))
def test_the_order_of_what_is_heard_makes_no_difference(village: Village, order: tuple[str, ...], again: list[str]) -> None:
    """An answer, a callback, a poll and a statement line, in any order and any number of times: one payment."""
    person = village.person(phone=None)
    village.pay(person)
    id = ask_as_a_cash_out(village, person)
    for event in (*order, *again):
        with village.database.begin() as db:
            heard(village, id)[event](db)
    rows = village.rows(f"SELECT state, (SELECT sum(amount) FROM transfer WHERE journal_id = '{id}' AND kind = 'post')"
                        f" FROM cash_out WHERE id = '{id}'")  # fmt: skip
    assert [(state, int(str(posted))) for state, posted in rows] == [("paid", 500_000)]
    assert village.balance(person) == 400_000


def ask_as_a_cash_out(village: Village, person: int) -> UUID:
    village.ask_for_cash(person)
    (id,) = village.rows(f"SELECT id FROM cash_out WHERE person_id = {person:d}")[0]
    assert isinstance(id, UUID)
    return id


def heard(village: Village, id: UUID) -> dict[str, Callable[[Connection], object]]:
    now, desk = village.now, village.desk
    paid = {"provider_reference": f"W-{id}", "paid_at": now, "now": now}
    return {
        "issued": lambda db: cash_outs.issue_code(
            db, desk, id, code="12345678", expires_at=now, provider_reference=f"C-{id}", now=now
        ),
        "paid": lambda db: cash_outs.pay(db, desk, id, **paid),  # type: ignore[arg-type]
        "paid again": lambda db: cash_outs.pay(db, desk, id, **paid),  # type: ignore[arg-type]
        "statement": lambda db: in_a_statement(village, id, db),
        "hint": lambda db: db.execute(text("UPDATE cash_out SET hinted_at = now() WHERE id = :id"), {"id": id}),
    }


def in_a_statement(village: Village, id: UUID, db: Connection) -> None:
    """The provider's line of it is read, and its day closed: both look at the ledger, and neither moves a đồng."""
    line = StatementLine("gsma", f"L-{id}", village.now, LineKind.PAID_OUT, Dong(500_000), f"W-{id}", id)
    statements.keep(db, [line], source="asked of the provider", now=village.now)
    day = village.desk.local(village.now).date()
    closing.close_day(db, "gsma", day, village.desk.zone, village.now + timedelta(days=2))
