"""The simulator's API: short answers, the networks' words passed on, and nobody let in from elsewhere."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from pretend_networks import ACCENTED, HOME, MESSAGE, RIGHT_CODE, pretend_networks
from sqlalchemy import text

from ussd_app.settings import Settings
from ussd_app.simulator.pages import simulator

ROUTE = "/simulator/api"
DAO = "+84912000101"


@pytest.fixture(scope="module")
def networks_there():
    with pretend_networks() as networks:
        yield networks


@pytest.fixture
def networks(networks_there):
    networks_there.asked.clear()
    networks_there.messages.clear()
    return networks_there


def browser(database, networks_url):
    app = Flask(__name__)
    app.register_blueprint(simulator(database, Settings(networks_url=networks_url)))
    return app.test_client()


@pytest.fixture
def page(database, networks):
    return browser(database, networks.url)


def add(database, name, phone, *, gender="F", language="vi", unproven=False):
    with database.begin() as db:
        person = db.execute(
            text("""INSERT INTO person (person_code, full_name, gender, commune_id, payout_method, language)
                    VALUES (gen_random_uuid(), :name, :gender, (SELECT min(id) FROM commune), 'cash', :language)
                    RETURNING id"""),
            {"name": name, "gender": gender, "language": language},
        ).scalar_one()
        db.execute(
            text("""INSERT INTO person_phone (person_id, e164, unproven_at)
                    VALUES (:person, :phone, CASE WHEN :unproven THEN now() END)"""),
            {"person": person, "phone": phone, "unproven": unproven},
        )


@pytest.fixture
def people(database):
    add(database, "Lò Văn Sơn", "+84391234567", gender="M")
    add(database, "Nguyễn Thị Đào", DAO)
    add(database, "Trần Hùng", DAO, gender="", language="en")
    add(database, "Hoàng Thị Mai", "+84912000102", unproven=True)


def opened(page, dialled="*8899#", phone=DAO):
    session = page.post(f"{ROUTE}/sessions", json={"phone": phone, "dialled": dialled}).json["session_id"]
    assert page.get(f"{ROUTE}/sessions/{session}").json["state"] == "waiting"
    return session


def pressed(page, session, keys):
    assert page.post(f"{ROUTE}/sessions/{session}/press", json={"keys": keys}).status_code == 202
    page.get(f"{ROUTE}/sessions/{session}")
    return page.get(f"{ROUTE}/sessions/{session}").json


# ---- the lists -------------------------------------------------------------------------------------------


def test_the_cast_comes_first_and_everyone_on_a_line_is_named_as_they_are_greeted(page, people):
    assert page.get(f"{ROUTE}/phones").json == [
        {"phone": DAO, "people": ["bà Đào", "Mr/Ms Hùng"], "languages": ["vi", "en"]},
        {"phone": "+84912000102", "people": [], "languages": ["vi"]},
        {"phone": "+84391234567", "people": ["ông Sơn"], "languages": ["vi"]},
    ]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("dao", [DAO]),
        ("Thị Đào", [DAO]),
        ("0912", [DAO, "+84912000102"]),
        ("+84 39 123", ["+84391234567"]),
        ("4567", ["+84391234567"]),
        ("100%", []),
        ("漢字", []),
    ],
)
def test_a_phone_is_found_by_any_part_of_its_number_or_of_a_name(page, people, search, found):
    assert [each["phone"] for each in page.get(f"{ROUTE}/phones", query_string={"search": search}).json] == found


def test_no_more_phones_than_asked_for(page, people):
    assert len(page.get(f"{ROUTE}/phones?limit=1").json) == 1
    assert len(page.get(f"{ROUTE}/phones?limit=many").json) == 3


def test_the_points_that_are_open(page, database):
    with database.begin() as db:
        db.execute(text("UPDATE point SET open = false WHERE code <> (SELECT min(code) FROM point)"))
    (point,) = page.get(f"{ROUTE}/points").json
    assert set(point) == {"code", "name", "commune_code"} and point["code"].startswith(point["commune_code"])


# ---- a call ----------------------------------------------------------------------------------------------


def test_a_call_is_answered_at_once_and_its_page_is_measured_when_it_comes(page, networks):
    session = opened(page)
    assert networks.asked[0] == (
        "/control/ussd/sessions",
        {"phone": DAO, "service_code": "*8899#", "text": ""},
    )
    home = page.get(f"{ROUTE}/sessions/{session}").json
    assert (home["state"], home["kind"], home["text"]) == ("open", "CON", HOME)
    assert (home["encoding"], home["units"], home["limit"], home["secret"]) == ("GSM-7", len(HOME), 160, False)


def test_a_page_with_accents_is_measured_in_ucs2(page):
    accents = pressed(page, opened(page), "2")
    assert (accents["encoding"], accents["units"], accents["limit"]) == ("UCS-2", len(ACCENTED), 80)


def test_a_page_that_asks_for_the_pin_says_so(page):
    assert pressed(page, opened(page), "4")["secret"] is True


def test_the_networks_own_message_is_no_page_of_ours(page):
    broken = pressed(page, opened(page), "6")
    assert (broken["state"], broken["kind"]) == ("ended", "ERROR") and "units" not in broken


def test_keys_may_be_dialled_behind_the_code(page, networks):
    session = opened(page, "*8899*1#")
    assert page.get(f"{ROUTE}/sessions/{session}").json["text"].startswith("So du")


def test_another_code_is_not_served(page, networks):
    answer = page.post(f"{ROUTE}/sessions", json={"phone": DAO, "dialled": "*101#"})
    assert answer.status_code == 422 and "*8899#" in answer.json["error"]
    assert not networks.asked


def test_hanging_up_and_calls_that_are_not_there(page, networks):
    session = opened(page)
    assert page.post(f"{ROUTE}/sessions/{session}/hang-up", json={}).status_code == 202
    assert page.get(f"{ROUTE}/sessions/nobody").status_code == 404


# ---- messages, cash, faults ------------------------------------------------------------------------------


def test_the_inbox_is_passed_on_as_it_is(page, networks):
    networks.messages.append(MESSAGE)
    assert page.get(f"{ROUTE}/phones/{DAO}/messages").json == [MESSAGE]
    assert networks.asked == [(f"/control/phones/{DAO}/messages", None)]


def test_cash_is_handed_over_or_a_sentence_says_why_not(page):
    paid = page.post(f"{ROUTE}/points/018401/redeem", json={"code": RIGHT_CODE})
    assert (paid.status_code, paid.json) == (200, {"amount": 500000, "reference": "MP1"})
    refused = page.post(f"{ROUTE}/points/018401/redeem", json={"code": "1"})
    assert (refused.status_code, refused.json) == (404, {"error": "There is no such code."})


def test_faults_are_set_and_listed(page):
    assert page.get(f"{ROUTE}/faults").json["sms_slow"]["setting"] is None
    assert page.post(f"{ROUTE}/faults", json={"sms_slow": 2}).json["sms_slow"]["setting"] == 2
    assert page.post(f"{ROUTE}/faults", json={"rain": 2}).status_code == 400


# ---- when something is wrong -----------------------------------------------------------------------------


def test_networks_that_do_not_answer(database):
    answer = browser(database, "http://127.0.0.1:1").get(f"{ROUTE}/phones/{DAO}/messages")
    assert answer.status_code == 502 and answer.json["error"].endswith(".")


@pytest.mark.parametrize("body", ["", "{", "[]", '"keys"'])
@pytest.mark.parametrize("path", ["/sessions", "/sessions/x/press", "/points/1/redeem", "/faults"])
def test_what_is_not_a_json_object_is_not_understood(page, path, body):
    answer = page.post(ROUTE + path, data=body, content_type="application/json")
    assert answer.status_code == 400 and answer.json["error"].endswith(".")


# ---- who may come in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/simulator/", "/simulator/static/main.js", f"{ROUTE}/phones"])
def test_only_this_machine_is_served(page, path):
    assert page.get(path).status_code == 200
    assert page.get(path, environ_base={"REMOTE_ADDR": "::1"}, headers={"Host": "[::1]:8000"}).status_code == 200
    assert page.get(path, environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 404
    for name in ("phones.example", "127.0.0.1.example:8000", "localhost.example", "[::1"):
        assert page.get(path, headers={"Host": name}).status_code in {400, 404}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 202),
        ({}, 202),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:8080"}, 403),
    ],
)
def test_no_other_web_page_presses_keys(page, said, status):
    assert page.post(f"{ROUTE}/sessions", json={"phone": DAO}, headers=said).status_code == status


def test_a_form_of_another_site_is_not_json(page):
    answer = page.post(f"{ROUTE}/sessions", data=json.dumps({"phone": DAO}), content_type="text/plain")
    assert answer.status_code == 415


def test_the_page_uses_nothing_but_its_own_files(page):
    answer = page.get("/simulator/")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert "style=" not in answer.text and "onclick" not in answer.text
    assert "//" not in answer.text.replace("<!doctype html>", "")


def test_nothing_of_the_api_is_kept_by_the_browser(page):
    assert page.get(f"{ROUTE}/phones").headers["Cache-Control"] == "no-store"
