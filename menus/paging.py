"""A page that a screen does not hold, in parts: by whole lines, with the key 9 for the next, and nothing lost."""

import re
from itertools import chain

from sms.gsm import septets

AN_OPTION = re.compile(r"\d{1,2} ")


def parts(text: str, most: int, more: str) -> list[str]:
    """`text` in parts of at most `most` septets, each but the last ending in the line `more`.

    Choices are never split; a sentence longer than a part is, between two words.
    """
    if septets(text) <= most:
        return [text]
    room = most - septets(more) - 1
    made, lines = list[list[str]](), list[str]()
    for line in chain.from_iterable(_pieces(each, room) for each in text.split("\n")):
        if lines and septets("\n".join([*lines, line])) > room:
            made.append(lines)
            lines = []
        lines.append(line)
    return [*("\n".join([*each, more]) for each in made), "\n".join(lines)]


def _pieces(line: str, room: int) -> list[str]:
    if septets(line) <= room or AN_OPTION.match(line):
        return [line]
    pieces, words = list[str](), ""
    for word in line.split(" "):
        longer = f"{words} {word}" if words else word
        if words and septets(longer) > room:
            pieces.append(words)
            longer = word
        words = longer
    return [*pieces, words]
