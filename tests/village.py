"""A small village in a real database: officers, a few people, and payments that are really released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import text

from ussd_app.actions.desk import Desk
from ussd_app.actions.dialogue import Press, carry_out
from ussd_app.actions.payments import approve
from ussd_app.actions.release import begin_release, finish_release
from ussd_app.domain.commands import RequestCashOut
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Role
from ussd_app.domain.phone import Phone
from ussd_app.store import ledger_check, officers
from ussd_app.store.database import Database

PHUONG = Phone("+84912000101")
POINT = "054431"


@dataclass(frozen=True, slots=True)
class Village:
    database: Database
    desk: Desk
    now: datetime

    def officer(self, name: str, *roles: Role) -> officers.Officer:
        with self.database.begin() as db:
            return officers.add(db, name, frozenset(roles))

    def person(self, *, phone: Phone | None = PHUONG, method: str = "cash", name: str = "Nguyễn Thị Phương") -> int:
        with self.database.begin() as db:
            person_id = db.execute(
                text("""INSERT INTO person (person_code, full_name, birth_date, birth_precision, gender, commune_id,
                            payout_method, payout_account_lookup, language)
                        SELECT :code, :name, date '1948-03-12' + (SELECT count(*)::int FROM person) % 290, 'day', 'F', id,
                            :method, CASE WHEN :method IN ('bank', 'wallet') THEN sha256(convert_to(:code, 'UTF8')) END,
                            'vi' FROM commune WHERE code = '05443' RETURNING id"""),
                {"code": str(uuid4()), "name": name, "method": method},
            ).scalar_one()
            if phone is not None:
                db.execute(
                    text("INSERT INTO person_phone (person_id, e164) VALUES (:person, :phone)"),
                    {"person": person_id, "phone": phone.e164},
                )
        return int(person_id)

    def batch(self, *people: int, amount: int = 900_000, cycle: str = "2027-01", by: str = "lan") -> int:
        """A payment list as it stands after it was entered."""
        maker = self.officer(by, Role.ENTERS)
        with self.database.begin() as db:
            batch = db.execute(
                text("""INSERT INTO payment_batch (list_name, file_hash, entered_by)
                        VALUES ('tet.csv', :hash, :maker) RETURNING id"""),
                {"hash": uuid4().bytes, "maker": maker.id},
            ).scalar_one()
            for line, person in enumerate(people, start=2):
                db.execute(
                    text("""INSERT INTO payment (batch_id, line, person_id, programme, cycle, amount, grant_id)
                            VALUES (:batch, :line, :person, 'tet_gift', :cycle, :amount, :grant)"""),
                    {
                        "batch": batch,
                        "line": line,
                        "person": person,
                        "cycle": cycle,
                        "amount": amount,
                        "grant": uuid4(),
                    },
                )
        return int(batch)

    def release(self, batch: int) -> None:
        with self.database.begin() as db:
            approve(db, batch, officers.add(db, "minh", frozenset({Role.APPROVES})), self.now)
            begin_release(db, batch, officers.add(db, "hoa", frozenset({Role.RELEASES})), self.now)
        finish_release(self.database, self.desk, batch, lambda: self.now, lambda _: None)

    def pay(self, *people: int, amount: int = 900_000, cycle: str = "2027-01") -> None:
        self.release(self.batch(*people, amount=amount, cycle=cycle))

    def ask_for_cash(self, person: int, amount: int = 500_000) -> None:
        with self.database.begin() as db:
            carry_out(db, self.desk, Press(PHUONG, self.now, uuid4()), RequestCashOut(person, Dong(amount), POINT))

    def balance(self, person: int) -> int:
        return self.number(
            "SELECT coalesce(sum(credits_posted - debits_posted - debits_pending), 0)::bigint FROM account"
            f" WHERE person_id = {person:d}"
        )

    def number(self, sql: str) -> int:
        with self.database.begin() as db:
            return int(db.execute(text(sql)).scalar_one())

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.database.begin() as db:
            return [tuple(row) for row in db.execute(text(sql))]

    def breaches(self) -> list[str]:
        """Every invariant of the ledger that does not hold."""
        with self.database.begin() as db:
            return [breach for finding in ledger_check.check(db) for breach in finding.breaches]
