"""How a session on a phone is written down, one line a step, and how such a page of text is read again.

    phone +84912000101
    dials *8899#
    | Kinh chao ba Phuong
    | 1 Xem so du
    presses 4
    | Moi ba nhap ma PIN.
    presses •••• the PIN
    | Cam on ba.
    (end)

A secret has a name and no value. `the line drops` is a step of its own. Lines of `#` are remarks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal

HIDDEN = "••••"

Kind = Literal["CON", "END", "ERROR"]
ENDINGS: dict[str, Kind] = {"(end)": "END", "(broken)": "ERROR"}
"""What stands under a page that takes no more keys: the service's last word, or the network's own."""

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_CODE = re.compile(r"\*[0-9*]+#")
_DIALLED = re.compile(r"\*[0-9*]*#")
_FOR_THE_STORY_TELLER = (">", "language ", "caller ")
"""Lines of a story in tests/dialogues that no phone can see."""


class BadTranscript(Exception):
    """A line cannot be understood; the message says which, and why."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is expected on the screen. No lines at all: whatever comes is right."""

    lines: tuple[str, ...] = ()
    kind: Kind = "CON"

    @property
    def told(self) -> bool:
        return bool(self.lines) or self.kind != "CON"


@dataclass(frozen=True, slots=True)
class Dials:
    line: int
    dialled: str
    page: Page = field(default_factory=Page)

    def __str__(self) -> str:
        return f"dials {self.dialled}"


@dataclass(frozen=True, slots=True)
class Presses:
    """`secret` is the name of what is keyed; then `keys` is empty, for its value stands nowhere."""

    line: int
    keys: str
    secret: str = ""
    page: Page = field(default_factory=Page)

    def __str__(self) -> str:
        return f"presses {HIDDEN} {self.secret}" if self.secret else f"presses {self.keys}".rstrip()


@dataclass(frozen=True, slots=True)
class Drops:
    line: int

    def __str__(self) -> str:
        return "the line drops"


Step = Dials | Presses | Drops


@dataclass(frozen=True, slots=True)
class Transcript:
    steps: tuple[Step, ...]
    phone: str = ""
    code: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of what must be given to play this, each once."""
        return tuple(dict.fromkeys(step.secret for step in self.steps if isinstance(step, Presses) and step.secret))

    def service_code(self, usual: str) -> str:
        """The code that answers: the one that is named, else the usual one, else all that was dialled first."""
        if self.code:
            return self.code
        dialled = next((step.dialled for step in self.steps if isinstance(step, Dials)), usual)
        return usual if dialled.startswith(usual.removesuffix("#")) else dialled


def read(text: str) -> Transcript:
    transcript = Transcript(())
    for number, written in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        line = written.rstrip()
        if line and not line.startswith(("#", *_FOR_THE_STORY_TELLER)):
            transcript = _with_line(transcript, line, number)
    if not any(isinstance(step, Dials) for step in transcript.steps):
        raise BadTranscript("Nobody dials: a transcript needs a line like `dials *8899#`.")
    return transcript


def _with_line(so_far: Transcript, line: str, number: int) -> Transcript:
    if line.startswith("|") or line in ENDINGS:
        return _with_page(so_far, line, number)
    verb, _, rest = line.partition(" ")
    rest = rest.strip()
    match verb:
        case "phone" if _E164.fullmatch(rest):
            return replace(so_far, phone=rest)
        case "code" if _CODE.fullmatch(rest):
            return replace(so_far, code=rest)
        case "dials" if HIDDEN in rest:
            raise BadTranscript(f"Line {number}: a secret is never dialled; dial the code and press the rest.")
        case "dials" if _DIALLED.fullmatch(rest):
            return replace(so_far, steps=(*so_far.steps, Dials(number, rest)))
        case "presses" if so_far.steps:
            return replace(so_far, steps=(*so_far.steps, _pressed(rest, number)))
        case "the" if rest == "line drops" and so_far.steps:
            return replace(so_far, steps=(*so_far.steps, Drops(number)))
        case _:
            raise BadTranscript(f"Line {number} says nothing a phone can do: {line[:60]!r}.")


def _pressed(rest: str, number: int) -> Presses:
    if not rest.startswith("•"):
        return Presses(number, rest)
    name = rest.lstrip("•").strip()
    if not name:
        raise BadTranscript(f"Line {number}: name the secret, as in `presses {HIDDEN} the PIN`.")
    return Presses(number, "", name)


def _with_page(so_far: Transcript, line: str, number: int) -> Transcript:
    last = so_far.steps[-1] if so_far.steps else None
    if last is None or isinstance(last, Drops):
        raise BadTranscript(f"Line {number}: a page comes after `dials` or `presses`.")
    page = last.page
    if line in ENDINGS:
        page = replace(page, kind=ENDINGS[line])
    else:
        page = replace(page, lines=(*page.lines, line[1:].removeprefix(" ")))
    return replace(so_far, steps=(*so_far.steps[:-1], replace(last, page=page)))
