"""The arrows a screen promises, read from the return annotation of its `answer`; and the picture they make."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from menus.home import Home
from menus.kinds import Again, Do, Go, Goodbye, Outcome, Screen, Secret, ToHome

Screens = Mapping[str, type[Screen]]


@dataclass(frozen=True, slots=True, order=True)
class Arrow:
    """From one screen to another, with the command that is done on the way, if any. `Again` is an arrow to nowhere."""

    start: str
    end: str
    command: str = ""

    def __str__(self) -> str:
        return f"{self.command} -> {self.end}" if self.command else f"-> {self.end}"


AGAIN = "again"


def promised(made: type[Screen]) -> frozenset[Arrow]:
    return frozenset(_read(made.name, get_type_hints(made.answer)["return"]))


def _read(start: str, hint: Any) -> Iterator[Arrow]:
    for each in _parts(hint):
        if each is Again:
            yield Arrow(start, AGAIN)
        elif get_origin(each) is Go:
            (targets,) = get_args(each)
            yield from (Arrow(start, _name(target)) for target in _parts(targets))
        elif get_origin(each) is Do:
            command, targets = get_args(each)
            yield from (Arrow(start, _name(target), command.__name__) for target in _parts(targets))


def _parts(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, _UNION_TYPE) else (hint,)


_UNION_TYPE = type(int | str)


def _name(target: type[Any]) -> str:
    return Home.name if target is ToHome else target.name


def taken(start: Screen, outcome: Outcome) -> Arrow:
    match outcome:
        case Again():
            return Arrow(start.name, AGAIN)
        case Go(to):
            return Arrow(start.name, _name(type(to)))
        case Do(command, to):
            return Arrow(start.name, _name(type(to)), type(command).__name__)


# ---- the picture -----------------------------------------------------------------------------------------

_ABOUT = """# The dialogues, drawn

Drawn by `make draw` from the return annotations of the screens; `make check` fails when it is not fresh.
Rounded boxes end the call, slanted ones ask for a secret, and a word on an arrow is the command done on the way.
On every screen 0 goes back or home, 00 goes home, and 9 turns a list over.

```mermaid
flowchart LR
"""


def picture(screens: Screens) -> str:
    boxes = [f"  {_id(name)}{_box(made)}" for name, made in sorted(screens.items())]
    arrows = sorted(each for made in screens.values() for each in promised(made) if each.end != AGAIN)
    return _ABOUT + "\n".join([*boxes, *map(_line, arrows)]) + "\n```\n"


def _line(arrow: Arrow) -> str:
    label = f"|{arrow.command}|" if arrow.command else ""
    return f"  {_id(arrow.start)} -->{label} {_id(arrow.end)}"


def _id(name: str) -> str:
    return name.replace(".", "_")


def _box(made: type[Screen]) -> str:
    if issubclass(made, Goodbye):
        return f"([{made.name}])"
    return f"[/{made.name}/]" if issubclass(made, Secret) else f"[{made.name}]"
