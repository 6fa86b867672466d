"""Text messages as Africa's Talking posts them: kept once, done once, answered in one part."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from sms.gsm import cost
from tests.http.line import OTHER, PHONE, Town
from tests.http.texting import Handset, receipts
from ussd_app.store import phones
from ussd_app.store.inbound import BODY

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
