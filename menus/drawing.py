"""A page is the words of a screen, with the note above them, in letters the phone shows and no more than it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from menus.kinds import Caller, Goodbye, Screen, Secret, Words
from menus.paging import parts
from menus.wording import TEXTS, Texts, address
from sms.gsm import NotGsm, fold, septets, ucs2_units
from ussd_app.domain.people import Gender, Language
from ussd_app.domain.screens import NARROWEST, ScreenRoom

SEPTETS = NARROWEST.septets
"""What every page is proved to fit; a network may show more, or less and then in parts."""

ACCENTED_UNITS = NARROWEST.units
"""A page with accents travels as UCS-2: 160 bytes are 80 letters."""


@dataclass(frozen=True, slots=True)
class Page:
    kind: Literal["CON", "END"]
    text: str
    screen: str
    """The permanent name of the screen."""
    secret: bool
    """It asks for a secret, or shows one: neither the answer nor the page may be kept in the clear."""


def draw(standing: Screen, caller: Caller, note: str | None, texts: Texts = TEXTS, part: int = 0) -> Page:
    shown = in_parts(standing, caller, note, texts)
    part = min(part, len(shown) - 1)
    return Page(
        kind="END" if isinstance(standing, Goodbye) and part == len(shown) - 1 else "CON",
        text=shown[part],
        screen=standing.name,
        secret=isinstance(standing, Secret) or standing.sealed(caller),
    )


def in_parts(standing: Screen, caller: Caller, note: str | None = None, texts: Texts = TEXTS) -> list[str]:
    """One part wherever the texts were proved to fit. More on a narrower screen; then a note gives way to the page."""
    language, room = language_of(caller), caller.line.service.screen
    words = {**spoken_to(caller, language), **standing.words(caller)}
    drafts = ["\n".join(texts.say(language, key, words) for key in keys) for keys in layouts(standing, caller, note)]
    fitted = _fitted(drafts, language, room)
    if fitted is not None:
        return [fitted]
    page = drafts[-1] if isinstance(standing, Secret) else texts.say(language, standing.text(caller), words)
    return parts(in_plain_letters(page), room.septets, in_plain_letters(texts.say(language, "more", {})))


def layouts(standing: Screen, caller: Caller, note: str | None) -> Iterator[tuple[str, ...]]:
    """The texts to set one under the other, best first: the last is proved to fit."""
    page = standing.text(caller)
    match note:
        case None:
            yield (page,)
        case _ if isinstance(standing, Secret):
            yield (note,)
        case "again.key":
            yield (note, page)
            yield ("again.key.short", page)
            yield ("again.shortest", page)
        case "again.call":
            yield (note, page)
            yield ("again.shortest", page)
        case _:
            yield (note, page)


def language_of(caller: Caller) -> Language:
    """The person's own; before we know who it is, the one that all on this phone share, or the default."""
    if caller.person:
        return caller.person.language
    spoken = {each.language for each in caller.line.people}
    return spoken.pop() if len(spoken) == 1 else Language.VIETNAMESE


def spoken_to(caller: Caller, language: Language) -> Words:
    """What any text may name without being told."""
    person, service = caller.person, caller.line.service
    return {
        **address(person.gender if person else Gender.UNKNOWN, person.given_name if person else "", language),
        "hot": service.hotline,
        "dai": service.pin_length,
        "n": person.pin.tries_left if person else 0,
    }


def _fitted(drafts: list[str], language: Language, room: ScreenRoom) -> str | None:
    if language is Language.ACCENTED and ucs2_units(drafts[0]) <= room.units:
        return drafts[0]
    plain = [in_plain_letters(each) for each in drafts]
    return next((each for each in plain if septets(each) <= room.septets), None)


def in_plain_letters(text: str) -> str:
    """Without accents; a letter from elsewhere in somebody's name is left out rather than the page refused."""
    try:
        return fold(text)
    except NotGsm as problem:
        return fold("".join(each for each in text if each not in problem.letters))
