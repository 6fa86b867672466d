"""Text messages and missed calls as Africa's Talking posts them: kept once, done once, answered in one part."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from sms.gsm import cost
from tests.http.line import OTHER, PHONE, Town
from ussd_app.domain.phone import Phone
from ussd_app.http.doorbell import Doorbell
from ussd_app.http.inbound import HANG_UP, Numbers, inbound_callbacks
from ussd_app.store import phones
from ussd_app.store.inbound import BODY

CAME, DID_NOT = "+842083855688", "+842083855689"


@dataclass
class Handset:
    """Sends messages and rings; `inbox` is what waits to be sent back."""

    town: Town
    gateway: FlaskClient
    phone: Phone = PHONE
    _ids: count[int] = field(default_factory=lambda: count(1))

    def post(self, words: str, id: str, sender: str | None = None) -> int:
        form = {
            "id": id,
            "from": sender or self.phone.e164,
            "to": "8899",
            "text": words,
            "date": "2027-01-25T05:00:00Z",
            "linkId": "28a92cdf-2d63-4ee3-93df-4233d3de0356",
            "networkCode": "45204",
        }
        return self.gateway.post("/sms-inbound", data=form).status_code

    def says(self, words: str, sender: str | None = None) -> str:
        """The answer; nothing when there is none."""
        before = len(self.town.inbox(self.phone))
        assert self.post(words, f"in-{next(self._ids)}", sender) == 200
        inbox = self.town.inbox(self.phone)
        assert len(inbox) <= before + 1
        return inbox[-1] if len(inbox) > before else ""

    def rings(self, number: str, session: str = "ATVId_1", active: str = "1") -> str:
        form = {
            "isActive": active,
            "sessionId": session,
            "direction": "Inbound",
            "callerNumber": self.phone.e164,
            "destinationNumber": number,
        }
        answer = self.gateway.post("/voice", data=form)
        assert answer.content_type == "application/xml"
        return answer.text


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


def receipts(town: Town) -> list[tuple[object, ...]]:
    return town.rows("SELECT cycle, receipt FROM payment ORDER BY cycle")


# ---- what is asked, and answered -------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["so du", "SODU", "Số dư", "so\u0302\u0301 du\u031b", "xem so du ạ", "sodi"])
def test_the_balance(town: Town, handset: Handset, words: str):
    town.person("Nguyễn Thị Đào", PHONE)
    assert handset.says(words) == (
        "ASXH: So du cua ba: 0d luc 12:00 25/01. Muon rut xin bam *8899#. Hoi 18001234 mien phi. Khong nhan ma PIN cho ai."
    )


def test_what_was_sent_elsewhere(town: Town, handset: Handset, paid: Callable[..., int]):
    person = town.person("Nguyễn Thị Đào", PHONE, method="bank")
    assert "chua co khoan tien nao" in handset.says("so du")
    paid(person)
    assert "Tien cua ba vao tai khoan ngan hang. Gan nhat la 500.000d ky 01/2027." in handset.says("so du")


def test_the_money_came(town: Town, handset: Handset, paid: Callable[..., int]):
    paid(town.person("Nguyễn Thị Đào", PHONE))
    assert handset.says("1").startswith("ASXH: Da ghi ba nhan du 500.000d ky 01/2027, ma N")
    assert receipts(town) == [("2027-01", "received")]
    assert town.rows("SELECT lane, kind FROM sms_message") == [(1, "reply_received")]


def test_the_money_did_not_come(town: Town, handset: Handset, paid: Callable[..., int]):
    paid(town.person("Nguyễn Thị Đào", PHONE))
    answer = handset.says("chưa nhận được")
    assert answer.startswith("ASXH: Da ghi phieu P")
    assert "ba bao chua nhan, 500.000d ky 01/2027. Can bo goi lai truoc ngay 30/1." in answer
    assert town.rows("SELECT kind, state FROM complaint") == [("not_received", "open")]


@pytest.mark.parametrize(("words", "came"), [("3", None), ("3 450.000", 450_000), ("sai, chi nhan 450 nghin", 450_000)])
def test_not_all_of_it_came(town: Town, handset: Handset, paid: Callable[..., int], words: str, came: int | None):
    paid(town.person("Nguyễn Thị Đào", PHONE))
    assert "bao sai so tien" in handset.says(words)
    assert town.rows("SELECT kind, received_amount FROM complaint") == [("wrong_amount", came)]


def test_an_answer_is_about_what_was_asked_else_about_the_newest(town: Town, handset: Handset, paid: Callable[..., int]):
    person = town.person("Nguyễn Thị Đào", PHONE)
    paid(person, "2026-11")
    asked = paid(person, "2026-12")
    paid(person, "2027-01")
    town.do("UPDATE payment SET asked_at = now() WHERE id = :id", id=asked)
    assert "ky 12/2026" in handset.says("1")
    town.clock.passes(3600)
    assert "ky 01/2027" in handset.says("1")
    assert receipts(town) == [("2026-11", "not_asked"), ("2026-12", "received"), ("2027-01", "received")]


def test_said_twice_is_said_once(town: Town, handset: Handset, paid: Callable[..., int]):
    """The same words two seconds later under another id: another message, and no answer about another payment."""
    person = town.person("Nguyễn Thị Đào", PHONE)
    paid(person, "2026-12")
    paid(person, "2027-01")
    assert "ky 01/2027" in handset.says("1")
    town.clock.passes(2)
    assert handset.says("1") == ""
    town.clock.passes(60)
    assert "500.000d ky 01/2027 da ghi la da nhan du. Ba muon sua lai xin goi 18001234" in handset.says("2")
    assert receipts(town) == [("2026-12", "not_asked"), ("2027-01", "received")]


def test_nothing_waits_for_an_answer(town: Town, handset: Handset, paid: Callable[..., int]):
    person = town.person("Nguyễn Thị Đào", PHONE)
    assert "Khong co khoan nao cho ba tra loi" in handset.says("1")
    paid(person)
    handset.says("2")
    town.clock.passes(3600)
    assert "ky 01/2027 da ghi la chua nhan" in handset.says("1")


def test_money_never_moves_by_message(town: Town, handset: Handset):
    town.person("Nguyễn Thị Đào", PHONE)
    answer = handset.says("rut 500.000")
    assert answer.startswith("ASXH: Rut tien can ma PIN nen khong lam qua tin nhan. Moi ba bam *8899# de rut.")
    assert town.rows("SELECT 1 FROM cash_out") == []


def test_every_answer_is_one_part(town: Town, handset: Handset, paid: Callable[..., int]):
    paid(town.person("Nguyễn Thị Đào", PHONE))
    for words in ("so du", "1", "2", "rut", "tro giup", "dung", "tiep", "2580", "???"):
        town.clock.passes(3600)
        assert cost(handset.says(words)).parts == 1


# ---- secrets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["2580", "pin 2580", "2 5 8 0", "ma cua toi la 4821-9375", "rut 500000 2580"])
def test_what_looks_like_a_pin_is_answered_and_not_kept(
    town: Town, handset: Handset, words: str, caplog: pytest.LogCaptureFixture
):
    town.person("Nguyễn Thị Đào", PHONE)
    assert "khong nhan ma PIN hay ma rut tien cho ai, ke ca so nay. Ma vua nhan khong duoc luu." in handset.says(words)
    with town.database.begin() as db:
        sealed = bytes(db.execute(text("SELECT body_sealed FROM inbound")).scalar_one())
        whole_row = str(db.execute(text("SELECT i.*::text FROM inbound i")).one())
    kept = town.desk.vault.open(BODY, sealed)
    assert not any(secret in kept.replace(" ", "").replace("-", "") for secret in ("2580", "4821"))
    assert words not in whole_row
    assert "2580" not in caplog.text


def test_what_is_kept_is_sealed(town: Town, handset: Handset):
    town.person("Nguyễn Thị Đào", PHONE)
    handset.says("con toi om, 1 thang nay khong di lai duoc")
    ((sealed,),) = town.rows("SELECT body_sealed FROM inbound")
    assert isinstance(sealed, bytes)
    assert b"om" not in sealed
    assert town.desk.vault.open(BODY, sealed) == "con toi om, 1 thang nay khong di lai duoc"


# ---- once ------------------------------------------------------------------------------------------------


def test_the_same_message_again_does_nothing_for_as_long_as_it_is_repeated(
    town: Town, handset: Handset, paid: Callable[..., int]
):
    person = town.person("Nguyễn Thị Đào", PHONE)
    paid(person, "2026-12")
    paid(person, "2027-01")
    for _ in range(12):
        assert handset.post("1", "ATXid_1") == 200
        town.clock.passes(3600)
    assert receipts(town) == [("2026-12", "not_asked"), ("2027-01", "received")]
    assert len(town.inbox()) == 1


def test_fifty_posts_at_once_act_once(town: Town, handset: Handset, paid: Callable[..., int]):
    person = town.person("Nguyễn Thị Đào", PHONE)
    paid(person, "2026-12")
    paid(person, "2027-01")
    with ThreadPoolExecutor(8) as many:
        assert set(many.map(lambda _: handset.post("2", "ATXid_1"), range(50))) == {200}
    assert receipts(town) == [("2026-12", "not_asked"), ("2027-01", "not_received")]
    assert len(town.rows("SELECT 1 FROM complaint")) == len(town.inbox()) == 1


def test_fifty_messages_that_say_the_same_answer_one_payment(town: Town, handset: Handset, paid: Callable[..., int]):
    person = town.person("Nguyễn Thị Đào", PHONE)
    paid(person, "2026-12")
    paid(person, "2027-01")
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda number: handset.post("1", f"ATXid_{number}"), range(50)))
    assert receipts(town) == [("2026-12", "not_asked"), ("2027-01", "received")]
    assert len(town.inbox()) == 1


# ---- who may hear it -------------------------------------------------------------------------------------


def test_a_shared_phone_is_told_to_dial(town: Town, handset: Handset, paid: Callable[..., int]):
    paid(town.person("Nguyễn Thị Đào", PHONE))
    town.person("Trần Văn Nam", PHONE)
    answer = handset.says("1")
    assert answer == (
        "ASXH: So may nay co nhieu nguoi dung chung. Xin bam *8899# roi chon ten minh, hoac goi 18001234 mien phi."
    )
    assert handset.says("so du") == ""
    assert receipts(town) == [("2027-01", "not_asked")]


def test_an_unproven_number_hears_nothing_private(town: Town, handset: Handset, paid: Callable[..., int]):
    paid(town.person("Nguyễn Thị Đào", PHONE))
    with town.database.begin() as db:
        phones.doubt(db, PHONE.e164, because="silent", officer_id=None, now=town.clock())
    answer = handset.says("so du")
    assert answer.startswith("ASXH: So may nay can xac minh lai.")
    assert "Dao" not in answer
    assert handset.says("1") == ""
    assert receipts(town) == [("2027-01", "not_asked")]


def test_a_helper_is_told_to_dial(town: Town, handset: Handset):
    person = town.person("Nguyễn Thị Đào", PHONE)
    town.do("INSERT INTO officer (name, roles) VALUES ('lan', '{enters}')")
    town.do(
        """INSERT INTO helper (person_id, e164, name, consent, recorded_by, since)
           SELECT :person, :phone, 'Nam', 'at home', id, now() FROM officer""",
        person=person,
        phone=OTHER.e164,
    )
    handset.phone = OTHER
    assert "Xin bam *8899#" in handset.says("so du")


def test_a_stranger_is_told_once_a_day_where_to_go(town: Town, handset: Handset):
    assert "chua dang ky nhan tro cap" in handset.says("so du")
    assert handset.says("1") == ""
    town.clock.passes(86_401)
    assert "chua dang ky" in handset.says("hello")


# ---- machines --------------------------------------------------------------------------------------------


def test_what_is_not_understood_is_helped_once_a_day(town: Town, handset: Handset):
    town.person("Nguyễn Thị Đào", PHONE)
    assert handset.says("Chuc mung nam moi!").startswith("ASXH: Nhan SO DU xem tien")
    assert handset.says("I am driving and will answer later.") == ""
    assert handset.says("tro giup").startswith("ASXH: Nhan SO DU xem tien")
    town.clock.passes(86_401)
    assert handset.says("???") != ""


def test_two_machines_that_answer_each_other_come_to_an_end(town: Town, handset: Handset):
    town.person("Nguyễn Thị Đào", PHONE)
    for _ in range(60):
        handset.says("so du")
    assert len(town.inbox()) == 20


@pytest.mark.parametrize("sender", ["8899", "900", "VIETTEL", "MobiFone_TB", "+8899", "", "unknown"])
def test_nobody_answers_a_sender_that_is_no_phone(town: Town, handset: Handset, sender: str):
    form = {"id": "x", "from": sender, "to": "8899", "text": "so du"}
    assert handset.gateway.post("/sms-inbound", data=form).status_code == 200
    assert town.rows("SELECT 1 FROM sms_message") == []
    assert town.rows("SELECT sender, e164 FROM inbound") == [(sender, None)]


@pytest.mark.parametrize(
    "form", [{}, {"id": "x"}, {"id": "", "from": "+84912000101"}, {"id": "x" * 300, "from": "+84912000101", "text": "1"}]
)
def test_what_cannot_be_a_message_is_refused_in_a_sentence(handset: Handset, form: dict[str, str]):
    answer = handset.gateway.post("/sms-inbound", data=form)
    assert (answer.status_code, answer.text.count("\n")) == (400, 1)


@pytest.mark.parametrize("words", ["", "\x00\x1b[2J", "🙏" * 700, "a" * 60_000, "\ufffd", "1\x00"])
def test_whatever_a_phone_can_write_is_taken(town: Town, handset: Handset, words: str):
    town.person("Nguyễn Thị Đào", PHONE)
    assert handset.post(words, "x") == 200
    assert len(town.rows("SELECT 1 FROM inbound")) == 1


# ---- reminders -------------------------------------------------------------------------------------------


def waiting(town: Town, key: str, lane: int) -> None:
    town.do(
        """INSERT INTO sms_message (dedup_key, e164, kind, lane, body_sealed, next_attempt_at, expires_at)
           VALUES (:key, :phone, 'x', :lane, '\\x00', now(), now() + interval '1 day')""",
        key=key,
        phone=PHONE.e164,
        lane=lane,
    )


def test_reminders_stop_and_money_is_still_told(town: Town, handset: Handset):
    town.person("Nguyễn Thị Đào", PHONE)
    waiting(town, "money", 1)
    waiting(town, "reminder", 2)
    town.do("UPDATE sms_message SET body_sealed = :sealed", sealed=town.desk.vault.seal("message", "x"))
    assert "khong gui tin nhac den so nay. Tin bao ve tien cua ba van gui. Nhan TIEP de nhan lai." in handset.says("dừng")
    assert town.rows("SELECT dedup_key, state FROM sms_message WHERE kind = 'x' ORDER BY id") == [
        ("money", "waiting"),
        ("reminder", "expired"),
    ]
    assert town.rows("SELECT via, ended_at FROM opt_out") == [("sms", None)]
    assert "Tin nhac lai duoc gui" in handset.says("TIẾP")
    assert town.rows("SELECT 1 FROM opt_out WHERE ended_at IS NULL") == []


def test_the_carriers_own_opt_out(town: Town, handset: Handset):
    form = {"senderId": "ASXH", "phoneNumber": PHONE.e164}
    assert handset.gateway.post("/sms-opt-outs", data=form).status_code == 200
    assert handset.gateway.post("/sms-opt-outs", data=form).status_code == 200
    assert town.rows("SELECT e164, via FROM opt_out") == [(PHONE.e164, "carrier")]
    assert handset.gateway.post("/sms-opt-outs", data={"senderId": "ASXH", "phoneNumber": "x"}).status_code == 400
    assert town.rows("SELECT 1 FROM sms_message") == []


# ---- missed calls ----------------------------------------------------------------------------------------


def test_a_missed_call_is_an_answer_and_costs_nothing(town: Town, handset: Handset, paid: Callable[..., int]):
    person = town.person("Nguyễn Thị Đào", PHONE)
    paid(person, "2026-12")
    paid(person, "2027-01")
    assert handset.rings(CAME) == HANG_UP
    handset.rings(CAME)
    handset.rings(CAME, active="0")
    assert receipts(town) == [("2026-12", "not_asked"), ("2027-01", "received")]
    (told,) = town.inbox()
    assert "Da ghi ba nhan du 500.000d ky 01/2027" in told


def test_a_missed_call_to_the_other_number_opens_a_ticket(town: Town, handset: Handset, paid: Callable[..., int]):
    paid(town.person("Nguyễn Thị Đào", PHONE))
    handset.rings(DID_NOT)
    assert town.rows("SELECT kind FROM complaint") == [("not_received",)]


def test_other_calls_say_nothing(town: Town, handset: Handset, paid: Callable[..., int]):
    paid(town.person("Nguyễn Thị Đào", PHONE))
    assert handset.rings("+842083855000", "other number") == HANG_UP
    for caller in ("", "Anonymous", "8899"):
        form = {"sessionId": f"by {caller}", "callerNumber": caller, "destinationNumber": CAME, "isActive": "1"}
        assert handset.gateway.post("/voice", data=form).text == HANG_UP
    outbound = {"sessionId": "ours", "direction": "Outbound", "callerNumber": PHONE.e164, "destinationNumber": CAME}
    handset.gateway.post("/voice", data=outbound)
    assert receipts(town) == [("2027-01", "not_asked")]
    assert town.inbox() == []
    assert handset.gateway.post("/voice", data={"isActive": "1"}).status_code == 400
