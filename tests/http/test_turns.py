"""Turns through the web application on a real database: repeats, strangers, and what is not a turn at all."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.village import PHUONG, Village
from ussd_app.actions import cash_out_rules
from ussd_app.app import create_app
from ussd_app.domain.cash_out_rules import Fee, Limits
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Role
from ussd_app.settings import Settings
from ussd_app.store import pins
from ussd_app.store.vault import Vault


@pytest.fixture
def web(database_url: str) -> FlaskClient:
    settings = Settings(database_url=database_url, secret_key="a", data_key="a key for tests")
    return create_app(settings).test_client()


def turn(web: FlaskClient, session: str, typed: str, phone: str = PHUONG.e164) -> tuple[int, str]:
    form = {"phoneNumber": phone, "serviceCode": "*8899#", "text": typed, "sessionId": session, "networkCode": "99999"}
    answer = web.post("/callbacks/local/ussd", data=form)
    return answer.status_code, answer.text


def test_the_balance_is_one_key_away(web: FlaskClient, village: Village) -> None:
    village.pay(village.person())
    session = uuid4().hex
    assert turn(web, session, "")[1].startswith("CON Kinh chao ba Phuong\n1 Xem so du")
    assert turn(web, session, "1")[1].startswith("CON So du cua ba: 900.000d")


def test_a_repeat_gets_the_same_page_and_does_nothing(web: FlaskClient, village: Village) -> None:
    village.pay(village.person())
    session = uuid4().hex
    turn(web, session, "")
    turn(web, session, "3")
    pages = {turn(web, session, "3*2") for _ in range(5)}
    assert len(pages) == 1
    assert village.number("SELECT count(*) FROM complaint") == 1


def test_a_late_callback_gets_the_page_the_caller_is_on(web: FlaskClient, village: Village) -> None:
    village.pay(village.person())
    session = uuid4().hex
    turn(web, session, "")
    now_on = turn(web, session, "1")
    assert turn(web, session, "") == now_on
    assert turn(web, session, "7") == now_on, "no continuation of what was keyed"


def test_a_session_belongs_to_its_phone(web: FlaskClient, village: Village) -> None:
    village.pay(village.person())
    session = uuid4().hex
    turn(web, session, "")
    turn(web, session, "1")
    for typed in ("1", "1*1", ""):
        assert turn(web, session, typed, phone="+84912999999") == (400, "This session belongs to another phone.\n")


def test_an_unknown_phone_is_told_where_to_go(web: FlaskClient) -> None:
    status, page = turn(web, uuid4().hex, "", phone="+84912999999")
    assert (status, page[:30]) == (200, "END So may nay chua dang ky nh")


def test_a_plus_that_was_not_escaped_is_still_that_phone(web: FlaskClient, village: Village) -> None:
    village.person()
    raw = f"phoneNumber={PHUONG.e164}&serviceCode=*8899#&text=&sessionId=s&networkCode="
    page = web.post("/callbacks/local/ussd", data=raw, content_type="application/x-www-form-urlencoded")
    assert page.text.startswith("CON Kinh chao ba Phuong")


def test_a_wrong_token_is_as_if_nothing_were_there(web: FlaskClient) -> None:
    for call in (web.get, web.post, web.put):
        assert call("/callbacks/guessed/ussd").status_code == 404


def test_only_this_machine_is_served_with_the_public_token(web: FlaskClient) -> None:
    answer = web.post("/callbacks/local/ussd", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert answer.status_code == 404


def test_a_database_that_is_away_is_said_kindly() -> None:
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/none", secret_key="a", data_key="b")
    status, page = turn(create_app(settings).test_client(), "s", "")
    assert status == 200
    assert page.startswith("END Dang co nhieu nguoi goi. Tien cua ong/ba khong mat.")


def test_a_wallet_has_the_limits_of_the_provider_that_pays_into_it(database_url: str, village: Village) -> None:
    long_since = date(2026, 1, 1)
    settings = Settings(
        database_url=database_url, secret_key="a", data_key="a key for tests", momo_providers="mtn_momo,gsma"
    )
    person = village.person(method="mobile_money")
    village.pay(person)
    sealed = Vault(settings.keys()[1]).seal("payout account", PHUONG.e164[1:])
    officer = village.officer("quang", Role.APPROVES)
    with village.database.begin() as db:
        pins.propose(db, person, "2580")
        pins.adopt_proposed(db, person)
        db.execute(text("UPDATE person SET payout_account_sealed = :a WHERE id = :id"), {"a": sealed, "id": person})
        for provider, most in (("gsma", 500_000), ("mtn_momo", 200_000)):
            limits = Limits(most=Dong(most))
            cash_out_rules.set_limits(db, provider, long_since, limits, "a contract", officer, village.now)
        cash_out_rules.set_fee(db, "mtn_momo", long_since, Fee(2_000), "a contract", officer, village.now)
    phone = create_app(settings).test_client()
    session, typed = uuid4().hex, ["4", "1", "5", "200000"]
    pages = [turn(phone, session, "*".join(typed[:each]))[1] for each in range(5)]
    assert "Moi lan rut toi da 500.000d" in pages[1]
    assert "Vao Mobile Money, moi lan tu 0d den 200.000d" in pages[3]
    assert "Chuyen 200.000d vao Mobile Money, so duoi 101. Phi 2.000d. Con lai 698.000d" in pages[4]
