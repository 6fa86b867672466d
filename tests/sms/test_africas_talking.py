"""Their answers, as recorded, and what a network can do to a call: each becomes one of four outcomes."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from sms.providers import kept_line
from sms.providers.africas_talking import AfricasTalking, read_answer, read_report
from sms.providers.port import Accepted, Busy, Fate, Refused, Report, SmsProvider, Unsure
from ussd_app.domain.phone import Phone

WIRE = sorted((Path(__file__).parents[1] / "wire" / "africas_talking").glob("*.json"))
DAO, PHUC = Phone("+84912345678"), Phone("+84987654321")
OUTCOMES = {each.__name__: each for each in (Accepted, Refused, Busy, Unsure)}


@pytest.mark.parametrize("recorded", WIRE, ids=lambda path: path.stem)
def test_recorded_answers(recorded: Path):
    case = json.loads(recorded.read_text())
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    read = read_answer(case["status"], body.encode(), tuple(Phone(each) for each in case["to"]))
    assert read == tuple(OUTCOMES[name](*said) for name, *said in case["outcomes"])


@pytest.mark.parametrize(
    ("form", "report"),
    [
        (
            {"id": "ATXid_1", "status": "Success", "phoneNumber": "+84912345678", "networkCode": "45204"},
            Report("ATXid_1", Fate.DELIVERED, "", DAO),
        ),
        (
            {"id": "ATXid_1", "status": "Failed", "failureReason": "UserInBlackList", "phoneNumber": "84912345678"},
            Report("ATXid_1", Fate.UNDELIVERED, "UserInBlackList", DAO),
        ),
        ({"id": "ATXid_1", "status": "Rejected"}, Report("ATXid_1", Fate.UNDELIVERED, "", None)),
        ({"id": "ATXid_1", "status": "Submitted"}, Report("ATXid_1", Fate.ON_ITS_WAY, "", None)),
        ({"id": "ATXid_1", "status": "Buffered"}, Report("ATXid_1", Fate.ON_ITS_WAY, "", None)),
        ({"id": "ATXid_1", "status": "Novelty"}, Report("ATXid_1", Fate.ON_ITS_WAY, "", None)),
        ({"status": "Success"}, None),
        ({}, None),
    ],
)
def test_delivery_reports(form: dict[str, str], report: Report | None):
    assert read_report(form) == report


class Network(ThreadingHTTPServer):
    """Their address on loopback. It answers what the test told it to, and remembers what came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Caller)
        self.status = 201
        self.content_type = "application/json"
        self.body = b""
        self.fault = ""
        self.came: list[tuple[str, str, dict[str, list[str]]]] = []
        self.connections = 0
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Caller(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Network  # pyright: ignore[reportIncompatibleVariableOverride] - only ever made by Network

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.came.append((self.path, self.headers["apiKey"], form))
        match self.server.fault:
            case "silence":
                self.server.over.wait(30)
                self.close_connection = True
            case "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            case "half":
                self._answer(len(self.server.body) + 100)
                self.close_connection = True
            case _:
                self._answer(len(self.server.body))

    def _answer(self, promised: int) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Type", self.server.content_type)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(promised))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def network() -> Iterator[Network]:
    network = Network()
    serving = threading.Thread(target=network.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield network
    network.over.set()
    network.shutdown()
    serving.join()
    network.server_close()


def sent(*phones: Phone) -> bytes:
    told = [{"statusCode": 101, "number": each.e164, "status": "Success", "messageId": f"ATXid_{each}"} for each in phones]
    return json.dumps({"SMSMessageData": {"Message": "Sent", "Recipients": told}}).encode()


def test_what_goes_out(network: Network):
    network.body = sent(DAO, PHUC)
    provider: SmsProvider = AfricasTalking("sandbox", "key-of-ours", network.address, sender="ASXH")
    assert provider.send("Tien da ve.", (PHUC, DAO)) == (Accepted(f"ATXid_{PHUC}"), Accepted(f"ATXid_{DAO}"))
    assert network.came == [
        (
            "/version1/messaging",
            "key-of-ours",
            {
                "username": ["sandbox"],
                "to": [f"{PHUC},{DAO}"],
                "message": ["Tien da ve."],
                "bulkSMSMode": ["1"],
                "from": ["ASXH"],
            },
        )
    ]


@pytest.mark.parametrize("ending", ["", "/", "/version1", "/version1/"])
def test_the_address_may_name_the_version_or_not(network: Network, ending: str):
    network.body = sent(DAO)
    AfricasTalking("sandbox", "key", network.address + ending).send("x", (DAO,))
    assert [path for path, _, _ in network.came] == ["/version1/messaging"]


def test_a_content_type_that_names_its_characters_is_still_json(network: Network):
    network.body, network.content_type = sent(DAO), "application/json; charset=utf-8"
    assert AfricasTalking("sandbox", "key", network.address).send("x", (DAO,)) == (Accepted(f"ATXid_{DAO}"),)


def test_many_messages_share_one_connection(network: Network):
    network.body = sent(DAO)
    provider = AfricasTalking("sandbox", "key", network.address)
    for _ in range(5):
        provider.send("x", (DAO,))
    assert (len(network.came), network.connections) == (5, 1)


def test_threads_share_one_instance(network: Network):
    network.body = sent(DAO)
    provider = AfricasTalking("sandbox", "key", network.address)
    heard: list[object] = []
    threads = [threading.Thread(target=lambda: heard.extend(provider.send("x", (DAO,)))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert heard == [Accepted(f"ATXid_{DAO}")] * 8


def test_nobody_to_send_to_is_no_call(network: Network):
    assert AfricasTalking("sandbox", "key", network.address).send("x", ()) == ()
    assert network.came == []


def test_refused_connection_is_surely_not_sent():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        provider = AfricasTalking("sandbox", "key", f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert provider.send("x", (DAO, PHUC)) == (Busy("ConnectionRefusedError"),) * 2


def test_a_name_that_does_not_resolve_is_surely_not_sent():
    (outcome,) = AfricasTalking("sandbox", "key", "http://no-such-host.invalid").send("x", (DAO,))
    assert isinstance(outcome, Busy)


@pytest.mark.parametrize("fault", ["reset", "half", "silence"])
def test_what_breaks_after_the_request_left_is_unsure(network: Network, fault: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept_line, "CONNECT_AND_READ_S", (3.05, 0.2))
    network.body, network.fault = sent(DAO), fault
    (outcome,) = AfricasTalking("sandbox", "key", network.address).send("x", (DAO,))
    assert isinstance(outcome, Unsure)
    assert len(network.came) == 1, "never sent a second time"


def test_a_key_they_do_not_accept_keeps_the_message(network: Network):
    network.status, network.body = 401, b"The supplied authentication is invalid"
    assert AfricasTalking("sandbox", "key", network.address).send("x", (DAO,)) == (Busy("not_authorised"),)


def test_a_redirect_is_not_followed(network: Network):
    network.status = 302
    assert AfricasTalking("sandbox", "key", network.address).send("x", (DAO,)) == (Unsure("http_302"),)
    assert len(network.came) == 1


def test_without_an_address_theirs_is_used():
    assert AfricasTalking("sandbox", "key")._service._baseUrl == "https://api.sandbox.africastalking.com/version1"
    assert AfricasTalking("tinh", "key")._service._baseUrl == "https://api.africastalking.com/version1"
