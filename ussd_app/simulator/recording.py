"""Writing a call down as a transcript: no secret, no cash-out code, and on wish nothing that differs from day to day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ussd_app.simulator.likeness import ending_of
from ussd_app.simulator.screens import offers_choices, secret_asked
from ussd_app.simulator.transcript import HIDDEN, Kind

NOT_ON_THE_MENU = "something that is not on the menu"

_LONG_NUMBER = re.compile(r"(?<![\dA-Za-z+])\d{4}(?: ?\d){4,}(?!\d)")
_DIFFERS = (
    re.compile(r"\b\d{1,2}:\d{2}(?: \d{1,2}/\d{1,2}(?:/\d{4})?)?\b"),
    re.compile(r"\b\d{1,2}/\d{1,4}(?:/\d{4})?\b"),
    re.compile(r"\b[A-Z]{1,3}\d{3,}\b"),
    re.compile(r"\b\d{1,3}(?:[.,]\d{3})*(?=[dđ]\b)"),
)
"""An hour with its day, a day or a month, a reference, an amount of đồng."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a phone: `keys` as sent (dots for a secret), the page that came, and whether the line was lost then."""

    keys: str
    kind: Kind
    text: str
    dropped: bool = False
    dials: bool = False


def write(hops: Iterable[Hop], *, phone: str = "", code: str = "", hotline: str = "", loosened: bool = False) -> str:
    """`loosened` puts `…` where hours, days, references and amounts stood, so that the same holds tomorrow."""
    lines = [f"phone {phone}"] * bool(phone) + [f"code {code}"] * bool(code)
    asked = ""
    for hop in hops:
        lines.append(f"dials {_dialled(hop.keys, code)}" if hop.dials else f"presses {_pressed(hop.keys, asked)}".rstrip())
        shown = without_codes(hop.text, hotline)
        page = _loosened(shown) if loosened else shown
        lines += [f"| {line}".rstrip() for line in page.split("\n") if page]  # a page that nobody saw stands nowhere
        lines += [ending_of(hop.kind)] * (hop.kind != "CON")
        lines += ["the line drops"] * hop.dropped
        asked = hop.text
    return "\n".join(lines) + "\n"


def without_codes(text: str, hotline: str = "") -> str:
    """Long numbers are cash-out codes or worse; the one that everybody may call is left."""
    return _LONG_NUMBER.sub(lambda found: found[0] if found[0] == hotline else HIDDEN, text)


def _dialled(keys: str, code: str) -> str:
    """A PIN keyed behind the code would stand in the phone's list of calls; it shall not stand here too."""
    stem = code.removesuffix("#")
    behind = keys.removeprefix(stem) if code else ""
    hidden = "*".join(HIDDEN if len(part.rstrip("#")) >= 4 else part for part in behind.split("*"))
    return keys if hidden == behind else stem + hidden.removesuffix("#") + "#"


def _pressed(keys: str, page: str) -> str:
    named = secret_asked(page)
    if named or "•" in keys:
        return f"{HIDDEN} {named or 'the secret'}"
    if len(keys) >= 4 and offers_choices(page):
        return f"{HIDDEN} {NOT_ON_THE_MENU}"
    return keys


def _loosened(text: str) -> str:
    for each in _DIFFERS:
        text = each.sub("…", text)
    return text
