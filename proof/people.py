"""The people of the proof: each schedule has its own, with money that was really released to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlalchemy import text

from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import approve
from ussd_app.actions.release import begin_release, finish_release
from ussd_app.domain.payments import Role
from ussd_app.domain.phone import Phone
from ussd_app.store import officers
from ussd_app.store.database import Database
from ussd_app.store.wallets import PAYOUT_ACCOUNT

GRANTED = 900_000
AT_ONCE = 250


@dataclass(frozen=True, slots=True)
class Someone:
    id: int
    phone: Phone


@dataclass
class People:
    """Hands out people nobody has used yet, and pays the next few hundred when there are none left."""

    database: Database
    desk: Desk
    now: datetime
    _ready: list[Someone] = field(default_factory=list[Someone])
    _made: int = 0

    def take(self, how_many: int) -> list[Someone]:
        while len(self._ready) < how_many:
            self._ready.extend(self._paid())
        return [self._ready.pop() for _ in range(how_many)]

    def _paid(self) -> list[Someone]:
        people = self._newcomers()
        with self.database.begin() as db:
            maker = officers.add(db, "lan", frozenset({Role.ENTERS}))
            batch = db.execute(
                text("""INSERT INTO payment_batch (list_name, file_hash, entered_by)
                        VALUES ('proof.csv', :hash, :maker) RETURNING id"""),
                {"hash": uuid4().bytes, "maker": maker.id},
            ).scalar_one()
            db.execute(
                text("""INSERT INTO payment (batch_id, line, person_id, programme, cycle, amount, grant_id)
                        SELECT :batch, n, person, 'tet_gift', '2027-01', :amount, gen_random_uuid()
                        FROM unnest(CAST(:people AS bigint[])) WITH ORDINALITY AS p (person, n)"""),
                {"batch": batch, "amount": GRANTED, "people": [each.id for each in people]},
            )
        with self.database.begin() as db:
            approve(db, batch, officers.add(db, "minh", frozenset({Role.APPROVES})), self.now)
            begin_release(db, batch, officers.add(db, "hoa", frozenset({Role.RELEASES})), self.now)
        finish_release(self.database, self.desk, batch, lambda: self.now, lambda _: None)
        return people

    def _newcomers(self) -> list[Someone]:
        """Each with a phone that is theirs, and a wallet under its number."""
        numbers = [f"+849{self._made + each:08}" for each in range(1, AT_ONCE + 1)]
        self._made += AT_ONCE
        with self.database.begin() as db:
            rows = db.execute(
                text("""WITH someone AS (
                            INSERT INTO person (person_code, full_name, gender, commune_id, payout_method, language,
                                                payout_account_sealed)
                            SELECT 'proof-' || n.e164, 'Nguyễn Thị Phương', 'F', c.id, 'mobile_money', 'vi', n.sealed
                            FROM unnest(CAST(:numbers AS text[]), CAST(:sealed AS bytea[])) AS n (e164, sealed), commune c
                            WHERE c.code = '05443' AND c.valid_to IS NULL RETURNING id, person_code)
                        INSERT INTO person_phone (person_id, e164)
                        SELECT id, substr(person_code, 7) FROM someone RETURNING person_id, e164"""),
                {
                    "numbers": numbers,
                    "sealed": [self.desk.vault.seal(PAYOUT_ACCOUNT, each.removeprefix("+")) for each in numbers],
                },
            ).all()
        return [Someone(row.person_id, Phone(row.e164)) for row in rows]
