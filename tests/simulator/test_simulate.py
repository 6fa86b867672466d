"""`simulate` against another team's service: the same is 0, a difference 1 and in words, what cannot be played 2."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from foreign_service import foreign_service

from ussd_app.cli.simulate import simulate_command

BALANCE = """phone +254711082300
code *384*77#
dials *384*77#
| Karibu, Asha
| …
presses 1
| Your balance is …. Ref {ref}
| 1 Confirm {ref}
"""

AIRTIME = """phone +254711082300
dials *384*77#
presses 2
| Enter your PIN
presses •••• the PIN
| Sent. Your PIN … was right, code ••••.
(end)
"""


@pytest.fixture
def service():
    with foreign_service() as service:
        yield service


@pytest.fixture
def simulate(service, tmp_path):
    def run(*scripts, options=(), environment=None, url=None):
        paths = []
        for number, script in enumerate(scripts):
            paths.append(tmp_path / f"script{number}.txt")
            paths[-1].write_text(script, encoding="utf-8")
        command = simulate_command(lambda: None)
        arguments = [*map(str, paths), "--url", url or f"{service.url}/their/path?key=1", *options]
        return CliRunner().invoke(command, arguments, env=environment or {})

    return run


def test_the_same_is_0_and_their_whole_address_is_asked(simulate, service):
    done = simulate(BALANCE)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "script0.txt: 2 pages, all as written.")
    assert [(turn["path"], turn["text"], turn["serviceCode"], turn["phoneNumber"]) for turn in service.turns] == [
        ("/their/path?key=1", "", "*384*77#", "+254711082300"),
        ("/their/path?key=1", "1", "*384*77#", "+254711082300"),
    ]
    assert service.ends == []


def test_they_are_told_of_the_end_where_they_wish(simulate, service):
    simulate(BALANCE, options=("--events-url", f"{service.url}/ends"))
    assert [(end["status"], end["input"]) for end in service.ends] == [("Incomplete", "1")]


def test_a_difference_is_1_shown_in_place_and_nothing_is_pressed_behind_it(simulate, service):
    done = simulate(BALANCE.replace("Karibu, Asha", "Karibu, Juma"))
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "dials *384*77#",
        "- | Karibu, Juma",
        "+ | Karibu, Asha",
        "  | 1 Balance",
        "  | 2 Airtime",
        "script0.txt: differs from line 3 on; what follows was not played.",
    ]
    assert len(service.turns) == 1


def test_a_secret_comes_from_outside_and_is_shown_nowhere(simulate, service):
    for options, environment in (((), {"SIMULATE_THE_PIN": "7391"}), (("--secret", "the PIN=7391"), {})):
        done = simulate(AIRTIME, options=options, environment=environment)
        assert done.exit_code == 0, done.output
        assert "7391" not in done.output and "4815" not in done.output
        assert service.turns[-1]["text"] == "2*7391"


def test_without_its_secret_nothing_is_played(simulate, service):
    done = simulate(AIRTIME)
    assert done.exit_code == 2 and "SIMULATE_THE_PIN" in done.output
    assert service.turns == []


def test_every_callback_twice_must_be_answered_with_the_same_bytes(simulate, service):
    assert simulate(BALANCE, options=("--repeat",)).exit_code == 0
    assert [turn["text"] for turn in service.turns] == ["", "", "1", "1"]
    service.answer, service.said = (lambda text, turns: f"CON Karibu, Asha\n{turns}"), _Forgetful()
    done = simulate(BALANCE, options=("--repeat",))
    assert done.exit_code == 1 and "the same callback once more was answered otherwise" in done.output


class _Forgetful(dict):
    """A service that does not know a repeat when it sees one."""

    def setdefault(self, key, default=None):
        return default


def test_the_line_drops_after_a_page_and_the_phone_dials_again(simulate, service):
    done = simulate(BALANCE, options=("--drop-after", "1", "--events-url", f"{service.url}/ends"))
    assert done.exit_code == 0 and "the line drops" in done.output
    assert [turn["text"] for turn in service.turns] == ["", ""]
    assert service.turns[0]["sessionId"] != service.turns[1]["sessionId"]
    assert [end["status"] for end in service.ends] == ["Incomplete", "Incomplete"]


def test_another_phone_may_call(simulate, service):
    simulate(BALANCE, options=("--phone", "+254700000001"))
    assert {turn["phoneNumber"] for turn in service.turns} == {"+254700000001"}


@pytest.mark.parametrize(
    ("script", "url", "why"),
    [
        ("rings", None, "Line 1 says nothing"),
        (BALANCE.replace("phone", "# phone"), None, "Who calls?"),
        (BALANCE, "http://127.0.0.1:9/ussd", "could not be reached"),
        (BALANCE, "ftp://127.0.0.1/", "--url is a whole address"),
        (BALANCE + "dials *100#", None, "is not the code"),
    ],
)
def test_what_cannot_be_played_is_2_with_a_reason(simulate, script, url, why):
    done = simulate(script, url=url)
    assert done.exit_code == 2 and why in done.output


def test_the_worst_of_several_is_what_the_shell_hears(simulate):
    assert simulate(BALANCE, BALANCE.replace("Asha", "Juma"), BALANCE).exit_code == 1


def test_a_service_that_breaks_off_later_differs(simulate, service):
    service.answer = lambda text, turns: "CON Karibu, Asha\n1" if not text else "not theirs"
    done = simulate(BALANCE)
    assert done.exit_code == 1 and "must start with CON or END" in done.output
