"""The 31 reviewed Vietnamese texts are said word for word, and each is reached by a story, in every language."""

import json
import re
from pathlib import Path

import pytest

from menus.check_pages import Listening
from menus.wording import TEXTS
from tests.menus.stories import tell
from tests.menus.test_dialogues import STORIES, in_its_own_language
from ussd_app.domain.people import Language

REVIEWED = json.loads(Path(__file__).with_name("reviewed_texts.json").read_text(encoding="utf-8"))

SAID_AS = {
    "U01": "home", "U02": "language", "U03": "pin.ask", "U04": "pin.wrong", "U05": "pin.locked", "U06": "balance",
    "U07": "balance.elsewhere", "U08": "payments.more", "U09": "receipt.ask", "U10": "receipt.amount",
    "U11": "receipt.thanks", "U12": "receipt.case", "U13": "cash_out.amount", "U14": "cash_out.other_amount",
    "U15": "cash_out.point", "U16": "cash_out.agree", "U17": "cash_out.code", "U18": "cash_out.failed",
    "U19": "cash_out.pending", "U20": "resume.cut", "U21": "resume.ordered", "U22": "nobody", "U23": "closed",
    "U24": "busy", "U25": "help", "U26": "again.key", "U27": "focal", "U28": "first_pin.choose",
    "U29": "first_pin.repeat", "U30": "goodbye", "U31": "help.call_check",
}  # fmt: skip

LISTS = {
    "payments": "{ky1}: {t1}, {tt1}\n{ky2}: {t2}, {tt2}\n{ky3}: {t3}, {tt3}",
    "points": "1 {d1}\n2 {d2}\n3 {d3}",
    "dai": "4",
}
"""What our texts fill from elsewhere: lists of any length, and the digits of a PIN as a setting."""


def as_reviewed(template: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda hole: LISTS.get(hole[1], hole[0]), template.strip())


@pytest.mark.parametrize("number", SAID_AS)
def test_the_wording_is_the_one_that_was_reviewed(number: str) -> None:
    assert as_reviewed(TEXTS.by_file["vi"][SAID_AS[number]]) == REVIEWED[number]


def test_every_reviewed_text_has_its_place() -> None:
    assert SAID_AS.keys() == REVIEWED.keys()


@pytest.mark.parametrize("language", Language)
def test_every_reviewed_text_is_reached_by_a_story(language: Language) -> None:
    listening = Listening(TEXTS.by_file, TEXTS.names)
    for path in STORIES:
        story = path.read_text(encoding="utf-8")
        if not in_its_own_language(story):
            tell(story, language, listening)
    unreached = {number: key for number, key in SAID_AS.items() if key not in listening.said}
    assert not unreached
