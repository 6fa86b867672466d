"""Machines that write to us, reminders that are not wanted, and missed calls that are answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.http.line import PHONE, Town
from tests.http.texting import CAME, DID_NOT, Handset, receipts
from ussd_app.http.inbound import HANG_UP

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
