"""A page is the words of a screen, with the note above them, in letters the phone shows and no more than it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from menus.kinds import Caller, Goodbye, Screen, Secret, Words
from menus.wording import TEXTS, Texts, address
from sms.gsm import NotGsm, fold, septets, ucs2_units
from ussd_app.domain.people import Gender, Language

SEPTETS = 160
"""What the narrowest network shows of one page."""

ACCENTED_UNITS = 80
"""A page with accents travels as UCS-2: 160 bytes are 80 letters."""


@dataclass(frozen=True, slots=True)
class Page:
    kind: Literal["CON", "END"]
    text: str
    screen: str
    """The permanent name of the screen."""
    secret: bool
    """It asks for a secret, or shows one: neither the answer nor the page may be kept in the clear."""


def draw(standing: Screen, caller: Caller, note: str | None, texts: Texts = TEXTS) -> Page:
    language = language_of(caller)
    words = {**spoken_to(caller, language), **standing.words(caller)}
    drafts = ["\n".join(texts.say(language, key, words) for key in keys) for keys in layouts(standing, caller, note)]
    return Page(
        kind="END" if isinstance(standing, Goodbye) else "CON",
        text=_fitted(drafts, language),
        screen=standing.name,
        secret=isinstance(standing, Secret) or standing.sealed(caller),
    )


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


def _fitted(drafts: list[str], language: Language) -> str:
    if language is Language.ACCENTED and ucs2_units(drafts[0]) <= ACCENTED_UNITS:
        return drafts[0]
    plain = [in_plain_letters(each) for each in drafts]
    return next((each for each in plain if septets(each) <= SEPTETS), plain[-1])


def in_plain_letters(text: str) -> str:
    """Without accents; a letter from elsewhere in somebody's name is left out rather than the page refused."""
    try:
        return fold(text)
    except NotGsm as problem:
        return fold("".join(each for each in text if each not in problem.letters))
