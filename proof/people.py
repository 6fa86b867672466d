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
        with self.database.begin() as db:
            rows = db.execute(
                text("""WITH known AS (SELECT count(*) AS n FROM person),
                        someone AS (
                            INSERT INTO person (person_code, full_name, gender, commune_id, payout_method, language)
                            SELECT 'proof-' || (known.n + g), 'Nguyễn Thị Phương', 'F', c.id, 'cash', 'vi'
                            FROM known, generate_series(1, :many) g, commune c
                            WHERE c.code = '05443' AND c.valid_to IS NULL RETURNING id)
                        INSERT INTO person_phone (person_id, e164)
                        SELECT id, '+849' || lpad(id::text, 8, '0') FROM someone RETURNING person_id, e164"""),
                {"many": AT_ONCE},
            ).all()
        return [Someone(row.person_id, Phone(row.e164)) for row in rows]
