"""A callback that cannot be meant gives one sentence, no trace, and no effect."""

from pathlib import Path
from urllib.parse import urlencode

import pytest

from bench.own_stack import OwnStack

FORM = {"sessionId": "wrong-1", "phoneNumber": "+84912000101", "networkCode": "99999", "serviceCode": "*8899#", "text": ""}
USSD, REPORTS = "/callbacks/local/ussd", "/callbacks/local/sms-reports"
MONEY = "/callbacks/local/mobile-money/gsma"


def with_field(**changed: str) -> bytes:
    return urlencode(FORM | changed).encode()


def without(name: str) -> bytes:
    return urlencode({each: value for each, value in FORM.items() if each != name}).encode()


WRONG: dict[str, tuple[str, str, bytes, int]] = {
    "no session": ("POST", USSD, without("sessionId"), 400),
    "no phone": ("POST", USSD, without("phoneNumber"), 400),
    "no text": ("POST", USSD, without("text"), 400),
    "nothing at all": ("POST", USSD, b"", 400),
    "a text of 1 MB": ("POST", USSD, with_field(text="1*" * 524_288), 413),
    "a text of 5 kB": ("POST", USSD, with_field(text="1*" * 2_500), 400),
    "a session of 5 kB": ("POST", USSD, with_field(sessionId="s" * 5_000), 400),
    "NUL in the text": ("POST", USSD, with_field(text="1\0"), 400),
    "NUL in the session": ("POST", USSD, with_field(sessionId="s\0"), 400),
    "bytes that are no form": ("POST", USSD, without("text") + b"&text=\xff\xfe", 400),
    "a phone that is none": ("POST", USSD, with_field(phoneNumber="0912"), 400),
    "a wrong token": ("POST", USSD.replace("local", "guess"), with_field(), 404),
    "no token": ("POST", "/callbacks//ussd", with_field(), 404),
    "GET": ("GET", USSD, b"", 405),
    "DELETE": ("DELETE", USSD, b"", 405),
    "an event without a session": ("POST", "/callbacks/local/ussd-events", b"status=Success", 400),
    "an event with NUL": ("POST", "/callbacks/local/ussd-events", b"sessionId=%00&status=Success", 400),
    "a report without an id": ("POST", REPORTS, b"status=Success", 400),
    "a report with NUL": ("POST", REPORTS, b"id=%00&status=Success", 400),
    "a report with NUL in its reason": ("POST", REPORTS, b"id=x1&status=Failed&failureReason=%00", 400),
    "a money result from nobody": ("PUT", MONEY, b"{}", 400),
    "a money result of 1 MB": ("PUT", MONEY, b"{" * 1_048_576, 413),
    "a provider we do not have": ("PUT", "/callbacks/local/mobile-money/elsewhere", b"{}", 404),
    "an address we do not have": ("GET", "/%ff%00", b"", 404),
}


@pytest.mark.parametrize("kind", WRONG)
def test_one_sentence(stack: OwnStack, kind: str):
    method, path, body, status = WRONG[kind]
    visits = stack.count("SELECT count(*) FROM visit")
    log = web_log(stack).stat().st_size
    answered, said = stack.ask(method, path, body or None, "application/x-www-form-urlencoded")
    assert answered == status, said
    assert said.decode().count("\n") == 1
    assert said.endswith(b".\n")
    assert b"Traceback" not in web_log(stack).read_bytes()[log:]
    assert stack.count("SELECT count(*) FROM visit") == visits


@pytest.mark.parametrize("keyed", [b"%ff%fe", b"%ed%a0%80", b"%", b"\xc3\xa1"])
def test_bytes_that_are_no_text_are_keys_on_no_menu(stack: OwnStack, keyed: bytes):
    session = f"sessionId=odd-{keyed.hex()}".encode()
    log = web_log(stack).stat().st_size
    status, page = stack.post(USSD, without("sessionId").replace(b"text=", b"text=" + keyed) + b"&" + session)
    assert (status, page[:4]) == (200, b"CON ")
    assert b"Traceback" not in web_log(stack).read_bytes()[log:]


def web_log(stack: OwnStack) -> Path:
    return stack.var / "log" / "web.log"
