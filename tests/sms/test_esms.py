"""eSMS.vn: their answers as recorded, their reports, and what a network can do to a call."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sms.providers.esms import Esms, read_answer, read_report
from sms.providers.port import Accepted, Busy, Fate, Refused, Report, Unsure
from ussd_app.domain.phone import Phone

WIRE = sorted((Path(__file__).parents[1] / "wire" / "esms").glob("*.json"))
OUTCOMES = {each.__name__: each for each in (Accepted, Refused, Busy, Unsure)}
DAO = Phone("+84912345678")


@pytest.mark.parametrize("recorded", WIRE, ids=lambda path: path.stem)
def test_their_recorded_answers(recorded: Path) -> None:
    case = json.loads(recorded.read_text())
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    name, said = case["outcome"]
    assert read_answer(case["status"], body.encode()) == OUTCOMES[name](said)


@pytest.mark.parametrize(
    ("query", "report"),
    [
        (
            {"SMSID": "dc7", "SendStatus": "5", "SendSuccess": "1", "SendFailed": "0", "TotalPrice": "470.0000"},
            Report("dc7", Fate.DELIVERED, "", None, 470_000),
        ),
        (
            {"SMSID": "dc7", "SendStatus": "5", "SendFailed": "2", "SendSuccess": "0", "phonenumber": "0912345678"},
            Report("dc7", Fate.UNDELIVERED, "failed", DAO),
        ),
        ({"SMSID": "dc7", "SendStatus": "4"}, Report("dc7", Fate.UNDELIVERED, "rejected", None)),
        ({"SMSID": "dc7", "SendStatus": "7", "TotalPrice": "0.0000"}, Report("dc7", Fate.ON_ITS_WAY, "", None)),
        ({"SMSID": "dc7", "SendStatus": "5"}, Report("dc7", Fate.ON_ITS_WAY, "", None)),
        ({"SMSID": "dc7", "SendStatus": "novel"}, Report("dc7", Fate.ON_ITS_WAY, "", None)),
        ({"SendStatus": "5"}, None),
    ],
)
def test_their_reports(query: dict[str, str], report: Report | None) -> None:
    assert read_report(query) == report


@pytest.fixture
def carrier() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    came: list[dict[str, Any]] = []

    class Caller(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))) | {"path": self.path})
            body = json.dumps({"CodeResult": "100", "SMSID": f"id{len(came)}"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Caller) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        serving.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", came
        server.shutdown()
        serving.join()


def test_what_goes_out(carrier: tuple[str, list[dict[str, Any]]]) -> None:
    url, came = carrier
    esms = Esms("key", "secret", url, "ASXH", "https://bam.example/callbacks/T/sms-reports/esms")
    assert esms.send("Tien da ve.", (DAO,), key="attempt-1") == (Accepted("id1"),)
    assert came == [
        {
            "path": "/MainService.svc/json/SendMultipleMessage_V4_post_json/",
            "ApiKey": "key",
            "SecretKey": "secret",
            "Phone": "0912345678",
            "Content": "Tien da ve.",
            "Brandname": "ASXH",
            "SmsType": "2",
            "IsUnicode": "0",
            "RequestId": "attempt-1",
            "CallbackUrl": "https://bam.example/callbacks/T/sms-reports/esms",
        }
    ]


def test_accents_are_announced(carrier: tuple[str, list[dict[str, Any]]]) -> None:
    url, came = carrier
    Esms("key", "secret", url, "ASXH", "").send("Tiền đã về.", (DAO,))
    assert came[0]["IsUnicode"] == "1"
    assert "RequestId" not in came[0]


def test_nobody_there_is_surely_not_sent() -> None:
    (outcome,) = Esms("key", "secret", "http://127.0.0.1:9", "ASXH", "").send("x", (DAO,))
    assert isinstance(outcome, Busy)
