"""Whether the page that came is the page that was expected, with room for what may differ.

`…` is anything within its line; alone on a line, any lines. `{word}` is anything too, and the same wherever it stands
again. `••••` is digits that are nobody's business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ussd_app.simulator.transcript import ENDINGS, HIDDEN, Kind, Page

_GAP = re.compile(rf"(…|{HIDDEN}|\{{\w*\}})")
_ANY_LINES = r"[^\n]*(?:\n[^\n]*)*?"
_DIGITS = r"\d(?: ?\d)+"

_SAID = {"CON": "the line stays open", "END": "the line ends", "ERROR": "the network broke it off"}


@dataclass(frozen=True, slots=True)
class Likeness:
    """`words` is what each `{word}` has stood for so far; `difference` is empty when the page is the same."""

    words: Mapping[str, str] = field(default_factory=dict)
    difference: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return not self.difference


def compare(expected: Page, kind: Kind, text: str, words: Mapping[str, str]) -> Likeness:
    if not expected.told:
        return Likeness(words) if kind != "ERROR" else Likeness(words, _unlike(expected, kind, text, words))
    names: list[str] = []
    pattern = "\n".join(_pattern(line, words, names) for line in expected.lines)
    found = re.fullmatch(pattern, _trimmed(text))
    if found is None or kind != expected.kind:
        return Likeness(words, _unlike(expected, kind, text, words))
    return Likeness({**words, **dict(zip(names, found.groups(), strict=True))})


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _pattern(line: str, words: Mapping[str, str], names: list[str]) -> str:
    """`names` grows by each word that is met for the first time, in the order of the pattern's groups."""
    if line == "…":
        return _ANY_LINES
    return "".join(_part(part, words, names) for part in _GAP.split(line.rstrip()))


def _part(part: str, words: Mapping[str, str], names: list[str]) -> str:
    if part in {"…", "{}"}:
        return r"[^\n]*?"
    if part == HIDDEN:
        return _DIGITS
    if not _GAP.fullmatch(part):
        return re.escape(part)
    name = part[1:-1]
    if name in words:
        return re.escape(words[name])
    if name in names:
        return rf"\{names.index(name) + 1}"
    names.append(name)
    return r"([^\n]+?)"


def _unlike(expected: Page, kind: Kind, text: str, words: Mapping[str, str]) -> tuple[str, ...]:
    """Line beside line: `-` was expected, `+` came, and what agrees stands once."""
    shown = tuple(_trimmed(text).split("\n")) if text else ()
    lines = [marked for marked, _ in _side_by_side(expected.lines, shown, words)]
    if kind != expected.kind:
        lines += [f"- ({_SAID[expected.kind]})", f"+ ({_SAID[kind]})"]
    return tuple(lines)


def _side_by_side(wanted: tuple[str, ...], came: tuple[str, ...], words: Mapping[str, str]) -> tuple[tuple[str, bool], ...]:
    """Each line with its mark, and whether it counts; of all ways to lay the pages side by side, the calmest."""

    def agree(left: str, right: str) -> bool:
        return left == "…" or bool(re.fullmatch(_pattern(left, words, []), right))

    best: dict[tuple[int, int], tuple[tuple[str, bool], ...]] = {(len(wanted), len(came)): ()}
    for i in range(len(wanted), -1, -1):
        for j in range(len(came), -1, -1):
            ways = [best[i, j]] if (i, j) in best else []
            if i < len(wanted) and j < len(came) and agree(wanted[i], came[j]):
                ways.append(((f"  | {came[j]}", False), *best[i + 1, j + 1]))
                if wanted[i] == "…":
                    ways.append(((f"  | {came[j]}", False), *best[i, j + 1]))
            elif i < len(wanted) and j < len(came):
                ways.append(((f"- | {wanted[i]}", True), (f"+ | {came[j]}", False), *best[i + 1, j + 1]))
            if i < len(wanted):
                ways.append(((f"- | {wanted[i]}", True), *best[i + 1, j]))
            if j < len(came):
                ways.append(((f"+ | {came[j]}", True), *best[i, j + 1]))
            best[i, j] = min(ways, key=lambda way: sum(counts for _, counts in way))
    return best[0, 0]


def ending_of(kind: Kind) -> str:
    return next((written for written, ends in ENDINGS.items() if ends == kind), "")
