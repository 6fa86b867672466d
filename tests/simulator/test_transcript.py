"""A transcript is read as a person would read it, compared with room for what may differ, and holds no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from ussd_app.simulator.likeness import compare
from ussd_app.simulator.recording import Hop, write
from ussd_app.simulator.transcript import BadTranscript, Dials, Drops, Page, Presses, read

# Two stories are of time that passes and of a second phone session: a rehearsal of one line cannot replay them.
NOT_ONE_LINE = {"timed-out-at-home", "two-sessions"}
STORIES = [
    each for each in sorted((Path(__file__).parent.parent / "dialogues").glob("*.txt")) if each.stem not in NOT_ONE_LINE
]

SESSION = """# a remark
phone +84912000101
dials *8899*4#
| Nhap ma PIN
presses •••• the PIN
| Chao
|
| 1 Xem
(end)
the line drops
dials *8899#
presses
"""

ASK_PIN = "Moi ba nhap ma PIN."


def test_every_line_says_what_it_says():
    transcript = read(SESSION)
    assert transcript.phone == "+84912000101"
    assert transcript.steps == (
        Dials(3, "*8899*4#", Page(("Nhap ma PIN",))),
        Presses(5, "", "the PIN", Page(("Chao", "", "1 Xem"), "END")),
        Drops(10),
        Dials(11, "*8899#"),
        Presses(12, ""),
    )
    assert transcript.secrets == ("the PIN",)


@pytest.mark.parametrize("path", STORIES, ids=[each.stem for each in STORIES])
def test_every_story_of_ours_is_a_transcript(path):
    """Except where a story shows that a PIN is not taken from what was dialled: that is no secret, it is refused."""
    transcript = read(path.read_text("utf-8"))
    assert all(isinstance(step, Drops) or step.page.told for step in transcript.steps)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Nobody dials"),
        ("presses 1", "Line 1 says nothing"),
        ("| Chao", "Line 1: a page comes after"),
        ("dials 8899", "Line 1 says nothing"),
        ("dials *8899*••••#", "never dialled"),
        ("dials *8899#\npresses ••••", "name the secret"),
        ("dials *8899#\n\nrings", "Line 3"),
        ("phone 0912\ndials *8899#", "Line 1"),
    ],
)
def test_what_cannot_be_understood_is_named_by_its_line(text, why):
    with pytest.raises(BadTranscript, match=why):
        read(text)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("dials *8899*1#", "*8899#"),
        ("dials *384*77#\npresses 1", "*384*77#"),
        ("code *384*77#\ndials *384*77*1#", "*384*77#"),
    ],
)
def test_the_code_is_the_usual_one_unless_another_is_dialled(written, code):
    assert read(written).service_code("*8899#") == code


def same(expected, shown, kind="CON", words=None):
    return compare(Page(tuple(expected.split("\n")), "CON"), kind, shown, words or {}).same


@pytest.mark.parametrize(
    ("expected", "shown", "alike"),
    [
        ("Chao ba", "Chao ba", True),
        ("Chao ba", "Chao ong", False),
        ("Chao ba", "Chao ba  ", True),
        ("So du: …d luc …", "So du: 400.000d luc 09:30 5/1", True),
        ("So du: …", "So du:", False),
        ("So du:…", "So du:", True),
        ("So du …", "So du 1\n2 Rut", False),
        ("A\n…\nB", "A\n1\n2\nB", True),
        ("A\n…", "A", False),
        ("Ma ••••.", "Ma 5737 8133.", True),
        ("Ma ••••.", "Ma ABC.", False),
        ("{a} va {a}", "1 va 1", True),
        ("{a} va {a}", "1 va 2", False),
        ("{} va {}", "1 va 2", True),
        ("(1.5)*", "(1.5)*", True),
        ("(1.5)*", "(1x5)*", False),
    ],
)
def test_a_page_is_the_same_where_the_gaps_allow(expected, shown, alike):
    assert same(expected, shown) is alike


def test_a_word_stands_for_the_same_on_later_pages():
    first = compare(Page(("Ma {ma}. {tien}d",)), "CON", "Ma RT1. 500d", {})
    assert first.words == {"ma": "RT1", "tien": "500"}
    assert same("Lenh {ma}", "Lenh RT1", words=first.words)
    assert not same("Lenh {ma}", "Lenh RT2", words=first.words)


def test_a_line_that_ends_is_not_a_line_that_goes_on():
    assert compare(Page(("Chao",)), "END", "Chao", {}).difference == (
        "  | Chao",
        "- (the line stays open)",
        "+ (the line ends)",
    )


def test_a_difference_shows_line_beside_line():
    assert compare(Page(("A", "B …", "C")), "CON", "A\nB 1\nD\nE", {}).difference == (
        "  | A",
        "  | B 1",
        "- | C",
        "+ | D",
        "+ | E",
    )


def test_nothing_expected_is_content_with_any_page_but_the_networks_own():
    assert compare(Page(), "END", "Tam biet", {}).same
    assert not compare(Page(), "ERROR", "Network problem", {}).same


HOPS = (
    Hop("*8899#", "CON", "Kinh chao\n1 Xem so du\n4 Rut tien", dials=True),
    Hop("2580", "CON", "Chua co lua chon nay.\n1 Xem so du"),
    Hop("4", "CON", ASK_PIN),
    Hop(
        "2580",
        "CON",
        "Ma rut tien 5737 8133. Goi 18001234. Ma R1066038, 1.250.000d, 21:57 25/11, ky 12/2026.",
        dropped=True,
    ),
    Hop("*8899*4*3*2580#", "ERROR", "Network problem", dials=True),
)


def test_a_call_is_written_down_without_its_secrets():
    written = write(HOPS, phone="+84912000101", code="*8899#", hotline="18001234")
    assert written == (
        "phone +84912000101\ncode *8899#\n"
        "dials *8899#\n| Kinh chao\n| 1 Xem so du\n| 4 Rut tien\n"
        "presses •••• something that is not on the menu\n| Chua co lua chon nay.\n| 1 Xem so du\n"
        f"presses 4\n| {ASK_PIN}\n"
        "presses •••• the PIN\n"
        "| Ma rut tien ••••. Goi 18001234. Ma R1066038, 1.250.000d, 21:57 25/11, ky 12/2026.\nthe line drops\n"
        "dials *8899*4*3*••••#\n| Network problem\n(broken)\n"
    )


def test_what_differs_from_day_to_day_may_be_left_open():
    written = write(HOPS[:4], loosened=True)
    assert "| Ma rut tien ••••. Goi ••••. Ma …, …d, …, ky ….\n" in written
    steps = [step for step in read(written).steps if isinstance(step, Dials | Presses)]
    for step, hop in zip(steps, HOPS, strict=False):
        assert compare(step.page, hop.kind, hop.text, {}).same
