"""Gateways that send only the last key: every repeat gets the same bytes and does nothing, whatever they can tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from ussd_app.store.database import Database

PHONE = "+84912000101"


def hubtel(gateway: FlaskClient, number: int, keys: str, kind: str = "response") -> dict[str, Any]:
    asked = {"SessionId": "h1", "Sequence": number, "Type": kind, "Message": keys, "Mobile": PHONE[1:], "Operator": "mtn"}
    return json.loads(gateway.post("/ussd/hubtel", json=asked).get_data())


def truroute(gateway: FlaskClient, keys: str, kind: int = 2, message_id: str = "") -> tuple[str, str]:
    named = f"<requestid>{message_id}</requestid>" if message_id else ""
    body = f"<ussd><msisdn>{PHONE[1:]}</msisdn><sessionid>t1</sessionid><type>{kind}</type><msg>{keys}</msg>{named}</ussd>"
    said = ElementTree.fromstring(gateway.post("/ussd/truroute", data=body, content_type="text/xml").get_data())
    return said.findtext("type") or "", said.findtext("msg") or ""


def wrong_tries(database: Database) -> int:
    with database.begin() as db:
        return db.execute(text("SELECT coalesce(sum(wrong_tries), 0) FROM pin")).scalar_one()


@pytest.fixture(autouse=True)
def _phuong(villager: Callable[..., int]) -> None:
    villager(PHONE)


def test_a_session_by_numbers(gateway: FlaskClient) -> None:
    home = hubtel(gateway, 1, "*8899#", "initiation")
    assert home["Message"].startswith("Kinh chao ba Phuong")
    balance = hubtel(gateway, 2, "1")
    assert balance["Message"].startswith("So du cua ba")
    assert balance == hubtel(gateway, 2, "1"), "a repeat"
    payments = hubtel(gateway, 3, "2")
    assert payments["Message"].startswith("Chua co khoan tien nao")
    assert payments == hubtel(gateway, 2, "1"), "an older one that comes late is answered with where the caller stands"
    assert hubtel(gateway, 4, "0")["Message"] == home["Message"]


def test_the_same_key_twice_is_two_keys_when_the_number_says_so(gateway: FlaskClient, database: Database) -> None:
    """The year of birth is asked for by people without a PIN: here, typed wrongly twice, and once repeated."""
    with database.begin() as db:
        db.execute(text("UPDATE pin SET hash = NULL"))
        db.execute(text("UPDATE person SET payout_method = 'mobile_money'"))
    hubtel(gateway, 1, "*8899#", "initiation")
    for number, keys in ((2, "9"), (3, "9"), (4, "9")):
        said = hubtel(gateway, number, keys)
        assert said == hubtel(gateway, number, keys)
    assert "18001234" in said["Message"], "three wrong keys, not six, lead to a free number"


def test_keys_dialled_with_the_code(gateway: FlaskClient) -> None:
    assert hubtel(gateway, 1, "*8899*1#", "initiation")["Message"].startswith("So du cua ba")


def test_a_key_for_a_session_we_never_heard_of_begins_at_the_beginning(gateway: FlaskClient) -> None:
    assert hubtel(gateway, 3, "1")["Message"].startswith("Kinh chao ba Phuong")


def test_the_end_of_a_session_is_kept(gateway: FlaskClient, database: Database) -> None:
    hubtel(gateway, 1, "*8899#", "initiation")
    gateway.post("/ussd/hubtel", json={"SessionId": "h1", "Sequence": 2, "Type": "timeout", "Operator": "mtn"})
    with database.begin() as db:
        ending = db.execute(text("SELECT session_id, status, network_code FROM visit_ending")).one()
    assert tuple(ending) == ("hubtel:h1", "Timeout", "mtn")


def test_with_an_id_for_each_message_every_earlier_one_is_known(gateway: FlaskClient) -> None:
    truroute(gateway, "*8899#", kind=1, message_id="a")
    balance = truroute(gateway, "1", message_id="b")
    payments = truroute(gateway, "2", message_id="c")
    assert payments[1] != balance[1]
    assert truroute(gateway, "1", message_id="b") == payments
    assert truroute(gateway, "2", message_id="c") == payments
    assert truroute(gateway, "0", message_id="d")[1].startswith("Kinh chao")


def test_with_neither_the_same_key_at_once_is_a_repeat_and_later_a_key(gateway: FlaskClient, clock: Any) -> None:
    truroute(gateway, "*8899#", kind=1)
    balance = truroute(gateway, "1")
    clock.passes(seconds=2)
    assert truroute(gateway, "1") == balance
    clock.passes(seconds=2)
    asked_how_much = truroute(gateway, "1")
    assert asked_how_much[1] != balance[1]


def test_another_key_is_never_a_repeat(gateway: FlaskClient) -> None:
    truroute(gateway, "*8899#", kind=1)
    balance = truroute(gateway, "1")
    assert truroute(gateway, "2")[1] != balance[1]


def test_two_gateways_may_use_the_same_session_id(gateway: FlaskClient) -> None:
    truroute(gateway, "*8899#", kind=1)
    form = {"phoneNumber": PHONE, "serviceCode": "*8899#", "sessionId": "t1", "networkCode": "99999", "text": "1"}
    assert gateway.post("/ussd", data=form).get_data(as_text=True).startswith("CON So du cua ba")
    assert truroute(gateway, "2")[1].startswith("Lan bam nay da khep lai")  # its own session, overtaken by the other


def test_a_wire_nobody_knows(gateway: FlaskClient) -> None:
    assert gateway.post("/ussd/carrier-pigeon", data="coo").status_code == 404


def test_africas_talking_may_be_named_too(gateway: FlaskClient) -> None:
    form = {"phoneNumber": PHONE, "serviceCode": "*8899#", "sessionId": "a1", "networkCode": "99999", "text": ""}
    assert gateway.post("/ussd/africas-talking", data=form).get_data(as_text=True).startswith("CON Kinh chao ba Phuong")
