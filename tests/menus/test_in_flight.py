"""Sessions outlive a release: what the last one stored of every screen opens here, or begins again politely."""

import json
from functools import cache
from pathlib import Path

import pytest

from menus.cast import CAST, EVERYDAY
from menus.engine import Turn, Visit, dial, freeze, press, show, thaw
from menus.front_door import GoneOnElsewhere
from menus.kinds import SCREENS
from menus.visit import FORMAT
from menus.walk import walk

IN_FLIGHT = Path(__file__).parent.parent / "in_flight"
STORED = sorted(IN_FLIGHT.glob("*.json"))
KEYS = ("1", "2", "3", "0", "00", "9", "", "2580", "hello")


@cache
def one_of_each() -> dict[str, tuple[str, Visit]]:
    """For every screen the first member of the cast who comes there, and their visit."""
    found = {GoneOnElsewhere.name: (EVERYDAY, Visit(GoneOnElsewhere()))}
    for who, world in CAST.items():
        for place in walk(world).places.values():
            found.setdefault(place.visit.standing.name, (who, place.visit))
    return found


def test_every_screen_of_this_release_is_kept_for_the_next_one(snap: bool) -> None:
    if snap:
        IN_FLIGHT.mkdir(exist_ok=True)
        for name, (who, visit) in one_of_each().items():
            kept = {"caller": who, "visit": json.loads(freeze(visit))}
            (IN_FLIGHT / f"{name}.json").write_text(json.dumps(kept, ensure_ascii=False) + "\n", encoding="utf-8")
    missing = SCREENS.keys() - {path.stem for path in IN_FLIGHT.glob("*.json")}
    assert not missing, "`make snap` keeps them"


@pytest.mark.parametrize("path", STORED, ids=[each.stem for each in STORED])
def test_a_stored_standing_opens_or_begins_again(path: Path) -> None:
    kept = json.loads(path.read_text(encoding="utf-8"))
    line = CAST.get(kept["caller"], CAST[EVERYDAY]).line
    visit = thaw(json.dumps(kept["visit"]))
    if visit is None:
        assert show(dial(line), line).text
        return
    assert show(Turn(visit), line).text
    for typed in KEYS:
        turn = press(visit, typed, line)
        assert show(turn, line).text
        assert thaw(freeze(turn.visit)) == turn.visit


@pytest.mark.parametrize("path", STORED, ids=[each.stem for each in STORED])
def test_what_the_next_release_stores_is_not_misread_by_this_one(path: Path) -> None:
    """After a release is taken back, its sessions are still there."""
    made, (name, held), *rest = json.loads(path.read_text(encoding="utf-8"))["visit"]
    for written in (
        [made, [f"{name}.anew", held], *rest],
        [made, [name, {**held, "added": 1}], *rest],
        [made, [name, held], *rest, "more"],
        [FORMAT + 1, [name, held], *rest],
    ):
        assert thaw(json.dumps(written)) is None
