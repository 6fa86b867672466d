"""The proofs about pages: each is drawn, fits with the longest values, and where one stands survives being stored."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from menus.arrows import taken
from menus.check_texts import holes
from menus.drawing import ACCENTED_UNITS, SEPTETS, in_plain_letters, layouts
from menus.engine import Turn, Visit, dial, freeze, owns, press, show, thaw
from menus.front_door import CutShort
from menus.kinds import Caller, Goodbye, Screen, Secret, Words
from menus.letters import too_long
from menus.rehearsal import World
from menus.walk import Place, Walk
from menus.widths import longest
from menus.wording import WRITTEN_IN, Texts
from sms.gsm import is_gsm7
from ussd_app.domain.caller import CutVisit, Line
from ussd_app.domain.people import Language


@dataclass(frozen=True)
class Listening(Texts):
    """Texts that remember which of them were said."""

    said: set[str] = field(default_factory=set[str])
    widest: dict[tuple[Language, tuple[str, ...]], str] = field(default_factory=dict[tuple[Language, tuple[str, ...]], str])
    """Each page with its longest values, written once."""

    def with_longest_values(self, language: Language, keys: tuple[str, ...]) -> str:
        if (language, keys) not in self.widest:
            values = longest(language, self)
            self.widest[language, keys] = in_plain_letters("\n".join(self.say(language, key, values) for key in keys))
        return self.widest[language, keys]

    def say(self, language: Language, key: str, words: Words) -> str:
        self.said.add(key)
        return super().say(language, key, words)


def complaints_about_pages(seen: Walk, texts: Listening) -> Iterator[str]:
    """Each page anyone came to, with its note, in every language: as it is, and with the longest values."""
    drawn: set[object] = set()
    for place in _shown(seen):
        turn = place.turn
        mark = (turn.visit.standing, turn.visit.person_id, turn.note, place.world.people)
        if mark in drawn:
            continue
        drawn.add(mark)
        for language in Language:
            yield from _page(place, language, texts)


def _shown(seen: Walk) -> Iterator[Place]:
    yield from seen.places.values()
    for step in seen.steps:
        if step.after.turn.note:
            yield step.after
        if step.after.turn.note == "again.key":
            yield replace(step.after, turn=replace(step.after.turn, note="again.call"))


def _page(place: Place, language: Language, texts: Listening) -> Iterator[str]:
    turn, line = place.turn, place.world.speaking(language).line
    about = f"{turn.visit.standing.name} [{language}]"
    try:
        page = show(turn, line, texts)
        person = next((each for each in line.people if each.id == turn.visit.person_id), None)
        keys = list(layouts(turn.visit.standing, Caller(line, person, turn.visit.proved), turn.note))[-1]
        widest = texts.with_longest_values(language, keys)
    except Exception as problem:
        yield f"{about} cannot be drawn: {type(problem).__name__}: {problem}"
        return
    for text, which in ((page.text, "this page"), (in_plain_letters(widest), "the page with its longest values")):
        if problem := _too_long(text, language):
            yield f"{about} {which} is {problem} ({' + '.join(keys)})"


def _too_long(text: str, language: Language) -> str | None:
    accented = language is Language.ACCENTED and not is_gsm7(text)
    return too_long(text, ACCENTED_UNITS if accented else SEPTETS)


def complaints_about_widths(texts: Texts) -> Iterator[str]:
    """Each text by itself, seen or not, with the longest values it can carry."""
    for language in Language:
        widest = longest(language, texts)
        for key, template in texts.by_file[WRITTEN_IN[language]].items():
            if unknown := holes(template) - widest.keys():
                yield f"{key} [{language}] has a placeholder without a longest value: {', '.join(sorted(unknown))}"
            elif problem := _too_long(in_plain_letters(texts.say(language, key, widest)), language):
                yield f"{key} [{language}] with its longest values is {problem}"


# ---- where one stands, stored ----------------------------------------------------------------------------

OF_EACH_SCREEN = 4
"""Standings of one screen that are carried into every other world: with other amounts they do nothing else."""


def complaints_about_standings(walks: list[Walk], others: list[World], texts: Texts) -> Iterator[str]:
    met: dict[str, set[Screen]] = {}
    for seen in walks:
        for place in seen.places.values():
            standing = place.visit.standing
            lost = _lost_in_storage(place.visit)
            if lost is not None:
                yield f"{standing.name} [any language] does not survive being stored{lost}"
                continue
            some = met.setdefault(standing.name, set())
            if standing not in some and len(some) < OF_EACH_SCREEN:
                some.add(standing)
                yield from _elsewhere(standing, others, seen, texts)
            yield from _cut_here(place, seen)


def _lost_in_storage(visit: Visit) -> str | None:
    try:
        return None if thaw(freeze(visit)) == visit else ""
    except TypeError as problem:
        return f": {problem}"


def _elsewhere(standing: Screen, others: list[World], seen: Walk, texts: Texts) -> Iterator[str]:
    """Between two keys the world may change: no page and no key may raise for it."""
    for other in others:
        (person,) = other.line.people
        caller = Caller(other.line, person)
        visit = Visit(standing, person_id=person.id)
        try:
            show(Turn(visit), other.line, texts)
            for typed in () if isinstance(standing, Goodbye) else ("1", "2", "3", *standing.samples):
                if not owns(visit, typed, caller):
                    seen.arrows.add(taken(standing, standing.answer(typed, caller)))
                show(press(visit, typed, other.line), other.line, texts)
        except Exception as problem:
            what = f"{type(problem).__name__}: {problem}"
            yield f"{standing.name} [any language] cannot bear a change of the world: {what}"
            return


def _cut_here(place: Place, seen: Walk) -> Iterator[str]:
    """Cut at this place and dialled again: nothing raises, no PIN counts as given, no secret is resumed into."""
    if isinstance(place.visit.standing, Goodbye) or len(place.world.line.people) != 1:
        return
    try:
        again = _dialled_again(replace(place.world.line, cut_visit=CutVisit(freeze(place.visit))), seen)
    except Exception as problem:
        yield f"{place.visit.standing.name} [any language] cannot be resumed: {type(problem).__name__}: {problem}"
        return
    if again.visit.proved or isinstance(again.visit.standing, Secret):
        yield f"{place.visit.standing.name} [any language] is resumed into without the PIN being asked again"


def _dialled_again(line: Line, seen: Walk) -> Turn:
    again = dial(line)
    show(again, line)
    if isinstance(again.visit.standing, CutShort):
        going_on = again.visit.standing.answer("1", Caller(line, line.people[0]))
        seen.arrows.add(taken(again.visit.standing, going_on))
        again = press(again.visit, "1", line)
        show(again, line)
    return again
