"""Every story in tests/dialogues is still told word for word; `make snap` writes them anew, and the diff is the review."""

from pathlib import Path

import pytest

from menus.cast import CAST
from tests.menus.stories import SECRETS, tell

STORIES = sorted((Path(__file__).parent.parent / "dialogues").glob("*.txt"))


@pytest.mark.parametrize("path", STORIES, ids=[each.stem for each in STORIES])
def test_the_story_is_told_as_it_is_written(path: Path, snap: bool) -> None:
    written = path.read_text(encoding="utf-8")
    told = tell(written)
    if snap:
        path.write_text(told, encoding="utf-8")
    else:
        assert told == written


def test_no_story_shows_a_secret() -> None:
    told = "".join(each.read_text(encoding="utf-8") for each in STORIES)
    codes = {each.last_cash_out.code for world in CAST.values() for each in world.line.people if each.last_cash_out} - {""}
    assert codes
    for secret in {SECRETS["the PIN"], *codes}:
        assert secret not in told
