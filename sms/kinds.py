"""What a message is: its category, its lane, and how its words give way until they cost one part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import ClassVar

from sms.gsm import NotGsm, cost, fold
from sms.wording import wording
from ussd_app.domain.people import Gender, Language, form_of_address

LONGEST_NAME = 7
"""Letters of the longest Vietnamese given name, `Nghiêng`; a longer one is left out rather than cut."""

LONGEST_PLACE = 27
SHORT_PLACE = 18
"""Room for the name of a place where the brand and the free number are both as long as they can be."""

PLACES = ("diem", "noiphat", "xa")
"""Placeholders that name a place, and may be shortened."""

UNLUCKY = frozenset({"ngu", "lon", "cac", "buoi", "deo", "cut"})
"""Words that without their accents read as an insult."""


class Lane(IntEnum):
    """Order of urgency: a lane is served only when those before it are empty."""

    CODE = 0
    MONEY = 1
    REMINDER = 2
    CAMPAIGN = 3


class Category(StrEnum):
    """What a message is for; this alone decides its lane, whether it can be stopped, and when it may come."""

    CODE = "code"
    """Someone stands at a counter and waits for it."""
    MONEY = "money"
    """What moved, or was asked to move. Never stopped, at any hour."""
    SERVICE = "service"
    """What happened to a person's own record, or an answer to what they asked. Never stopped, at any hour."""
    REMINDER = "reminder"
    """A question or a reminder to one person: only by day, and only to those who did not stop them."""
    CAMPAIGN = "campaign"
    """The same word to many: only by day, only to those who did not stop them, behind everything else."""

    @property
    def lane(self) -> Lane:
        return _LANES[self]

    @property
    def can_be_stopped(self) -> bool:
        return self in (Category.REMINDER, Category.CAMPAIGN)

    @property
    def rests_at_night(self) -> bool:
        return self in (Category.REMINDER, Category.CAMPAIGN)


_LANES = {
    Category.CODE: Lane.CODE,
    Category.MONEY: Lane.MONEY,
    Category.SERVICE: Lane.MONEY,
    Category.REMINDER: Lane.REMINDER,
    Category.CAMPAIGN: Lane.CAMPAIGN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message to one person. `kind` is its permanent name: rows with it are stored for ever."""

    kind: ClassVar[str]
    category: ClassVar[Category] = Category.MONEY
    lane: ClassVar[Lane] = Lane.MONEY
    """Follows from the category."""
    secret: ClassVar[bool] = False
    """True when the text itself must never be stored or logged in the clear."""

    gender: Gender = Gender.UNKNOWN
    given_name: str = ""
    """Named where the text names people; on a phone that several share, every text does."""
    shared: bool = False
    """Several people have this phone: say whose message it is."""

    def __init_subclass__(cls) -> None:
        cls.lane = cls.category.lane

    def values(self, language: Language) -> Mapping[str, str]:
        """What fills the placeholders, beyond the brand, the free number and who is spoken to."""
        return {}

    def text(self, language: Language, brand: str, hotline: str) -> str:
        """The words to send: one part, unaccented unless accents were chosen and cost no second part."""
        template = saying_whose(self.kind, language) if self.shared else wording(language).texts[self.kind]
        values = {"b": brand, "hot": hotline, "ten": speakable(self.given_name), **self.values(language)}
        if language is Language.ACCENTED:
            accented = fill(template, values | self._address(language, template, values))
            if cost(accented).parts == 1:
                return accented
        folded = ""
        for given in giving_way(values, shared=self.shared):
            folded = fold(fill(template, given | self._address(language, template, given)))
            if cost(folded).parts == 1:
                break
        return folded

    def _address(self, language: Language, template: str, values: Mapping[str, str]) -> dict[str, str]:
        address = form_of_address(self.gender, language)
        whom = f"{address} {values['ten']}" if values["ten"] else address
        if language is Language.ENGLISH and not (values["ten"] and "{ten}" in template):
            address = "you"  # a title without a name is a word that hangs in the air
            whom = whom if values["ten"] else address
        return {"xh": address, "XH": _capital(address), "whom": whom, "WHOM": _capital(whom)}


def saying_whose(kind: str, language: Language) -> str:
    """A message's template with a name in it, for a phone that several people share, when it speaks to one of them."""
    template = wording(language).texts[kind]
    if "{ten}" in template:
        return template
    if _ADDRESS.search(template):
        return _ADDRESS.sub(lambda found: "{whom}" if found[1] == "xh" else "{WHOM}", template, count=1)
    personal = _ADDRESS.search(wording(Language.VIETNAMESE).texts.get(kind, ""))
    return template.replace("{b}: ", "{b}: {WHOM}: ", 1) if personal else template


_ADDRESS = re.compile(r"\{(xh|XH)\}")


def giving_way(values: Mapping[str, str], *, shared: bool = False) -> Iterator[dict[str, str]]:
    """The same values with less and less, where a long brand leaves too little room: never money, never a code.

    On a shared phone the name says whose message it is: there a place is shortened before the name goes.
    """
    nameless = {**values, "ten": ""}
    yield dict(values)
    yield _with_short_places(values) if shared else nameless
    yield _with_short_places(nameless)


def _with_short_places(values: Mapping[str, str]) -> dict[str, str]:
    return {**values, **{each: shortened(values[each], SHORT_PLACE) for each in PLACES if each in values}}


def fill(template: str, values: Mapping[str, str]) -> str:
    """An empty value leaves no gap behind."""
    return " ".join(template.format_map(values).split()).replace(" ,", ",").replace(" :", ":")


def speakable(given_name: str) -> str:
    """The name as a message may print it, or nothing: then the form of address stands alone."""
    try:
        bare = fold(given_name)
    except NotGsm:
        return ""
    return "" if len(bare) > LONGEST_NAME or bare.lower() in UNLUCKY else given_name


def writable(place: str) -> str:
    """A stray sign in the name of a place must never keep a code or a receipt from being written."""
    try:
        fold(place)
    except NotGsm as problem:
        place = "".join(each for each in place if each not in problem.letters)
    return place


def shortened(place: str, room: int = LONGEST_PLACE) -> str:
    """A name within its room, never cut inside a word that could stay whole."""
    if len(place) <= room:
        return place
    return place[: room + 1].rsplit(" ", 1)[0][:room]


def day_of(day: date) -> str:
    return f"{day:%d/%m}"


def hour_of(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
