"""Days at a provider: cash-outs that our books pay on a day, and the lines that its statement has for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

from sqlalchemy import text

from tests.village import PHUONG, POINT, Village
from ussd_app.actions import cash_outs, closing
from ussd_app.actions.dialogue import Press, carry_out
from ussd_app.domain.commands import RequestCashOut
from ussd_app.domain.money import Dong
from ussd_app.domain.statements import LineKind, StatementLine
from ussd_app.store import close_items, ledger, statements
from ussd_app.store.close_items import Closed, ItemRow

PROVIDER = "gsma"


@dataclass(slots=True)
class Days:
    village: Village
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def it_is(self, moment: datetime) -> None:
        """The database's own clock, as far as the ledger looks at it: in this database of one's own only."""
        with self.village.database.begin() as db:
            db.execute(text(f"ALTER TABLE transfer ALTER COLUMN created_at SET DEFAULT TIMESTAMPTZ '{moment.isoformat()}'"))

    def paid(self, person: int, amount: int, at: datetime) -> UUID:
        """A cash-out that our books pay at this moment, whatever a statement says."""
        id = self.asked(person, amount, at)
        with self.village.database.begin() as db:
            reference = f"W{next(self._numbers):06d}"
            cash_outs.pay(db, self.village.desk, id, provider_reference=reference, paid_at=at, now=at)
        return id

    def asked(self, person: int, amount: int, at: datetime) -> UUID:
        self.it_is(at)
        id = uuid4()
        with self.village.database.begin() as db:
            carry_out(db, self.village.desk, Press(PHUONG, at, id), RequestCashOut(person, Dong(amount), POINT))
        return id

    def came_back(self, id: UUID, amount: int, at: datetime) -> None:
        self.it_is(at)
        with self.village.database.begin() as db:
            ledger.reverse(db, id, uuid4(), Dong(amount), f"reversed by the provider: {next(self._numbers)}")
            db.execute(text("UPDATE cash_out SET state = 'reversed' WHERE id = :id"), {"id": id})

    def line(
        self, id: UUID | None, amount: int, at: datetime, kind: LineKind = LineKind.PAID_OUT, *, by: str = "attempt"
    ) -> StatementLine:
        """The provider's line for a cash-out of ours, naming it in one of three ways; or for none of ours."""
        key = f"L{next(self._numbers):06d}"
        row = self.village.rows(f"SELECT reference, provider_reference FROM cash_out WHERE id = '{id}'") if id else []
        ours, theirs = (str(row[0][0]), str(row[0][1])) if row else ("", "")
        match by:
            case "reference":
                return StatementLine(PROVIDER, key, at, kind, Dong(amount), key, None, ours)
            case "theirs":
                return StatementLine(PROVIDER, key, at, kind, Dong(amount), theirs)
            case _:
                return StatementLine(PROVIDER, key, at, kind, Dong(amount), key, id)

    def read(self, *lines: StatementLine, now: datetime) -> statements.Kept:
        with self.village.database.begin() as db:
            return statements.keep(db, lines, source="gsma-2027-01.csv", now=now)

    def close(self, day: date, now: datetime | None = None) -> tuple[Closed, list[ItemRow]]:
        zone = self.village.desk.zone
        later = now or datetime(day.year, day.month, day.day, 12, tzinfo=zone) + timedelta(days=1)
        with self.village.database.begin() as db:
            closed = closing.close_day(db, PROVIDER, day, zone, later)
        with self.village.database.begin() as db:
            return closed, close_items.items_of(db, PROVIDER, day)

    def items(self, day: date) -> list[tuple[str, int, str]]:
        with self.village.database.begin() as db:
            rows = close_items.items_of(db, PROVIDER, day)
        return [(each.item.bucket.value, each.item.difference, each.state) for each in rows]
