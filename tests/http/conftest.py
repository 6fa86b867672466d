"""A village line behind the real dialogue, the real database and Flask's own client: what gateways meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.http.line import Clock as TownClock
from tests.http.line import Town
from tests.http.texting import CAME, Handset
from ussd_app.actions.desk import Desk
from ussd_app.domain.caller import Service
from ussd_app.http.admission import Gate
from ussd_app.http.doorbell import Doorbell
from ussd_app.http.inbound import Numbers, inbound_callbacks
from ussd_app.http.turn import Dialogue
from ussd_app.http.ussd import ussd_callbacks
from ussd_app.http.wires.hubtel import Hubtel
from ussd_app.http.wires.truroute import TruRoute
from ussd_app.store import pins
from ussd_app.store.database import Database

NOON = datetime(2027, 1, 25, 5, 0, tzinfo=UTC)
CODE = "*8899#"
PIN = "2580"


@dataclass
class Clock:
    """Stands still until it is moved."""

    at: datetime = field(default=NOON)

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **much: float) -> None:
        self.at += timedelta(**much)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def dialogue(database: Database, desk: Desk, clock: Clock) -> Dialogue:
    return Dialogue(database, desk, Service("18001234", CODE), clock)


@pytest.fixture
def gateway_with(dialogue: Dialogue, database: Database) -> Callable[[Gate | None], FlaskClient]:
    """The gateways' door, with a gate of one's own in front."""

    def built(gate: Gate | None) -> FlaskClient:
        app = Flask("callbacks")
        wires = {each.name: each for each in (Hubtel(CODE), TruRoute(CODE))}
        app.register_blueprint(ussd_callbacks(dialogue, database, Doorbell(""), wires, gate))
        return app.test_client()

    return built


@pytest.fixture
def gateway(gateway_with: Callable[[Gate | None], FlaskClient]) -> FlaskClient:
    return gateway_with(None)


@pytest.fixture
def villager(database: Database) -> Callable[..., int]:
    """Somebody with a phone of their own and a PIN."""

    def add(phone: str, name: str = "Nguyễn Thị Phương", born: str = "1948-03-12", commune: str = "05443") -> int:
        with database.begin() as db:
            number = db.execute(
                text("""INSERT INTO person (person_code, full_name, gender, commune_id, payout_method, language,
                                            birth_date, birth_precision)
                        SELECT :code, :name, 'F', id, 'cash', 'vi', :born, 'day' FROM commune
                        WHERE code = :commune AND valid_to IS NULL RETURNING id"""),
                {"code": str(uuid4()), "name": name, "born": born, "commune": commune},
            ).scalar_one()
            db.execute(
                text("INSERT INTO person_phone (person_id, e164) VALUES (:id, :phone)"), {"id": number, "phone": phone}
            )
            pins.propose(db, number, PIN)
            pins.adopt_proposed(db, number)
        return number

    return add


@pytest.fixture
def town(database: Database, desk: Desk) -> Town:
    return Town(database, desk, TownClock(NOON))


@pytest.fixture
def handset(town: Town) -> Handset:
    app = Flask("callbacks")
    numbers = Numbers(CAME, "02083855689")
    doorbell = Doorbell("")
    app.register_blueprint(inbound_callbacks(town.database, town.desk, doorbell, "africas_talking", numbers, town.clock))
    return Handset(town, app.test_client())


@pytest.fixture
def paid(town: Town) -> Callable[..., int]:
    """A payment that was released, written straight into the book."""

    def pay(person: int, cycle: str = "2027-01", amount: int = 500_000) -> int:
        with town.database.begin() as db:
            batch = db.execute(
                text("""INSERT INTO officer (name, roles) VALUES (gen_random_uuid(), '{enters}') RETURNING id""")
            ).scalar_one()
            batch = db.execute(
                text("""INSERT INTO payment_batch (list_name, file_hash, entered_by)
                        VALUES ('x', '\\x00', :officer) RETURNING id"""),
                {"officer": batch},
            ).scalar_one()
            return db.execute(
                text("""INSERT INTO payment (batch_id, line, person_id, programme, cycle, amount, grant_id, state,
                                             released_at)
                        VALUES (:batch, 2, :person, 'social_pension', :cycle, :amount, gen_random_uuid(), 'released', now())
                        RETURNING id"""),
                {"batch": batch, "person": person, "cycle": cycle, "amount": amount},
            ).scalar_one()

    return pay
