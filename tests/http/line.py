"""A phone on the line to the real dialogue on a real database, without a web server between."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import text

from ussd_app.actions.desk import Desk
from ussd_app.domain.caller import ClosedHours, Service
from ussd_app.domain.phone import Phone
from ussd_app.http.turn import Callback, Dialogue
from ussd_app.store.database import Database
from ussd_app.store.messages import BODY
from ussd_app.store.visits import keep_ending

PHONE, OTHER = Phone("+84912000101"), Phone("+84912000102")
SERVICE = Service("18001234", "*8899#")


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Town:
    """A database with people in it, and the dialogue that serves them."""

    database: Database
    desk: Desk
    clock: Clock
    hours: ClosedHours | None = None
    _sessions: count[int] = field(default_factory=lambda: count(1))

    @property
    def dialogue(self) -> Dialogue:
        return Dialogue(self.database, self.desk, SERVICE, self.clock, self.hours)

    def person(self, name: str, *phones: Phone, method: str = "cash", code: str | None = None) -> int:
        with self.database.begin() as db:
            person_id = db.execute(
                text("""INSERT INTO person (person_code, full_name, birth_date, birth_precision, gender, commune_id,
                            payout_method, language)
                        SELECT :code, :name, '1948-03-12', 'day', 'F', id, :method, 'vi' FROM commune
                        WHERE code = '05443' RETURNING id"""),
                {"code": code or name, "name": name, "method": method},
            ).scalar_one()
            for phone in phones:
                db.execute(
                    text("INSERT INTO person_phone (person_id, e164) VALUES (:person, :phone)"),
                    {"person": person_id, "phone": phone.e164},
                )
        return int(person_id)

    def dial(self, phone: Phone = PHONE, keys: str = "") -> Session:
        session = Session(self, phone, f"session-{next(self._sessions)}", keys)
        session.page = session.send(keys)
        return session

    def do(self, sql: str, **values: object) -> None:
        with self.database.begin() as db:
            db.execute(text(sql), values)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.database.begin() as db:
            return [tuple(row) for row in db.execute(text(sql))]

    def inbox(self, phone: Phone = PHONE) -> list[str]:
        """What waits to be sent to a phone, oldest first."""
        with self.database.begin() as db:
            rows = db.execute(
                text("SELECT body_sealed FROM sms_message WHERE e164 = :phone ORDER BY id"), {"phone": phone.e164}
            )
            return [self.desk.vault.open(BODY, bytes(row.body_sealed)) for row in rows]


@dataclass
class Session:
    """One session as the gateway sends it: everything keyed so far, joined by stars."""

    town: Town
    phone: Phone
    id: str
    text: str
    page: str = ""

    def send(self, whole_text: str) -> str:
        return self.town.dialogue.answer(Callback(self.id, self.phone, whole_text, "99999")).body

    def press(self, *keys: str) -> str:
        for key in keys:
            self.text = f"{self.text}*{key}" if self.text else key
            self.page = self.send(self.text)
        return self.page

    def ends(self, status: str) -> bool:
        """The gateway's event."""
        now = self.town.clock()
        with self.town.database.begin() as db:
            keep_ending(db, session_id=self.id, status=status, network_code="", duration_ms=None, hops=None, now=now)
        return self.town.dialogue.tell_after_cut(self.id, status)
