"""How Vietnamese is written in a hurry: without accents, with the letters of a typing method left in, with one slip."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[a-z]+|[0-9]+")
_STROKES = str.maketrans({"đ": "d", "ð": "d", "ɖ": "d", "₫": "d"})
_TONE_KEYS = re.compile(r"(?<=[aeiouy])([bcdghklmnpt]*)[fsrxj](?=[bcdghklmnpt]*$)")


def plain_words(text: str) -> list[str]:
    """Words of plain small letters, and numbers; everything else parts them.

    >>> plain_words("SỐ  DƯ!!")
    ['so', 'du']
    """
    apart = unicodedata.normalize("NFD", text.lower()).translate(_STROKES)
    return _WORD.findall("".join(each for each in apart if unicodedata.category(each) != "Mn"))


def untelexed(word: str) -> str:
    """The word behind Telex keys that were typed where nothing turns them into accents: `nhaanj` -> `nhan`."""
    word = re.sub(r"([aeod])\1", r"\1", word.replace("w", ""))
    return _TONE_KEYS.sub(r"\1", word, count=1)


def near(one: str, other: str) -> bool:
    """At most one letter is wrong, missing, too many, or changed places with its neighbour."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    shorter, longer = sorted((one, other), key=len)
    at = next((place for place, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    swapped = shorter[at : at + 2] == longer[at : at + 2][::-1] and shorter[at + 2 :] == longer[at + 2 :]
    return shorter[at + 1 :] == longer[at + 1 :] or swapped
