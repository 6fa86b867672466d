"""A visit is where a caller stands and how they came there, written small enough to be kept between two keys."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, get_args, get_type_hints

from menus.kinds import SCREENS, Screen
from ussd_app.domain.money import Dong

FORMAT = 1
"""Raised whenever the shape of what `freeze` writes changes; an older visit then begins again, politely."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Never a PIN, a code or a name: ids and the fields of screens."""

    standing: Screen
    trail: tuple[Screen, ...] = ()
    """The screens behind, nearest last, for the key 0."""
    person_id: int | None = None
    proved: bool = False
    """The right PIN was given in this session."""
    mistakes: int = 0
    """Wrong keys in a row."""
    part: int = 0
    """Which part of a page that the screen does not hold at once."""


def freeze(visit: Visit) -> str:
    trail = [_freeze_screen(each) for each in visit.trail]
    written = [FORMAT, _freeze_screen(visit.standing), trail, visit.person_id, visit.proved, visit.mistakes]
    if visit.part:
        written.append(visit.part)
    return json.dumps(written, separators=(",", ":"))


def _freeze_screen(screen: Screen) -> list[Any]:
    return [screen.name, {name: _freeze_value(getattr(screen, name)) for name in _fields_of(type(screen))}]


@cache
def _fields_of(made: type[Screen]) -> Mapping[str, Any]:
    """The fields of a screen and their types: looked up once, for finding the types is slow."""
    hints = get_type_hints(made)
    return {each.name: hints[each.name] for each in fields(made)}  # pyright: ignore[reportArgumentType] - every @screen is a dataclass


def _freeze_value(value: object) -> object:
    match value:
        case Dong(amount=amount):
            return amount
        case Screen():
            return _freeze_screen(value)
        case bool() | int() | str():
            return value
        case _:
            raise TypeError(f"a screen may not hold a {type(value).__name__}")


def thaw(text: str) -> Visit | None:
    """The visit as it was, or None when anything at all of it is not understood."""
    try:
        match json.loads(text):
            case [int(made), standing, list(trail), who, bool(proved), int(mistakes), *part] if made == FORMAT:
                if not (who is None or type(who) is int):
                    return None
                screens = tuple(_thaw_screen(each) for each in trail)
                return Visit(_thaw_screen(standing), screens, who, proved, mistakes, *_thaw_part(part))
            case _:
                return None
    except (ValueError, TypeError, RecursionError):
        return None


def _thaw_part(written: list[object]) -> list[int]:
    match written:
        case [] | [int()]:
            return [each for each in written if isinstance(each, int)]
        case _:
            raise ValueError("more than was ever written")


def _thaw_screen(written: object) -> Screen:
    match written:
        case [str(name), dict(held)] if name in SCREENS:
            made = SCREENS[name]
            hints = _fields_of(made)
            if held.keys() != hints.keys():
                raise ValueError("a screen with other fields")
            return made(**{field: _thaw_value(value, hints[field]) for field, value in held.items()})
        case _:
            raise ValueError("not a screen we know")


def _thaw_value(value: object, hint: Any) -> object:
    if hint is Dong and type(value) is int:
        return Dong(value)
    if hint in (int, str, bool) and type(value) is hint:
        return value
    allowed = get_args(hint) or (hint,)
    if isinstance(value, list) and all(isinstance(each, type) and issubclass(each, Screen) for each in allowed):
        inner = _thaw_screen(value)
        if isinstance(inner, allowed):
            return inner
    raise ValueError("a field of another type")
