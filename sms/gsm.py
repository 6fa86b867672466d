"""What a text costs on the air: the GSM 03.38 alphabet, septets and parts, and the folding of accents into it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

# 3GPP TS 23.038 clause 6.2.1, in the order of its codes; 0x1B is the escape and stands for no letter.
DEFAULT_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
"""Each of these is sent as an escape and a code: two septets that may not be parted."""

_GSM = DEFAULT_ALPHABET | EXTENSION

FIRST_MARK = "\u0300"
"""No combining mark comes before this one."""

_VIETNAMESE_MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"

# What normal form D leaves whole although it stands for plain letters or signs.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("ĐÐƉ", "D"),
        **dict.fromkeys("đð₫ɖ", "d"),
        **dict.fromkeys("‘’‚‛′‵ʼʻʹ`´", "'"),
        **dict.fromkeys("“”„‟″‶«»", '"'),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
        **dict.fromkeys("•·", "-"),
        **dict.fromkeys("\t\u00a0\u1680\u202f\u205f\u3000", " "),
        **dict.fromkeys(map(chr, range(0x2002, 0x200B)), " "),
        **dict.fromkeys("\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\ufeff", ""),
        **dict.fromkeys(map(chr, [*range(0x202A, 0x202F), *range(0x2060, 0x2070)]), ""),
        "\u2028": "\n",
        "\u2029": "\n",
        "…": "...",
        **dict.fromkeys(_VIETNAMESE_MARKS, ""),
    }
)


class Encoding(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


_ONE_PART = {Encoding.GSM7: 160, Encoding.UCS2: 70}
_EACH_OF_SEVERAL = {Encoding.GSM7: 153, Encoding.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a text takes: `units` are septets in GSM-7 and UTF-16 units in UCS-2."""

    encoding: Encoding
    units: int
    parts: int


class NotGsm(ValueError):
    """A text holds letters that GSM-7 has no place for; `letters` are those, each once."""

    def __init__(self, letters: Iterable[str]) -> None:
        self.letters = tuple(dict.fromkeys(letters))
        super().__init__("no place in GSM-7 for " + ", ".join(_name(each) for each in self.letters))


def _name(letter: str) -> str:
    return f"U+{ord(letter):04X} {unicodedata.name(letter, _UNNAMED.get(unicodedata.category(letter), 'without a name'))}"


_UNNAMED = {"Cc": "(a control character)", "Cs": "(half of a letter)", "Co": "(a private sign)"}


def is_gsm7(text: str) -> bool:
    return _GSM.issuperset(text)


def septets(text: str) -> int:
    """Length in GSM-7; raises NotGsm."""
    if not is_gsm7(text):
        raise NotGsm(each for each in text if each not in _GSM)
    return len(text) + sum(map(text.count, EXTENSION))


def ucs2_units(text: str) -> int:
    """Length in UTF-16 units, as UCS-2 is really sent: a letter beyond the first plane is two."""
    return len(text.encode("utf-16-be", "surrogatepass")) // 2


def cost(text: str) -> Cost:
    """The encoding a network will choose, and how many parts it will bill."""
    if is_gsm7(text):
        return _cost(Encoding.GSM7, septets(text), text, _septets_of)
    return _cost(Encoding.UCS2, ucs2_units(text), text, _units_of)


def _septets_of(letter: str) -> int:
    return 2 if letter in EXTENSION else 1


def _units_of(letter: str) -> int:
    return 2 if ord(letter) > 0xFFFF else 1


def _cost(encoding: Encoding, units: int, text: str, width_of: Callable[[str], int]) -> Cost:
    if units <= _ONE_PART[encoding]:
        return Cost(encoding, units, 1)
    room = _EACH_OF_SEVERAL[encoding]
    every_letter_is_one = units == len(text)
    return Cost(encoding, units, -(-units // room) if every_letter_is_one else _parts(map(width_of, text), room))


def _parts(widths: Iterable[int], room: int) -> int:
    """A pair that would straddle the end of a part begins the next one, so plain division counts too few."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


def fold(text: str) -> str:
    """The same words without accents, in letters that every phone shows; raises NotGsm rather than lose a letter.

    >>> fold("Bà Đào: 500.000₫")
    'Ba Dao: 500.000d'
    """
    folded = _without_marks(text)
    if is_gsm7(folded):
        return folded
    composed = unicodedata.normalize("NFC", text)
    raise NotGsm(each for each in composed if not is_gsm7(_without_marks(each)))


def _without_marks(text: str) -> str:
    if text.isascii() and "\t" not in text and "`" not in text and "\r" not in text:
        return text
    apart = unicodedata.normalize("NFD", text.replace("\r\n", "\n")).translate(_PLAIN)
    if apart.isascii():
        return apart
    return "".join([each for each in apart if each < FIRST_MARK or unicodedata.category(each) != "Mn"])
