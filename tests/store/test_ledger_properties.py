"""The ten invariants of the ledger, on a real PostgreSQL, whatever is done and in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.signatures import by_two, in_suspense
from ussd_app.actions.desk import Desk
from ussd_app.actions.suspense import By
from ussd_app.domain.adjustments import Kind, Line
from ussd_app.domain.ledger import (
    MoreThanThereWas,
    NotEnoughMoney,
    ReusedWithOtherContent,
    Transfer,
    beneficiary,
    clearing,
    state,
    treasury,
)
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.store import ledger, ledger_check, periods
from ussd_app.store.database import Database

PROGRAMMES = ("tet_gift", "merit")
CYCLES = (Cycle(2026, 12), Cycle(2027, 1))
AMOUNTS = st.integers(1, 900_000)
EMPTYING = "TRUNCATE transfer CASCADE"
CARRIED = {By.PERSON: Kind.CARRY_BY_PERSON, By.PROGRAMME: Kind.CARRY_SUSPENSE, By.PROVIDER: Kind.CARRY_BY_PROVIDER}


@dataclass
class CashOut:
    """What the model knows of one cash-out."""

    person: int
    parts: dict[str, int]
    state: str = "held"
    paid: int = 0
    back: int = 0
    late: int = 0
    reversals: dict[UUID, int] = field(default_factory=dict[UUID, int])


class Model(RuleBasedStateMachine):
    """The ledger beside a few dictionaries that say what must be true of it."""

    database: Database
    desk: Desk

    orders = Bundle("orders")

    @initialize()
    def two_people(self) -> None:
        with self.database.begin() as db:
            self.people = [new_person(db) for _ in range(2)]
        self.owned = {(person, programme): 0 for person in self.people for programme in PROGRAMMES}
        self.grants: dict[UUID, tuple[int, str, int]] = {}
        for who in (0, 1):  # who has nothing has no history either
            for programme in PROGRAMMES:
                self.grant(who, programme, CYCLES[0], 700_000)
        self.orders_by_id: dict[UUID, CashOut] = {}
        self.provider = f"p{uuid4().hex[:8]}"  # its book begins empty
        self.provider_book = 0
        self.funded = sum(each.from_state for each in self.programmes())

    def programmes(self) -> tuple[periods.Programme, ...]:
        with self.database.begin() as db:
            return periods.programmes(db)

    def do(self, work: Callable[[Connection], object]) -> object:
        with self.database.begin() as db:
            return work(db)

    @rule(programme=st.sampled_from(PROGRAMMES), cycle=st.sampled_from(CYCLES), amount=AMOUNTS)
    def fund(self, programme: str, cycle: Cycle, amount: int) -> None:
        id = uuid4()
        self.do(
            lambda db: ledger.move(db, Transfer(id, state(programme), treasury(programme, cycle), Dong(amount), id, "in"))
        )
        self.funded += amount

    @rule(who=st.integers(0, 1), programme=st.sampled_from(PROGRAMMES), cycle=st.sampled_from(CYCLES), amount=AMOUNTS)
    def another_grant(self, who: int, programme: str, cycle: Cycle, amount: int) -> None:
        self.grant(who, programme, cycle, amount)

    def grant(self, who: int, programme: str, cycle: Cycle, amount: int) -> None:
        id, owner = uuid4(), beneficiary(self.people[who], programme)
        transfer = Transfer(id, treasury(programme, cycle), owner, Dong(amount), id, "payment released")
        for first_time in (True, False):  # whatever is asked twice is done once
            assert self.do(lambda db: ledger.move(db, transfer)) is first_time
        with pytest.raises(ReusedWithOtherContent):
            self.do(lambda db: ledger.move(db, replace(transfer, amount=Dong(amount + 1))))
        self.owned[self.people[who], programme] += amount
        self.grants[id] = (who, programme, amount)

    @rule(chosen=st.randoms(use_true_random=False), part=AMOUNTS, right_after_all=st.booleans())
    def correct(self, chosen: Random, part: int, right_after_all: bool) -> None:
        """Two officers take back a part of a grant; it may turn out to have been right."""
        id = chosen.choice(list(self.grants))
        who, programme, left = self.grants[id]
        person, amount = self.people[who], min(part, left)
        if not amount:
            return
        entry = self.by_two(Kind.CORRECT, id, person, amount, enough=amount <= self.owned[person, programme])
        if entry is None or (right_after_all and self.by_two(Kind.CORRECT, entry, person, amount)):
            return
        self.owned[person, programme] -= amount
        self.grants[id] = (who, programme, left - amount)

    @rule(id=orders, by=st.sampled_from([By.PERSON, By.PROGRAMME, By.PROVIDER]))
    def carry_suspense(self, id: UUID, by: By) -> None:
        """Two officers say whose it was, what was paid after we had given it back."""
        order = self.orders_by_id[id]
        for code, entry, amount in in_suspense(self.database, id):
            kind, programme = CARRIED[by], code.split(":")[-1]
            carrier = {By.PERSON: f"beneficiary:{order.person}:{programme}", By.PROGRAMME: f"waived:{programme}"}
            enough = by is not By.PERSON or amount <= self.owned[order.person, programme]
            account = carrier.get(by, f"clearing:{self.provider}")
            if self.by_two(kind, entry, order.person, amount, account=account, enough=enough):
                self.owned[order.person, programme] -= amount if by is By.PERSON else 0
                self.provider_book -= amount if by is By.PROVIDER else 0

    def by_two(
        self, kind: Kind, entry: UUID, person: int, amount: int, *, account: str = "", enough: bool = True
    ) -> UUID | None:
        line = Line(uuid4(), account or "a grant", Dong(amount), entry, person, entry)
        return by_two(self.database, self.desk, kind, line, enough=enough)

    @rule(rewriting=st.sampled_from(("UPDATE transfer SET amount = 1", "DELETE FROM transfer", EMPTYING)))
    def nothing_written_is_written_again(self, rewriting: str) -> None:
        with pytest.raises(DBAPIError, match="append-only"):
            self.do(lambda db: db.execute(text(rewriting)))

    @rule(target=orders, who=st.integers(0, 1), amount=st.integers(1, 1_600_000))
    def ask(self, who: int, amount: int) -> UUID:
        id, person = uuid4(), self.people[who]

        def work(db: Connection) -> list[tuple[str, int]]:
            taken = ledger.sources(db, person, Dong(amount))
            ledger.hold(db, id, taken, clearing(self.provider), "cash-out asked")
            return [(str(account.programme), part.amount) for account, part in taken]

        has = sum(self.owned[person, each] for each in PROGRAMMES)
        if amount > has:
            with pytest.raises(NotEnoughMoney):
                self.do(work)
            self.orders_by_id[id] = CashOut(person, {}, "never")
            return id
        parts = self.do(work)
        assert isinstance(parts, list)
        order = CashOut(person, dict(parts))
        for programme, part in order.parts.items():
            self.owned[person, programme] -= part
        # tet_gift has the lower number: merit pays only when nothing of it is left
        assert "merit" not in order.parts or self.owned[person, "tet_gift"] == 0
        self.orders_by_id[id] = order
        return id

    @rule(id=orders, less=st.integers(0, 400_000))
    def pay(self, id: UUID, less: int) -> None:
        order = self.orders_by_id[id]
        held = sum(order.parts.values())
        paid = max(1, held - less)
        if order.state == "held":
            fee = Dong(1_000)  # which the programmes carry: its owner's account is not touched, however often it is said
            assert self.do(lambda db: ledger.post(db, id, "cash handed over", Dong(paid), fee_carried=fee)) is True
            order.state, order.paid = "paid", paid
            self.provider_book += paid
            self._give(order, held - paid)
        elif order.state == "paid":
            assert self.do(lambda db: ledger.post(db, id, "cash handed over", Dong(order.paid))) is False

    def _give(self, order: CashOut, amount: int) -> None:
        """What comes back goes to the programme that paid last."""
        for programme in reversed(PROGRAMMES):
            part = min(amount, order.parts.get(programme, 0))
            order.parts[programme] = order.parts.get(programme, 0) - part
            self.owned[order.person, programme] += part
            amount -= part
        assert amount == 0

    @rule(id=orders)
    def give_back(self, id: UUID) -> None:
        order = self.orders_by_id[id]
        if order.state == "held":
            assert self.do(lambda db: ledger.void(db, id, "expired")) is True
            order.state = "failed"
            parts, order.parts = sum(order.parts.values()), dict(order.parts)
            kept = dict(order.parts)
            self._give(order, parts)
            order.parts = kept
        elif order.state == "failed":
            assert self.do(lambda db: ledger.void(db, id, "expired")) is False
        elif order.state == "paid":
            with pytest.raises(IntegrityError, match="transfer_pending_id_key"):
                self.do(lambda db: ledger.void(db, id, "expired"))

    @rule(id=orders, amount=AMOUNTS)
    def late_success(self, id: UUID, amount: int) -> None:
        order = self.orders_by_id[id]
        if order.state != "failed" or order.late:
            return
        amount = min(amount, sum(order.parts.values()))
        for first_time in (True, False):
            assert self.do(lambda db: ledger.suspend(db, id, "paid after all", Dong(amount))) is first_time
        order.late = amount
        self.provider_book += amount

    @rule(id=orders, amount=AMOUNTS)
    def reverse(self, id: UUID, amount: int) -> None:
        order, reversal = self.orders_by_id[id], uuid4()
        if order.state != "paid" or amount > order.paid - order.back:
            if order.late and amount <= order.late - order.back:
                return
            with pytest.raises(MoreThanThereWas):
                self.do(lambda db: ledger.reverse(db, id, reversal, Dong(amount), "reversed"))
            return
        for first_time in (True, False):
            assert self.do(lambda db: ledger.reverse(db, id, reversal, Dong(amount), "reversed")) is first_time
        with pytest.raises(ReusedWithOtherContent):
            self.do(lambda db: ledger.reverse(db, id, reversal, Dong(amount + 1), "reversed"))
        order.back += amount
        self.provider_book -= amount
        self._give(order, amount)

    # ---- what is always true -----------------------------------------------------------------------------

    @invariant()
    def every_account_has_what_it_should(self) -> None:
        with self.database.begin() as db:
            rows = db.execute(
                text("""SELECT person_id, programme, credits_posted - debits_posted - debits_pending AS free FROM account
                        WHERE person_id = ANY(:people)"""),
                {"people": self.people},
            ).all()
        assert {(row.person_id, row.programme): row.free for row in rows} == {
            key: free for key, free in self.owned.items() if free or key in {(r.person_id, r.programme) for r in rows}
        }

    @invariant()
    def the_provider_is_owed_what_it_paid(self) -> None:
        with self.database.begin() as db:
            owed = db.execute(
                text("SELECT coalesce(sum(credits_posted - debits_posted), 0)::bigint FROM account WHERE code LIKE :code"),
                {"code": f"clearing:{self.provider}:%"},
            ).scalar_one()
        assert owed == self.provider_book

    def teardown(self) -> None:
        with self.database.begin() as db:
            assert [each.breaches for each in ledger_check.check(db) if each.breaches] == []
        found = self.programmes()
        assert all(each.missing == 0 for each in found)
        assert sum(each.from_state for each in found) == self.funded


def new_person(db: Connection) -> int:
    return int(
        db.execute(
            text("""INSERT INTO person (person_code, full_name, gender, commune_id, payout_method, language)
                    SELECT :code, 'Nguyễn Thị Phương', 'F', min(id), 'cash', 'vi' FROM commune RETURNING id"""),
            {"code": str(uuid4())},
        ).scalar_one()
    )


def test_whatever_is_done_the_ledger_stays_true(database: Database, desk: Desk) -> None:
    """1 to 7 and 10: both sides equal, no drift, no guard broken, holds resolved once, a repeat changes nothing,
    and the provider's own book is our clearing account.
    """

    class OnThisDatabase(Model):
        pass

    OnThisDatabase.database, OnThisDatabase.desk = database, desk
    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
