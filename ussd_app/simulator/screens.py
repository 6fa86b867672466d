"""What a phone can tell of a page by looking at it: how long it is on the air, and whether it asks for a secret."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sms.gsm import Encoding, NotGsm, cost, fold

_LIMITS = {Encoding.GSM7: 160, Encoding.UCS2: 80}
_NAMES = {Encoding.GSM7: "GSM-7", Encoding.UCS2: "UCS-2"}

_SECRET = re.compile(r"\b(PIN|nam sinh|year|de doan|easy to guess)\b", re.IGNORECASE)
_CODE = re.compile(
    r"nhap ma rut tien|diem khong co ma nay|ma rut tien chi gom so|customer reads|ask the customer|a code is digits",
    re.IGNORECASE,
)
_WARNING = re.compile(r"\bOTP\b|khong duoc hoi|must not ask", re.IGNORECASE)
_YEAR = re.compile(r"\b(nam sinh|year)\b", re.IGNORECASE)
_CHOICE = re.compile(r"^[1-9] ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Meter:
    """Septets of GSM-7 or UTF-16 units of UCS-2, and how many the narrowest network shows of one page."""

    encoding: str
    units: int
    limit: int

    @classmethod
    def of(cls, text: str) -> Meter:
        taken = cost(text)
        return cls(_NAMES[taken.encoding], taken.units, _LIMITS[taken.encoding])

    def __str__(self) -> str:
        return f"{self.encoding} {self.units}/{self.limit}"


def asks_for_secret(text: str) -> bool:
    """True for a PIN, a year of birth, or a customer's code.

    A page that only mentions the PIN has choices to press, or warns of who asks.
    """
    return bool(secret_asked(text))


def secret_asked(text: str) -> str:
    """What the page asks for, by the name it has in a transcript; empty when it is no secret."""
    plain = _plain(text)
    if _CODE.search(plain):
        return "the code"
    if offers_choices(text) or not _SECRET.search(plain) or _WARNING.search(plain):
        return ""
    # A page that lets somebody choose a PIN warns of 1234 and of the year of birth.
    return "the year of birth" if _YEAR.search(plain) and "1234" not in plain else "the PIN"


def offers_choices(text: str) -> bool:
    return bool(_CHOICE.search(text))


def _plain(text: str) -> str:
    try:
        return fold(text)
    except NotGsm:
        return text


def dialled_behind(code: str, dialled: str) -> str | None:
    """What was keyed behind the service's code: `*8899*1*2#` -> `1*2`; None when it is another code altogether.

    >>> dialled_behind("*8899#", "*8899*1*2#")
    '1*2'
    """
    stem = code.removesuffix("#")
    pattern = re.escape(stem) + r"(?:\*([0-9*]+))?#"
    found = re.fullmatch(pattern, dialled.replace(" ", ""))
    return (found[1] or "") if found else None
