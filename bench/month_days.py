"""The days of a simulated month: what people ask for, what becomes of it, and what the provider writes down.

The provider makes mistakes on purpose; each must come back, to the đồng, as an item of the daily close.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from sqlalchemy import Connection, text

from ussd_app.actions import cash_outs
from ussd_app.actions.desk import Desk
from ussd_app.actions.dialogue import Press, carry_out
from ussd_app.domain.closing import Bucket
from ussd_app.domain.commands import RequestCashOut
from ussd_app.domain.ledger import Transfer, TransferKind, beneficiary, clearing, leg_id, shelf
from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from ussd_app.domain.statements import LineKind, StatementLine
from ussd_app.store import ledger
from ussd_app.store.database import Database
from ussd_app.store.transfers import write

PROVIDER, PROGRAMME, POINT, PHONE = "gsma", "social_pension", "054431", Phone("+84912000101")
NAMESPACE = UUID("7b2f6c1e-5a39-4e0c-9d0f-0c1d9a4f8e21")
SINGLY_AT_ONCE, TOGETHER = 50, 500
ONE_BY_ONE = 20
"""Of the plain cash-outs one in so many goes through the dialogue's own action; the others are written together, by the
same set-based statement of the ledger and with the same ids. Every other fate goes through its action."""

PENSION = 500_000
TAKEN = 450_000
SLIP = 5_000

Named = tuple[date, Bucket, int]
"""An item that must be there: its day, its bucket, and the statement's đồng less the books."""


_ASKED = text("""
    INSERT INTO cash_out (id, reference, person_id, asked_from, kind, point_code, amount, provider, state, asked_at,
                          first_sent_at, next_step_at)
    SELECT id, 'M' || substr(id::text, 1, 18), person, '+84912000101', 'code', :point, :amount, 'gsma', 'sent', :now,
           :now, :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS bigint[])) AS t (id, person)
""")
_ENDED = text("""
    UPDATE cash_out SET state = 'paid', provider_reference = 'W' || id, ended_at = :now WHERE id = ANY(CAST(:ids AS uuid[]))
""")


@dataclass(slots=True)
class Month:
    """One month in a database of its own, and what must be found in it."""

    database: Database
    desk: Desk
    first: date
    lines: dict[date, list[StatementLine]] = field(default_factory=dict)
    written: Counter[date] = field(default_factory=Counter)
    """What the provider's lines of a day come to, in đồng that went out."""
    expected: Counter[Named] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    tomorrow: list[tuple[UUID, str]] = field(default_factory=list)
    """Cash-outs whose end comes a day later: paid after midnight, taken back, or long unknown."""
    to_alter: int = 0
    """In so many statements still to come a line is altered, and nobody here is told."""
    _numbers: int = 0

    def moment(self, day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute, second), self.desk.zone)

    def it_is(self, db: Connection, moment: datetime) -> None:
        """The clock of this database, as far as the ledger looks at it."""
        db.execute(text(f"ALTER TABLE transfer ALTER COLUMN created_at SET DEFAULT TIMESTAMPTZ '{moment.isoformat()}'"))

    # ---- a day in the ledger -----------------------------------------------------------------------------

    def live(self, day: date, people: Sequence[int]) -> None:
        """Everything of one day: yesterday's rest first, then who comes today."""
        morning, noon = self.moment(day, 0, 0, 20), self.moment(day, 10)
        with self.database.begin() as db:
            self.it_is(db, morning)
        with self.database.begin() as db:
            for id, what in self.tomorrow:
                self._end_of_yesterday(db, id, what, day, morning)
        self.tomorrow = []
        with self.database.begin() as db:
            self.it_is(db, noon)
        coming = list(enumerate(people))
        plain = [each for nth, each in coming if _outcome(nth) == "paid" and nth % ONE_BY_ONE]
        singly = [(nth, each) for nth, each in coming if _outcome(nth) != "paid" or not nth % ONE_BY_ONE]
        for start in range(0, len(singly), SINGLY_AT_ONCE):
            with self.database.begin() as db:
                for nth, person in singly[start : start + SINGLY_AT_ONCE]:
                    self._cash_out(db, person, nth, day, noon)
        for start in range(0, len(plain), TOGETHER):
            with self.database.begin() as db:
                self._paid_together(db, plain[start : start + TOGETHER], day, noon)

    def _cash_out(self, db: Connection, person: int, nth: int, day: date, now: datetime) -> None:
        id = uuid5(NAMESPACE, f"{person}:{day}")
        carry_out(db, self.desk, Press(PHONE, now, id), RequestCashOut(person, Dong(TAKEN), POINT))
        match _outcome(nth):
            case "failed":
                cash_outs.fail(db, self.desk, id, reason="expired", now=now)
            case "after midnight" | "unknown" as later:
                db.execute(
                    text("UPDATE cash_out SET state = 'unknown', first_sent_at = :now WHERE id = :id"),
                    {"id": id, "now": now},
                )
                self.tomorrow.append((id, later))
            case "taken back":
                self._paid(db, id, day, now)
                self.tomorrow.append((id, "taken back"))
            case mistake:
                self._paid(db, id, day, now, mistake)
        self.happened[_outcome(nth)] += 1

    def _paid_together(self, db: Connection, people: Sequence[int], day: date, now: datetime) -> None:
        ids = [uuid5(NAMESPACE, f"{person}:{day}") for person in people]
        db.execute(_ASKED, {"ids": ids, "people": list(people), "now": now, "amount": TAKEN, "point": POINT})
        holds = [
            Transfer(
                leg_id(id, "hold", 0), beneficiary(person, PROGRAMME), shelf(clearing(PROVIDER), id), Dong(TAKEN), id,
                "cash-out asked", TransferKind.PENDING,
            )
            for id, person in zip(ids, people, strict=True)
        ]  # fmt: skip
        write(db, holds)
        posts = [
            replace(
                each, id=leg_id(each.id, "post", 0), kind=TransferKind.POST, pending_id=each.id, held=each.amount,
                reason="cash handed over",
            )
            for each in holds
        ]  # fmt: skip
        write(db, posts)
        db.execute(_ENDED, {"ids": ids, "now": now})
        for id in ids:
            self.write(now, id)
        self.happened["paid"] += len(ids)

    def _end_of_yesterday(self, db: Connection, id: UUID, what: str, day: date, now: datetime) -> None:
        yesterday = day - timedelta(days=1)
        match what:
            case "after midnight":
                cash_outs.pay(db, self.desk, id, provider_reference=f"W{id}", paid_at=now, now=now)
                self.write(self.moment(yesterday, 23, 59, 40), id)
                self.expected[yesterday, Bucket.ANOTHER_DAY, TAKEN] += 1
                self.expected[day, Bucket.ANOTHER_DAY, -TAKEN] += 1
            case "unknown":
                cash_outs.pay(db, self.desk, id, provider_reference=f"W{id}", paid_at=now, now=now)
                self.write(now, id)
            case _:
                back = Dong(TAKEN // 3)
                reference = f"B{id}"
                cash_outs.reverse(
                    db, self.desk, id, reversal_id=uuid5(id, "back"), amount=back, provider_reference=reference, now=now
                )
                self.write(now, id, LineKind.REVERSED, back.amount)

    # ---- what the provider writes down of it -------------------------------------------------------------

    def _paid(self, db: Connection, id: UUID, day: date, now: datetime, mistake: str = "") -> None:
        cash_outs.pay(db, self.desk, id, provider_reference=f"W{id}", paid_at=now, now=now)
        match mistake:
            case "lost line":
                self.expected[day, Bucket.ONLY_IN_BOOKS, -TAKEN] += 1
            case "doubled line":
                self.write(now, id)
                self.write(now, id)
                self.expected[day, Bucket.LINE_TWICE, TAKEN] += 1
            case "wrong amount":
                self.write(now, id, amount=TAKEN + SLIP)
                self.expected[day, Bucket.DIFFERS, SLIP] += 1
            case "line of tomorrow":
                self.write(now + timedelta(days=1), id)
                self.expected[day, Bucket.ANOTHER_DAY, -TAKEN] += 1
                self.expected[day + timedelta(days=1), Bucket.ANOTHER_DAY, TAKEN] += 1
            case _:
                self.write(now, id)

    def a_line_of_nobody(self, day: date) -> None:
        self.write(self.moment(day, 12), None, LineKind.FEE, 1_100)
        self.expected[day, Bucket.ONLY_IN_STATEMENT, 1_100] += 1

    def write(self, at: datetime, id: UUID | None, kind: LineKind = LineKind.PAID_OUT, amount: int = TAKEN) -> None:
        self._numbers += 1
        key = f"L{self._numbers:07d}"
        day = self.desk.local(at).date()
        self.written[day] += -amount if kind is LineKind.REVERSED else amount
        self.lines.setdefault(day, []).append(StatementLine(PROVIDER, key, at, kind, Dong(amount), key, id))

    def bank_returns(self, day: date, some: int) -> None:
        """A bank sends a few payments back: its own book, and nothing of the provider's."""
        with self.database.begin() as db:
            self.it_is(db, self.moment(day, 15))
        with self.database.begin() as db:
            rows = db.execute(
                text("""SELECT p.id, p.grant_id FROM payment p JOIN person w ON w.id = p.person_id
                        WHERE w.payout_method = 'bank' ORDER BY p.id OFFSET :start LIMIT :some"""),
                {"start": (day - self.first).days * some, "some": some},
            ).all()
            for row in rows:
                ledger.return_to_owner(db, row.grant_id, uuid5(row.grant_id, "returned"), Dong(PENSION), "account closed")
                self.happened["returned by a bank"] += 1


_MISTAKES = {3: "lost line", 5: "doubled line", 7: "wrong amount", 9: "line of tomorrow"}


def _outcome(nth: int) -> str:
    """Of each day's people, by the order in which they come: four mistakes a day, and shares of every other fate."""
    if nth in _MISTAKES:
        return _MISTAKES[nth]
    match nth % 100:
        case 11 | 12:
            return "failed"
        case 13:
            return "taken back"
        case 15:
            return "after midnight"
        case 17:
            return "unknown"
        case _:
            return "paid"
