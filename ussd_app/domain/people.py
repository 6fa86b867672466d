"""Who a person is to us: how to address them, how they are paid, what language they read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Language(StrEnum):
    VIETNAMESE = "vi"
    """Unaccented on the phone: the default."""
    ACCENTED = "vi-accented"
    ENGLISH = "en"


class Voice(StrEnum):
    """The language in which a person wants to be called. Few of these are read on a screen; all are spoken."""

    KINH = ""
    TAY = "tay"
    NUNG = "nung"
    DAO = "dao"
    MONG = "mong"


class Gender(StrEnum):
    MALE = "M"
    FEMALE = "F"
    UNKNOWN = ""


class PayoutMethod(StrEnum):
    MOBILE_MONEY = "mobile_money"
    BANK = "bank"
    WALLET = "wallet"
    FOCAL = "focal"
    CASH = "cash"

    @property
    def cash_out_here(self) -> bool:
        """True when the money waits in our ledger until its owner turns it into cash at a point."""
        return self in (PayoutMethod.MOBILE_MONEY, PayoutMethod.CASH)


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A birth date known to the day, the month or only the year; unknown parts read 1."""

    day: date
    precision: Precision

    @property
    def year(self) -> int:
        return self.day.year


def given_name(full_name: str) -> str:
    """The last word of a Vietnamese name, by which its owner is addressed: `Nguyễn Thị Đào` -> `Đào`."""
    return full_name.split()[-1] if full_name.split() else ""


def form_of_address(gender: Gender, language: Language) -> str:
    """`ông`, `bà` or `ông/bà`; the English title in English. Never a bare name, never `bạn`."""
    if language is Language.ENGLISH:
        return {Gender.MALE: "Mr", Gender.FEMALE: "Ms", Gender.UNKNOWN: "Mr/Ms"}[gender]
    return {Gender.MALE: "ông", Gender.FEMALE: "bà", Gender.UNKNOWN: "ông/bà"}[gender]
