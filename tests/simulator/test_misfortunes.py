"""What the simulator shows of the ledger beside a phone, and what it does to a SIM card and to Redis."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
import redis
from flask import Flask

from tests.village import PHUONG, Village
from ussd_app.actions.cash_outs import fail
from ussd_app.http.doorbell import Doorbell
from ussd_app.settings import Settings
from ussd_app.simulator.pages import simulator

API = "/simulator/api"


@pytest.fixture
def page(database):
    app = Flask(__name__)
    app.register_blueprint(simulator(database, Settings(networks_url="http://127.0.0.1:1")))
    return app.test_client()


def book(page) -> dict:
    (entry,) = page.get(f"{API}/phones/{PHUONG.e164}/ledger").json
    return entry


def test_the_ledger_in_words(page, village: Village):
    person = village.person()
    village.pay(person, amount=900_000)
    entry = book(page)
    assert (entry["person"], entry["free"], entry["held"], entry["cash_out"]) == ("bà Phương", "900.000đ", "0đ", None)
    assert [(each["amount"], each["words"]) for each in entry["last"]] == [("+900.000đ", "came from the state")]


def test_a_hold_and_what_became_of_it(page, village: Village, database, desk):
    person = village.person()
    village.pay(person, amount=900_000)
    village.ask_for_cash(person, 500_000)
    ((order,),) = village.rows("SELECT id FROM cash_out")
    assert isinstance(order, UUID)
    entry = book(page)
    assert (entry["free"], entry["held"], entry["cash_out"]["state"]) == ("400.000đ", "500.000đ", "held")
    assert entry["last"][0]["words"] == "held for cash at a pay point"
    with database.begin() as db:
        fail(db, desk, order, reason="no_cash", now=village.now)
    entry = book(page)
    assert (entry["free"], entry["held"]) == ("900.000đ", "0đ")
    assert {each["words"] for each in entry["last"]} == {
        "hold given back: no_cash",
        "held for cash, since settled",
        "came from the state",
    }


def test_another_sim_is_in_the_phone_until_it_is_proved(page, village: Village):
    village.person()
    assert page.post(f"{API}/phones/{PHUONG.e164}/sim", json={"proven": False}).json == {"proven": False, "people": 1}
    assert book(page) == {"person": "", "proven": False}
    page.post(f"{API}/phones/{PHUONG.e164}/sim", json={"proven": True})
    assert book(page)["person"] == "bà Phương"


def test_nobody_is_on_a_strangers_phone(page):
    assert page.get(f"{API}/phones/+84999888777/ledger").json == []


def test_only_a_redis_of_our_own_is_emptied(redis_url, tmp_path: Path):
    line = redis.Redis.from_url(redis_url)
    line.set("bell", "1")
    refusal = Doorbell(redis_url).empty(tmp_path)
    assert "not the stack's own" in refusal and line.get("bell") == b"1"
    own = Path(line.config_get("dir")["dir"]).parent
    assert Doorbell(redis_url).empty(own) == ""
    assert line.get("bell") is None
    assert Doorbell("").empty(own).endswith(".")


def test_the_page_empties_it_or_says_why_not(database):
    app = Flask(__name__)
    app.register_blueprint(
        simulator(database, Settings(networks_url="http://127.0.0.1:1"), iter(["", "Not ours."]).__next__)
    )
    page = app.test_client()
    assert page.post(f"{API}/redis/empty", json={}).json == {"emptied": True}
    refused = page.post(f"{API}/redis/empty", json={})
    assert (refused.status_code, refused.json) == (409, {"error": "Not ours."})
    assert page.post(f"{API}/redis/empty", json={}, environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 404


HOPS = [
    {"keys": "*8899#", "kind": "CON", "text": "Chao\n1 Xem", "dials": True},
    {"keys": "1", "kind": "END", "text": "So du 400.000d luc 09:30 5/1", "dropped": False},
]


def test_a_call_is_written_read_and_held_against_what_comes(page):
    wish = {"phone": PHUONG.e164, "hops": HOPS, "loosened": True}
    text = page.post(f"{API}/transcripts/write", json=wish).json["text"]
    script = page.post(f"{API}/transcripts/read", json={"text": text}).json
    assert (script["phone"], script["secrets"]) == (PHUONG.e164, [])
    assert [(step["does"], step["keys"], step["expected"]) for step in script["steps"]] == [
        ("dial", "*8899#", "CON"),
        ("press", "1", "END"),
    ]
    last = script["steps"][1] | {"kind": "END", "text": "So du 0d luc 10:00 6/1", "words": {}}
    assert page.post(f"{API}/transcripts/compare", json=last).json["same"] is True
    other = page.post(f"{API}/transcripts/compare", json=last | {"text": "Tam biet"}).json
    assert other["difference"] == ["- | So du …d luc …", "+ | Tam biet"]


def test_a_text_that_is_no_transcript_is_refused_in_words(page):
    refused = page.post(f"{API}/transcripts/read", json={"text": "dear diary"})
    assert refused.status_code == 422 and "Line 1" in refused.json["error"]
