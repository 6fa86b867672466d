"""What each letter of a text costs, and which of them makes it too long: said so that its author knows what to change."""

from sms.gsm import EXTENSION, is_gsm7, septets, ucs2_units

AROUND = 14
"""Letters shown before the one that costs."""


def too_long(text: str, most: int) -> str | None:
    """What to say of a text that takes more than `most`: septets when GSM-7 has all its letters, else UTF-16 units."""
    plain = is_gsm7(text)
    if (septets(text) if plain else ucs2_units(text)) <= most:
        return None
    used = 0
    for at, letter in enumerate(text):
        used += _septets(letter) if plain else _units(letter)
        if used > most:
            total = used + sum(map(_septets if plain else _units, text[at + 1 :]))
            return f"{total - most} too long: from {_named(letter)} in {_place(text, at)}{_dear(text, plain)}"
    return None


def _septets(letter: str) -> int:
    return 2 if letter in EXTENSION else 1


def _units(letter: str) -> int:
    return 2 if ord(letter) > 0xFFFF else 1


def _named(letter: str) -> str:
    return {"\n": "the end of a line", " ": "the space"}.get(letter, f"“{letter}”")


def _place(text: str, at: int) -> str:
    return "“…" + text[max(0, at - AROUND) : at + 1].replace("\n", " / ") + "”"


def _dear(text: str, plain: bool) -> str:
    """The letters that cost more than themselves."""
    if plain:
        double = sorted(EXTENSION.intersection(text) - {"\f"})
        return f"; two for each {' '.join(double)}" if double else ""
    outside = next(each for each in text if not is_gsm7(each))
    return f"; only half as much fits because of “{outside}”"
