"""The faults of the line between gateway and product, and the network's patience with one call."""

from __future__ import annotations

import threading
from urllib.parse import parse_qs

import pytest
from foreign_service import foreign_service

from tests.simulator.conftest import Told, until
from ussd_app.simulator.gateway import LINE_DROPPED, NETWORK_MESSAGE, TIMED_OUT_MESSAGE, GoodLine, UssdSession
from ussd_app.simulator.networks.faults import BadFault, Faults
from ussd_app.simulator.networks.ussd_gateway import Patience, Switchboard
from ussd_app.simulator.networks.ussd_line import FaultyLine

PHONE, CODE = "+84912345678", "*8899#"


@pytest.fixture
def service():
    with foreign_service() as service:
        yield service


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def session(service, faults):
    """On a line where nobody waits for real."""
    in_a_hurry = threading.Event()
    in_a_hurry.set()
    where = {"ussd_url": f"{service.url}/ussd", "events_url": f"{service.url}/ends"}
    return UssdSession("", PHONE, CODE, line=FaultyLine(faults, in_a_hurry), **where)


def test_the_line_drops_at_the_page_that_was_named_and_the_product_has_answered_it(session, service, faults):
    faults.set({"ussd_drop_at": 2})
    assert session.dial().kind == "CON"
    assert session.press("1").text == NETWORK_MESSAGE
    assert (session.ended, session.error) == ("Incomplete", LINE_DROPPED)
    assert [turn["text"] for turn in service.turns] == ["", "1"]
    assert service.ends[0]["status"] == "Incomplete"
    assert faults.listing()["ussd_drop_at"]["setting"] is None


def test_a_turn_that_is_sent_twice_says_whether_it_was_answered_the_same(session, service, faults):
    faults.set({"ussd_repeat": 2})
    session.dial()
    assert session.notes == ("The turn was sent twice; the answer was the same.",)
    service.said, service.answer = _Forgetful(), lambda text, turns: f"CON {turns}"
    session.press("1")
    assert session.notes == ("The turn was sent twice; the answer was another.",)
    assert [turn["text"] for turn in service.turns] == ["", "", "1", "1"]
    assert session.press("2") and session.notes == ()


class _Forgetful(dict):
    def setdefault(self, key, default=None):
        return default


def test_an_older_turn_comes_behind_the_newer_and_the_phone_shows_the_newer(session, service, faults):
    faults.set({"ussd_reorder": 1})
    session.dial()
    assert "balance" in session.press("1").text
    assert [turn["text"] for turn in service.turns] == ["", "1", ""]
    assert session.notes == ("The turn before came once more; the answer was another.",)


@pytest.mark.parametrize(("seconds", "kind"), [(2, "CON"), (9, "CON"), (11, "ERROR")])
def test_a_slow_answer_is_waited_for_as_long_as_the_gateway_waits(session, service, faults, seconds, kind):
    faults.set({"ussd_slow_s": seconds})
    assert session.dial().kind == kind
    assert len(service.turns) == 1
    if kind == "ERROR":
        assert "waits 10 s" in session.error and session.ended == "Failed"
    else:
        assert session.screen and session.screen.took_s >= seconds


@pytest.mark.parametrize("value", [0.5, "always", 0, "2"])
def test_a_place_and_a_length_are_whole_numbers(faults, value):
    with pytest.raises(BadFault):
        faults.set({"ussd_slow_s": value})


def test_always_is_until_it_is_cleared(faults):
    faults.set({"money_unavailable": "always"})
    assert all(faults.strikes("money_unavailable") for _ in range(5))
    faults.set({})
    assert not faults.strikes("money_unavailable")


@pytest.mark.parametrize(
    ("patience", "why"),
    [(Patience(idle_s=0), "No key came within 0 s"), (Patience(session_s=0), "A call lasts 0 s at most")],
)
def test_the_network_ends_a_call_when_its_patience_does(product, patience, why):
    product.answer = lambda told: (200, "CON Chao") if told.path.endswith("/ussd") else (200, "")
    switchboard = Switchboard(f"{product.url}/callbacks/local", GoodLine(), patience)
    call = switchboard.find(switchboard.dial(PHONE, CODE, ""))
    assert call
    until(lambda: not call.waiting)
    switchboard.end_the_overdue()
    ended = until(lambda: (said := call.as_json())["state"] == "ended" and said)
    assert (ended["text"], ended["error"], ended["ending"]) == (TIMED_OUT_MESSAGE, why, "Incomplete")
    assert _status(product.hears(), product.hears()) == "Incomplete"


def _status(_turn: Told, event: Told) -> str:
    return parse_qs(event.body)["status"][0]


def test_a_call_says_how_long_it_may_still_last(product):
    product.answer = lambda told: (200, "CON Chao")
    switchboard = Switchboard(f"{product.url}/callbacks/local", GoodLine(), Patience(30, 180))
    call = switchboard.find(switchboard.dial(PHONE, CODE, ""))
    assert call
    until(lambda: not call.waiting)
    switchboard.end_the_overdue()
    clock = call.as_json()["clock"]
    assert call.as_json()["state"] == "open"
    assert (clock["idle_limit_s"], clock["session_limit_s"]) == (30, 180)
    assert 0 < clock["idle_left_s"] <= 30 and 0 < clock["session_left_s"] <= 180


def test_the_screens_name_travels_with_the_page(product):
    product.answer, product.answer_headers = (lambda told: (200, "CON Chao")), [("at-ussd-hop-metadata", "home")]
    switchboard = Switchboard(f"{product.url}/callbacks/local", GoodLine(), Patience())
    call = switchboard.find(switchboard.dial(PHONE, CODE, ""))
    assert call
    until(lambda: not call.waiting)
    assert call.as_json()["screen"] == "home"
