"""The gateway posts each turn as Africa's Talking does, and takes only CON and END for an answer."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
import requests

from ussd_app.simulator.gateway import NETWORK_MESSAGE, UssdSession

PHONE = "+84912345678"
CODE = "*8899#"


@pytest.fixture
def dialled(product):
    """A call that is at its first page, and a product that says whatever `product.answer` says."""
    product.answer = lambda told: (200, "CON Chao ba") if told.path.endswith("/ussd") else (200, "")
    session = UssdSession(f"{product.url}/callbacks/local", PHONE, CODE)
    session.dial()
    return session


def end_with(product, status, text):
    product.answer = lambda told: (status, text) if told.path.endswith("/ussd") else (200, "")


def test_the_form_is_africas_talkings_to_the_letter(dialled, product):
    told = product.hears()
    assert (told.method, told.path) == ("POST", "/callbacks/local/ussd")
    assert parse_qsl(told.body, keep_blank_values=True) == [
        ("phoneNumber", PHONE),
        ("serviceCode", CODE),
        ("text", ""),
        ("sessionId", dialled.session_id),
        ("networkCode", "99999"),
    ]
    assert (told.headers["CONTENT_TYPE"], told.headers["USER_AGENT"], told.headers["ACCEPT_ENCODING"]) == (
        "application/x-www-form-urlencoded",
        "at-ussd-api/1.0",
        "gzip",
    )
    assert len(dialled.session_id) == len("ATUid_") + 32


def test_what_was_typed_grows_with_stars_and_an_empty_reply_keeps_its_place(dialled, product):
    product.hears()
    texts = []
    for keys in ("1", "", "0912"):
        dialled.press(keys)
        texts.append(dict(parse_qsl(product.hears().body, keep_blank_values=True))["text"])
    assert texts == ["1", "1*", "1**0912"]


def test_a_chain_may_be_dialled_at_once(product):
    end_with(product, 200, "CON Chao")
    UssdSession(f"{product.url}/callbacks/local", PHONE, CODE).dial("1*2")
    assert dict(parse_qsl(product.hears().body))["text"] == "1*2"


def test_the_last_page_ends_the_call_and_the_event_says_all(dialled, product):
    product.hears()
    end_with(product, 200, "END Tam biet")
    screen = dialled.press("1")
    assert (screen.kind, screen.text, dialled.ended) == ("END", "Tam biet", "Success")
    product.hears()
    told = product.hears()
    event = dict(parse_qsl(told.body, keep_blank_values=True))
    assert told.path == "/callbacks/local/ussd-events"
    assert {name: event[name] for name in ("sessionId", "status", "hopsCount", "input", "lastAppResponse")} == {
        "sessionId": dialled.session_id,
        "status": "Success",
        "hopsCount": "2",
        "input": "1",
        "lastAppResponse": "END Tam biet",
    }
    with pytest.raises(ValueError, match="not open"):
        dialled.press("1")


@pytest.mark.parametrize(
    ("status", "text"), [(200, " CON Chao"), (200, "con Chao"), (200, ""), (200, "END"), (500, "END Loi"), (302, "")]
)
def test_any_other_answer_is_the_networks_own_message_and_a_failed_call(dialled, product, status, text):
    product.hears()
    end_with(product, status, text)
    screen = dialled.press("1")
    assert (screen.kind, screen.text, dialled.ended) == ("ERROR", NETWORK_MESSAGE, "Failed")
    product.hears()
    event = dict(parse_qsl(product.hears().body, keep_blank_values=True))
    assert (event["status"], bool(event["errorMessage"])) == ("Failed", True)


def test_a_product_that_is_not_there_is_a_failed_call():
    session = UssdSession("http://127.0.0.1:9/callbacks/local", PHONE, CODE)
    assert (session.dial().kind, session.ended) == ("ERROR", "Failed")


def test_hanging_up_is_an_incomplete_call_and_only_once(dialled, product):
    product.hears()
    dialled.hang_up()
    dialled.hang_up()
    event = dict(parse_qsl(product.hears().body, keep_blank_values=True))
    assert (event["status"], product.heard.empty()) == ("Incomplete", True)


def test_a_repeated_turn_is_the_same_form_and_changes_nothing(dialled, product):
    first = product.hears()
    dialled.repeat()
    assert (product.hears().body, dialled.hops, dialled.ended) == (first.body, 1, None)


def test_metadata_of_a_page_comes_back_with_the_next_turn_and_in_the_event(product):
    product.answer = lambda told: (200, "CON Chao") if told.path.endswith("/ussd") else (200, "")
    product.answer_headers = [("at-ussd-hop-metadata", "home")]
    session = UssdSession(f"{product.url}/callbacks/local", PHONE, CODE)
    session.dial()
    assert "AT_USSD_HOP_METADATA" not in product.hears().headers
    product.answer_headers = [("at-ussd-hop-metadata", "balance")]
    session.press("1")
    assert product.hears().headers["AT_USSD_HOP_METADATA"] == "home"
    session.hang_up()
    assert dict(parse_qsl(product.hears().body))["hopsMetadata"] == "home|balance"


class Browser:
    """The phone in the browser, as far as the networks see it."""

    def __init__(self, networks):
        self.calls = f"{networks.url}/control/ussd/sessions"

    def dial(self):
        answer = requests.post(self.calls, json={"phone": PHONE, "service_code": CODE}, timeout=10)
        assert answer.status_code == 202
        return answer.json()["session_id"]

    def look(self, call):
        while True:
            state = requests.get(f"{self.calls}/{call}", timeout=10).json()
            if state["state"] != "waiting":
                return state

    def do(self, call, what, **body):
        return requests.post(f"{self.calls}/{call}/{what}", json=body, timeout=10).status_code


def test_the_browser_dials_presses_and_sees_how_many_keys_but_never_which(networks, product):
    browser = Browser(networks)
    end_with(product, 200, "CON Nhap ma PIN")
    call = browser.dial()
    seen = browser.look(call)
    assert (seen["state"], seen["kind"], seen["text"], seen["hops"]) == ("open", "CON", "Nhap ma PIN", 1)

    end_with(product, 200, "END Xong")
    assert browser.do(call, "press", keys="4071") == 202
    seen = browser.look(call)
    assert (seen["state"], seen["kind"], seen["text"], seen["path"]) == ("ended", "END", "Xong", [4])
    assert "4071" not in str(seen)
    assert browser.do(call, "press", keys="1") == 409


def test_the_browser_hangs_up(networks, product):
    browser = Browser(networks)
    end_with(product, 200, "CON Chao")
    call = browser.dial()
    browser.look(call)
    assert browser.do(call, "hang-up") == 202
    assert browser.look(call)["state"] == "ended"


def test_a_call_nobody_made_is_not_found(networks):
    assert Browser(networks).do("ATUid_none", "press", keys="1") == 404
