"""The wires: what each kind of gateway was recorded to send, as it is understood; and a page, as each wants it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask, Request

from menus.kinds import SCREENS
from ussd_app.domain.phone import Phone
from ussd_app.http.callback import Callback, Ending, LastKey, keys_dialled
from ussd_app.http.form import BadForm
from ussd_app.http.wires.africas_talking import MOST_METADATA, AfricasTalking
from ussd_app.http.wires.hubtel import Hubtel
from ussd_app.http.wires.port import Wire
from ussd_app.http.wires.truroute import TruRoute

RECORDED = Path(__file__).resolve().parent.parent / "wire"
WIRES: dict[str, Wire] = {
    "africas_talking_ussd": AfricasTalking(),
    "hubtel": Hubtel("*8899#"),
    "truroute": TruRoute("*8899#"),
}
RECORDINGS = [path for name in WIRES for path in sorted((RECORDED / name).glob("*.json"))]

PHONE = Phone("+84912345678")
PAGE = "Số dư <400.000đ> & phí\n1 Rút"


def posted(body: str, content_type: str) -> Request:
    with Flask("wires").test_request_context("/", method="POST", data=body.encode(), content_type=content_type) as context:
        return context.request


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_was_recorded_is_understood(recording: Path) -> None:
    wire, told = WIRES[recording.parent.name], json.loads(recording.read_text("utf-8"))
    asked = posted(told["body"], told["content_type"])
    expected = dict(told["read"])
    if "refused" in expected:
        with pytest.raises(BadForm) as refusal:
            wire.read(asked)
        assert str(refusal.value) == expected["refused"]
        return
    if "phone" not in expected:
        assert wire.read(asked) == Ending(**expected)
        return
    expected["phone"] = Phone(expected["phone"])
    assert wire.read(asked) == (LastKey if "first" in expected else Callback)(**expected)


def test_africas_talking_wants_a_word_and_plain_text_and_takes_a_label() -> None:
    page = AfricasTalking().write(Callback("ATUid_1", PHONE, "", "99999"), "CON " + PAGE, "balance")
    assert page.get_data(as_text=True) == "CON " + PAGE
    assert page.content_type == "text/plain; charset=utf-8"
    assert page.headers["at-ussd-hop-metadata"] == "balance"


def test_every_label_is_one_that_africas_talking_takes() -> None:
    assert all(len(name) <= MOST_METADATA and name.isascii() and "|" not in name for name in SCREENS)


@pytest.mark.parametrize(("word", "kind", "shows"), [("CON", "response", "input"), ("END", "release", "display")])
def test_hubtel_wants_the_session_and_whether_it_goes_on(word: str, kind: str, shows: str) -> None:
    page = Hubtel("*8899#").write(LastKey("hubtel:8d44", PHONE, "1", "mtn", False, 2), f"{word} {PAGE}", "balance")
    said = json.loads(page.get_data())
    assert page.content_type == "application/json; charset=utf-8"
    assert (said["SessionId"], said["Type"], said["Message"], said["DataType"]) == ("8d44", kind, PAGE, shows)


@pytest.mark.parametrize(("word", "kind"), [("CON", "2"), ("END", "3")])
def test_truroute_wants_a_document_in_which_every_letter_survives(word: str, kind: str) -> None:
    page = TruRoute("*8899#").write(LastKey("truroute:1", PHONE, "1", "", False), f"{word} {PAGE}", "balance")
    said = ElementTree.fromstring(page.get_data())
    assert page.content_type == "text/xml; charset=utf-8"
    assert (said.findtext("type"), said.findtext("msg")) == (kind, PAGE)


@pytest.mark.parametrize(
    ("dialled", "keys"),
    [("*8899#", ""), ("*8899*1*2#", "1*2"), ("8899*1", "1"), ("*88991#", ""), ("*711#", ""), ("", "")],
)
def test_keys_dialled_with_the_code(dialled: str, keys: str) -> None:
    assert keys_dialled("*8899#", dialled) == keys


def test_no_callback_shows_what_was_keyed() -> None:
    for call in (Callback("s", PHONE, "4*2580", ""), LastKey("s", PHONE, "2580", "", False, 3)):
        assert "2580" not in repr(call)
        assert PHONE.e164 not in repr(call)
