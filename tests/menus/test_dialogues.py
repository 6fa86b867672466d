"""Every story in tests/dialogues is still told word for word; `make snap` writes them anew, and the diff is the review."""

from pathlib import Path

import pytest

from menus.cast import CAST
from tests.menus.stories import SECRETS, tell
from ussd_app.domain.people import Language

DIALOGUES = Path(__file__).parent.parent / "dialogues"
STORIES = sorted(DIALOGUES.glob("*.txt"))
TOLD_AGAIN_IN = (Language.ACCENTED, Language.ENGLISH)
"""The stories themselves are in the language that most phones show."""


def in_its_own_language(story: str) -> bool:
    return any(line.startswith("language ") for line in story.splitlines())


def compare(path: Path, told: str, snap: bool) -> None:
    if snap:
        path.parent.mkdir(exist_ok=True)
        path.write_text(told, encoding="utf-8")
    else:
        assert path.is_file(), "a story without its transcript: `make snap` writes it"
        assert told == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", STORIES, ids=[each.stem for each in STORIES])
def test_the_story_is_told_as_it_is_written(path: Path, snap: bool) -> None:
    compare(path, tell(path.read_text(encoding="utf-8")), snap)


@pytest.mark.parametrize("language", TOLD_AGAIN_IN)
@pytest.mark.parametrize("path", STORIES, ids=[each.stem for each in STORIES])
def test_the_story_is_told_in_every_language(path: Path, language: Language, snap: bool) -> None:
    story = path.read_text(encoding="utf-8")
    if not in_its_own_language(story):
        compare(DIALOGUES / language / path.name, tell(story, language), snap)


def test_no_transcript_is_left_of_a_story_that_is_gone() -> None:
    told = {path.name for path in STORIES if not in_its_own_language(path.read_text(encoding="utf-8"))}
    for language in TOLD_AGAIN_IN:
        assert {path.name for path in (DIALOGUES / language).glob("*.txt")} == told


def test_no_story_shows_a_secret() -> None:
    told = "".join(each.read_text(encoding="utf-8") for each in DIALOGUES.rglob("*.txt"))
    codes = {each.last_cash_out.code for world in CAST.values() for each in world.line.people if each.last_cash_out} - {""}
    assert codes
    for secret in {SECRETS["the PIN"], SECRETS["the temporary PIN"], SECRETS["another PIN"], *codes}:
        assert secret not in told
