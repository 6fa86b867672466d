"""Every message we send, each as a frozen value that knows its lane and its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import ClassVar

from sms.gsm import NotGsm, cost, fold
from sms.wording import wording
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.payments import PROGRAMMES, Cycle
from ussd_app.domain.people import Gender, Language, PayoutMethod, form_of_address

LONGEST_NAME = 7
"""Letters of the longest Vietnamese given name, `Nghiêng`; a longer one is left out rather than cut."""

LONGEST_POINT = 27
SHORT_POINT = 18
"""Room for a point's name where the brand and the free number are both as long as they can be."""

UNLUCKY = frozenset({"ngu", "lon", "cac", "buoi", "deo", "cut"})
"""Words that without their accents read as an insult."""


class Lane(IntEnum):
    """Order of urgency: a lane is served only when those before it are empty."""

    CODE = 0
    MONEY = 1
    REMINDER = 2
    CAMPAIGN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message to one person. `kind` is its permanent name: rows with it are stored for ever."""

    kind: ClassVar[str]
    lane: ClassVar[Lane] = Lane.MONEY
    secret: ClassVar[bool] = False
    """True when the text itself must never be stored or logged in the clear."""

    gender: Gender = Gender.UNKNOWN

    def values(self, language: Language) -> Mapping[str, str]:
        """What fills the placeholders, beyond the brand, the free number and the form of address."""
        raise NotImplementedError

    def text(self, language: Language, brand: str, hotline: str) -> str:
        """The words to send: one part, unaccented unless accents were chosen and cost no second part."""
        template = wording(language).texts[self.kind]
        values: dict[str, str] = {"b": brand, "hot": hotline, **self.values(language)}
        if language is Language.ACCENTED:
            accented = fill(template, values | self._address(language, values))
            if cost(accented).parts == 1:
                return accented
        folded = ""
        for given in giving_way(values):
            folded = fold(fill(template, given | self._address(language, given)))
            if cost(folded).parts == 1:
                break
        return folded

    def _address(self, language: Language, values: Mapping[str, str]) -> dict[str, str]:
        address = form_of_address(self.gender, language)
        if language is Language.ENGLISH and not values.get("ten"):
            address = "you"  # a title without a name is a word that hangs in the air
        return {"xh": address, "XH": address[0].upper() + address[1:]}


def giving_way(values: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The same values with less and less, where a long brand leaves too little room: never money, never a code."""
    yield dict(values)
    nameless = {name: "" if name == "ten" else value for name, value in values.items()}
    yield nameless
    if "diem" in values:
        yield nameless | {"diem": shortened(values["diem"], SHORT_POINT)}


def fill(template: str, values: Mapping[str, str]) -> str:
    """An empty value leaves no gap behind."""
    return " ".join(template.format_map(values).split()).replace(" ,", ",").replace(" :", ":")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentArrived(Notice):
    """The state has paid: the money lies where its owner is paid."""

    kind: ClassVar[str] = "payment_arrived"
    given_name: str
    amount: Dong
    programme: str
    """Code of one of PROGRAMMES."""
    cycle: Cycle
    method: PayoutMethod
    paid_on: date

    def values(self, language: Language) -> Mapping[str, str]:
        programme = PROGRAMMES[self.programme]
        return {
            "ten": _speakable(self.given_name),
            "tien": str(self.amount),
            "loai": programme.en if language is Language.ENGLISH else programme.vi,
            "ky": str(self.cycle),
            "noi": wording(language).places[self.method],
            "ng": _day(self.paid_on),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CashOutCode(Notice):
    """The one-time code, to be said only at the point."""

    kind: ClassVar[str] = "cash_out_code"
    lane: ClassVar[Lane] = Lane.CODE
    secret: ClassVar[bool] = True
    code: str = field(repr=False)
    amount: Dong
    point_name: str
    expires_at: datetime

    def values(self, language: Language) -> Mapping[str, str]:
        return {
            "code": grouped(self.code),
            "tien": str(self.amount),
            "diem": shortened(_writable(self.point_name)),
            "gio": _hour(self.expires_at),
            "ng": _day(self.expires_at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CashOutReceipt(Notice):
    """Cash was handed over."""

    kind: ClassVar[str] = "cash_out_receipt"
    given_name: str
    amount: Dong
    point_name: str
    paid_at: datetime
    fee: Dong = NOTHING
    balance: Dong
    reference: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {
            "ten": _speakable(self.given_name),
            "tien": str(self.amount),
            "diem": shortened(_writable(self.point_name)),
            "gio": _hour(self.paid_at),
            "ng": _day(self.paid_at),
            "phi": str(self.fee),
            "conlai": str(self.balance),
            "ma": self.reference,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CashOutFailed(Notice):
    """A cash-out came to nothing, and the whole amount is back."""

    kind: ClassVar[str] = "cash_out_failed"
    amount: Dong
    reference: str
    returned_at: datetime

    def values(self, language: Language) -> Mapping[str, str]:
        return {
            "tien": str(self.amount),
            "ma": self.reference,
            "gio": _hour(self.returned_at),
            "ng": _day(self.returned_at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsWaiting(Notice):
    """What a number gets that is not proved to be its owner's: no name, no amount, no code."""

    kind: ClassVar[str] = "news_waiting"

    def values(self, language: Language) -> Mapping[str, str]:
        return {}


NOTICES: Mapping[str, type[Notice]] = {
    each.kind: each for each in (PaymentArrived, CashOutCode, CashOutReceipt, CashOutFailed, NewsWaiting)
}


def grouped(code: str) -> str:
    """Digits in groups that can be read out: `48219375` -> `4821 9375`, `482193` -> `482 193`."""
    size = 3 if len(code) % 3 == 0 and len(code) % 4 else 4
    return " ".join(code[at : at + size] for at in range(0, len(code), size))


def _speakable(given_name: str) -> str:
    """The name as a message may print it, or nothing: then the form of address stands alone."""
    try:
        bare = fold(given_name)
    except NotGsm:
        return ""
    return "" if len(bare) > LONGEST_NAME or bare.lower() in UNLUCKY else given_name


def _writable(point_name: str) -> str:
    """A stray sign in the name of a point must never keep a code or a receipt from being written."""
    try:
        fold(point_name)
    except NotGsm as problem:
        point_name = "".join(each for each in point_name if each not in problem.letters)
    return point_name


def shortened(point_name: str, room: int = LONGEST_POINT) -> str:
    """A name within its room, never cut inside a word that could stay whole."""
    if len(point_name) <= room:
        return point_name
    return point_name[: room + 1].rsplit(" ", 1)[0][:room]


def _day(day: date) -> str:
    return f"{day:%d/%m}"


def _hour(moment: datetime) -> str:
    return f"{moment:%H:%M}"
