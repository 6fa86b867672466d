"""Proves the dialogues, for every person in the cast, every language and every key; complains in one line each."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from menus.arrows import Screens, picture, promised
from menus.cash_out_agree import CashOutPin
from menus.cast import CAST, EVERYDAY
from menus.check_pages import Listening, complaints_about_pages, complaints_about_standings, complaints_about_widths
from menus.check_texts import complaints_about_texts
from menus.kinds import SCREENS, Goodbye, Secret
from menus.rehearsal import World
from menus.walk import BIRTH_YEAR, PIN, Step, Walk, walk
from menus.widths import FAMILIES
from menus.wording import TEXTS, Texts
from ussd_app.domain.commands import ConfirmPayment, ProposePin, SetPin


@dataclass(frozen=True, slots=True)
class Goal:
    """What people come for, and the most presses it may ever take."""

    what: str
    most: int
    reached: Callable[[Step], bool]


def _everything_at_the_usual_point(step: Step) -> bool:
    standing, line = step.after.visit.standing, step.place.world.line
    if not isinstance(standing, CashOutPin):
        return False
    me = step.place.world.person(step.place.visit.person_id or 0)
    return (standing.amount, standing.point_code) == (me.balance, line.points.near(me.commune_code)[0].code)


GOALS = (
    Goal("the balance", 1, lambda step: step.after.visit.standing.name == "balance"),
    Goal("confirming that money came", 2, lambda step: isinstance(step.command, ConfirmPayment)),
    Goal("all the cash at the usual point, before the PIN", 4, _everything_at_the_usual_point),
)

SAID_ELSEWHERE = {"too_often", "more", "resume.elsewhere", *(key for family in FAMILIES.values() for key in family)}
"""Said to a session that was overtaken, to a phone that cannot be served, or under a page that goes on; or one of a
closed list, whichever of it the cast happens to meet."""

REACHED_ELSEWHERE = {"resume.elsewhere"}
"""No key leads there: a second session of the same phone does."""


def complaints(screens: Screens = SCREENS, texts: Texts = TEXTS, cast: Mapping[str, World] = CAST) -> list[str]:
    walks = {who: walk(world) for who, world in cast.items()}
    listening = Listening(texts.by_file, texts.names)
    alone = [world for world in cast.values() if len(world.line.people) == 1]
    found: dict[str, None] = {}
    for seen in walks.values():
        found |= dict.fromkeys(_about_keys(seen))
        found |= dict.fromkeys(complaints_about_pages(seen, listening))
    found |= dict.fromkeys(complaints_about_standings(list(walks.values()), alone, listening))
    found |= dict.fromkeys(complaints_about_widths(texts))
    found |= dict.fromkeys(_about_arrows(screens, list(walks.values())))
    found |= dict.fromkeys(_about_presses(walks[EVERYDAY]))
    found |= dict.fromkeys(complaints_about_texts(texts, listening.said | SAID_ELSEWHERE))
    return list(found)


def _about_keys(seen: Walk) -> Iterator[str]:
    for name, what in seen.raised.items():
        yield f"{name} [any language] the key {what}"
    for name in sorted(seen.without_an_exit()):
        yield f"{name} [any language] has no way to an ending"
    for step in seen.steps:
        yield from _about_proof(step)


def _about_proof(step: Step) -> Iterator[str]:
    """Money and changes only after the right secret, in this very session, on every path that was walked."""
    name, command, after = step.place.visit.standing.name, step.command, step.after
    if command and command.needs_pin and PIN not in step.proof:
        yield f"{name} [any language] does {type(command).__name__} without the PIN"
    first = isinstance(command, SetPin) or (isinstance(command, ProposePin) and PIN not in step.proof)
    if first and BIRTH_YEAR not in step.proof:
        yield f"{name} [any language] does {type(command).__name__} without the year of birth"
    speaking = next((each for each in after.world.line.people if each.id == after.visit.person_id), None)
    if speaking and speaking.helped:
        if not after.visit.standing.helper_may or isinstance(after.visit.standing, Secret):
            yield f"{after.visit.standing.name} [any language] is shown to a helper"
        return
    shared = len(after.world.line.own) > 1
    if shared and not after.visit.standing.public and PIN not in after.proof:
        yield f"{after.visit.standing.name} [any language] is shown on a shared phone before the PIN"


def _about_arrows(screens: Screens, walks: list[Walk]) -> Iterator[str]:
    reached = {place.visit.standing.name for seen in walks for place in seen.places.values()}
    taken = {arrow for seen in walks for arrow in seen.arrows}
    for name, made in screens.items():
        if name not in reached | REACHED_ELSEWHERE:
            yield f"{name} [any language] cannot be reached from home"
            continue
        mine = {arrow for arrow in taken if arrow.start == name}
        said = {arrow for arrow in promised(made) if not issubclass(made, Goodbye)}
        for arrow in sorted(mine - said):
            yield f"{name} [any language] takes an arrow it does not promise: {arrow}"
        for arrow in sorted(said - mine):
            yield f"{name} [any language] promises an arrow it never takes: {arrow}"


def _about_presses(everyday: Walk) -> Iterator[str]:
    for goal in GOALS:
        fewest = everyday.fewest_presses(goal.reached)
        if fewest is None or fewest > goal.most:
            yield f"home [any language] {goal.what} takes {fewest} presses, and may take {goal.most}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m menus.check", description=__doc__)
    parser.add_argument("--draw", type=Path, metavar="FILE", help="write the picture of all arrows")
    parser.add_argument("--check-drawing", type=Path, metavar="FILE", help="fail when that picture is not fresh")
    asked = parser.parse_args(arguments)
    if asked.draw:
        asked.draw.write_text(picture(SCREENS), encoding="utf-8")
        return 0
    found = complaints()
    if asked.check_drawing and asked.check_drawing.read_text(encoding="utf-8") != picture(SCREENS):
        found.append(f"{asked.check_drawing} is not what the screens say; `make draw` draws it again")
    everyday = walk(CAST[EVERYDAY])
    for goal in GOALS:
        print(f"fewest presses to {goal.what}: {everyday.fewest_presses(goal.reached)}")  # noqa: T201 - a command line tool
    print(*found or ["no complaints"], sep="\n")  # noqa: T201 - as above
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
