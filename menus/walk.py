"""Every place one member of the cast can get to, found by pressing every key everywhere."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from menus.arrows import Arrow, taken
from menus.engine import Turn, Visit, dial, owns, press
from menus.home import Home
from menus.keeper_pin import KeeperPin, RepeatKeeperPin
from menus.kinds import Caller, Do, Goodbye, Secret
from menus.rehearsal import Mark, World
from ussd_app.domain.commands import Command, ProposePin, ReplacePin, SetKeeperPin, SetPin

KEYS = (*"0123456789", "00", "", "#", "*", "-1", "7" * 200, "１", "²", "ố", "\x00", "🙂")
"""What thumbs, children and broken networks send."""

PIN, BIRTH_YEAR = "the PIN", "the year of birth"
Proof = frozenset[str]


@dataclass(frozen=True)
class Place:
    """Where someone stands, in which world, having proved what in this session, after how many presses."""

    turn: Turn
    world: World
    proof: Proof
    presses: int

    @property
    def visit(self) -> Visit:
        return self.turn.visit

    @cached_property
    def mark(self) -> Mark:
        visit = self.visit
        proposed = tuple(self.world.proposed.items()) if isinstance(visit.standing, Secret) else ()
        where = visit.standing, visit.trail[-1:], visit.person_id, visit.proved
        return Mark((*where, self.proof, self.world.mark, proposed))


@dataclass(frozen=True, slots=True)
class Step:
    place: Place
    typed: str
    command: Command | None
    after: Place
    proof: Proof
    """What was proved when the command was given."""


@dataclass
class Walk:
    """What was seen on the way."""

    places: dict[Mark, Place] = field(default_factory=dict[Mark, Place])
    steps: list[Step] = field(default_factory=list[Step])
    arrows: set[Arrow] = field(default_factory=set[Arrow])
    raised: dict[str, str] = field(default_factory=dict[str, str])
    """For each screen where some key raised: which key, and what."""

    def fewest_presses(self, reached: Callable[[Step], bool]) -> int | None:
        return min((each.after.presses for each in self.steps if reached(each)), default=None)

    def without_an_exit(self) -> set[str]:
        """Names of the screens from which no ending can be reached."""
        before: dict[Mark, set[Mark]] = {}
        for step in self.steps:
            before.setdefault(step.after.mark, set()).add(step.place.mark)
        reached = {mark for mark, place in self.places.items() if isinstance(place.visit.standing, Goodbye)}
        edge = deque(reached)
        while edge:
            fresh = before.get(edge.popleft(), set()) - reached
            reached |= fresh
            edge.extend(fresh)
        return {place.visit.standing.name for mark, place in self.places.items() if mark not in reached}


def walk(world: World) -> Walk:
    seen = Walk()
    start = Place(dial(world.line), world, frozenset(), 0)
    seen.places[start.mark] = start
    edge = deque([start])
    while edge:
        place = edge.popleft()
        for step in {_what_came_of_it(each): each for each in _steps(place, seen)}.values():
            seen.steps.append(step)
            if step.after.mark not in seen.places:
                seen.places[step.after.mark] = step.after
                edge.append(step.after)
    return seen


def _what_came_of_it(step: Step) -> tuple[object, ...]:
    """Keys that do the same at one place are one step: most of them are only wrong."""
    return step.after.mark, step.after.turn.note, step.command, step.proof


def _steps(place: Place, seen: Walk) -> Iterator[Step]:
    standing = place.visit.standing
    if isinstance(standing, Goodbye):
        return
    for typed in dict.fromkeys((*KEYS, *standing.samples)):
        try:
            yield _step(place, typed, seen)
        except Exception as problem:
            seen.raised.setdefault(standing.name, f"{typed[:12]!r} raises {type(problem).__name__}: {problem}")


def _step(place: Place, typed: str, seen: Walk) -> Step:
    visit, world = place.visit, place.world
    person = next((each for each in world.line.people if each.id == visit.person_id), None)
    caller = Caller(world.line, person, visit.proved)
    engines_own = owns(visit, typed, caller)
    turn = press(visit, typed, world.line)
    if not engines_own:
        outcome = visit.standing.answer(typed.strip(), caller)
        seen.arrows.add(taken(visit.standing, outcome))
        if isinstance(outcome, Do) and outcome.command not in turn.commands:
            raise AssertionError("the engine lost a command")
    command = turn.commands[0] if turn.commands else None
    proof = place.proof if engines_own else place.proof | _proved(place, typed, command)
    at_home = isinstance(turn.visit.standing, Home) and not turn.visit.proved
    # Another person, or home again: whatever comes next must ask for itself.
    kept = frozenset[str]() if at_home or turn.visit.person_id != visit.person_id else proof
    after = world.after(command) if command else world
    return Step(place, typed, command, Place(turn, after, kept, place.presses + 1), proof)


def _proved(place: Place, typed: str, command: Command | None) -> Proof:
    """What this key proves, judged by the world's own knowledge and not by the dialogue's word for it."""
    visit, world = place.visit, place.world
    if isinstance(visit.standing, KeeperPin | RepeatKeeperPin):
        known = world.keeper_proposed if isinstance(command, SetKeeperPin) else world.keeper_pin
        return frozenset({PIN}) if typed and typed == known else frozenset()
    if not isinstance(visit.standing, Secret) or visit.person_id is None or isinstance(command, ProposePin | ReplacePin):
        return frozenset()
    if typed in (world.pins.get(visit.person_id), world.temporary.get(visit.person_id)) or (
        isinstance(command, SetPin) and typed == world.proposed.get(visit.person_id)
    ):
        return frozenset({PIN})
    if typed == str(world.person(visit.person_id).birth_year):
        return frozenset({BIRTH_YEAR})
    return frozenset()
