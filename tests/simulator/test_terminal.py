"""The phone in the terminal, with its keys piped in: what it shows, what it hides, and how it takes its leave."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner
from pretend_networks import ASK_PIN, HOME, MESSAGE, SCRIPT

from ussd_app.cli.talk import talk_command
from ussd_app.simulator.terminal import Terminal, boxed

DAO = "+84912000101"


class Bam:
    """The product's web as far as a phone sees it: one page a turn, a list of phones, an inbox that fills."""

    def __init__(self):
        self.turns, self.endings, self.messages = [], [], []
        self.message_at, self.sent = None, 0

    def post(self, path, form):
        if path.endswith("/ussd-events"):
            self.endings.append(form["status"][0])
            return "text/plain", ""
        if path == f"/simulator/api/phones/{DAO}/messages":
            self.sent += 1
            self.messages.append(MESSAGE)
            return "application/json", "{}"
        typed = form["text"][0]
        self.turns.append((path, form["phoneNumber"][0], typed))
        if typed == self.message_at:
            self.messages.append(MESSAGE)
        kind, text = SCRIPT.get(typed, ("CON", HOME))
        return "text/plain", f"{kind} {text}"

    def get(self, path):
        if path.startswith("/simulator/api/phones?"):
            return "application/json", json.dumps([{"phone": DAO, "people": ["bà Đào"], "languages": ["vi"]}])
        if path == f"/simulator/api/phones/{DAO}/messages":
            return "application/json", json.dumps(self.messages)
        return "text/plain", "alive\n"


@pytest.fixture
def bam():
    product = Bam()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.say(*product.get(self.path))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.say(*product.post(self.path, parse_qs(body, keep_blank_values=True)))

        def say(self, kind, text):
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        product.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield product
        server.shutdown()
        thread.join()


@pytest.fixture
def talk(bam):
    def with_keys(*lines, options=("--phone", DAO)):
        keys = "".join(f"{each}\n" for each in lines)
        return CliRunner().invoke(talk_command(lambda: bam.port), list(options), input=keys)

    return with_keys


def test_a_page_a_meter_and_the_end_of_the_line(talk, bam):
    told = talk("4", "2580")
    assert told.exit_code == 0
    assert boxed(HOME) in told.output and boxed(ASK_PIN) in told.output
    assert f"GSM-7 {len(HOME)}/160 · page 1 · " in told.output
    assert "The line ended." in told.output
    assert [typed for _, _, typed in bam.turns] == ["", "4", "4*2580"]
    assert bam.endings == ["Success"]


def test_the_keys_go_to_the_callbacks_of_this_machine(talk, bam):
    talk()
    assert bam.turns == [("/callbacks/local/ussd", DAO, "")]


def test_a_pin_is_never_shown(talk):
    told = talk("4", "2580")
    assert "2580" not in told.output and "> ••••" in told.output
    assert "> 4" in told.output


def test_a_message_is_shown_when_it_has_come_and_only_once(talk, bam):
    bam.message_at = "1"
    told = talk("1", "0")
    assert told.output.count("✉ ASXH") == 1
    assert told.output.index("So du cua ba") < told.output.index("✉ ASXH")


def test_what_was_there_before_the_call_is_no_news(talk, bam):
    bam.messages.append(MESSAGE)
    assert "✉" not in talk("1").output


def test_an_empty_line_sends_nothing(talk, bam):
    talk("", "  ", "1")
    assert [typed for _, _, typed in bam.turns] == ["", "1"]


def test_q_hangs_up_and_enter_calls_again(talk, bam):
    told = talk("1", "q", "", "q", "q")
    assert [typed for _, _, typed in bam.turns] == ["", "1", ""]
    assert bam.endings == ["Incomplete", "Incomplete"]
    assert told.output.count("You hung up.") == 2


def test_a_message_is_sent_from_the_phone_and_its_answer_shown(talk, bam):
    told = talk("q", "s so du", "m", "q")
    assert bam.sent == 1
    assert told.output.count("✉ ASXH") == 1
    assert "No new message." in told.output


def test_the_end_of_the_keys_hangs_up(talk, bam):
    assert talk("1").exit_code == 0
    assert bam.endings == ["Incomplete"]


def test_ctrl_c_hangs_up_kindly(bam, capsys):
    def interrupted(prompt, *, hidden=False):
        raise KeyboardInterrupt

    Terminal(f"http://127.0.0.1:{bam.port}", "local", "*8899#", keys=interrupted).talk(DAO)
    assert bam.endings == ["Incomplete"]
    assert capsys.readouterr().out.endswith("You hung up.\n")


def test_a_broken_line_is_told_in_words(talk, bam):
    bam.post = lambda path, form: ("text/plain", "" if path.endswith("events") else "Internal error")
    told = talk("q")
    assert "The call failed: The response must start with CON or END." in told.output


def test_a_phone_is_chosen_from_the_list_or_typed(talk, bam):
    told = talk("7", "1", options=())
    assert "  1  +84912000101  bà Đào" in told.output and "That is not one of them" in told.output
    talk("+84999999999", options=())
    assert [phone for _, phone, _ in bam.turns] == [DAO, "+84999999999"]


def test_messages_can_be_waited_for_after_the_end(talk, bam):
    told = talk("4", "2580", "m", "q")
    assert "No new message." in told.output


@pytest.mark.parametrize("phone", ["0912000101", "+84", "Dao"])
def test_a_number_must_be_whole(talk, phone):
    assert talk(options=("--phone", phone)).exit_code == 2


def test_nothing_runs():
    told = CliRunner().invoke(talk_command(lambda: None), [])
    assert told.exit_code == 1 and told.output == "Error: Start it first: make run\n"


def test_nothing_answers_there(bam):
    told = CliRunner().invoke(talk_command(lambda: None), ["--url", "http://127.0.0.1:1"])
    assert told.exit_code == 1 and "Nothing answers at http://127.0.0.1:1." in told.output


def test_another_address_may_be_given(bam):
    CliRunner().invoke(talk_command(lambda: None), ["--url", f"http://127.0.0.1:{bam.port}/", "--phone", DAO])
    assert len(bam.turns) == 1
