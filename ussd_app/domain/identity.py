"""An identity number is twelve digits, or nine of old; what its digits say of their owner can only raise a doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ussd_app.domain.people import BirthDate, Gender

# Where a birth was registered, by the 63 provinces of before July 2025. A number keeps its prefix for life.
_CODES = """
    001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042
    044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087
    089 091 092 093 094 095 096
"""
PROVINCES = frozenset(_CODES.split())

_EATEN = "spreadsheets drop zeros in front: put it back and format the column as text"


@dataclass(frozen=True, slots=True, repr=False)
class NationalId:
    """A whole identity number. Printing it shows nothing; `digits` is for the sealed store only."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{12}|[0-9]{9}", self.digits):
            raise ValueError("an identity number has 12 digits, or 9")

    def __repr__(self) -> str:
        return "NationalId(•••)"

    @property
    def legacy(self) -> bool:
        return len(self.digits) == 9

    @property
    def last_three(self) -> str:
        return self.digits[-3:]

    def masked(self) -> str:
        """What an officer who needs it may see: the last three digits."""
        return "•" * (len(self.digits) - 3) + self.last_three


@dataclass(frozen=True, slots=True)
class NotAnId:
    """Why what was written is no identity number. The reason never repeats what was written."""

    reason: str


def read_national_id(written: str) -> NationalId | NotAnId:
    """Understand a written number; a zero that a spreadsheet ate is named, not guessed back."""
    digits = re.sub(r"[\s.\-]", "", written)
    if re.fullmatch(r"[0-9][0-9.,]*[eE]\+?[0-9]+", written.strip()):
        return NotAnId("a spreadsheet has rounded this number: type it again in a column formatted as text")
    if not re.fullmatch(r"[0-9]+", digits):
        return NotAnId("an identity number is digits only")
    if len(set(digits)) == 1:
        return NotAnId("this is a filler, not an identity number: leave it empty and give a person_code")
    if len(digits) in (9, 12):
        return NationalId(digits)
    return NotAnId(_wrong_length(digits))


def _wrong_length(digits: str) -> str:
    count = f"this identity number has {len(digits)} digits"
    match len(digits):
        case 8:
            return f"{count}; with a 0 in front it would have the 9 of an old one: {_EATEN}"
        case 10 | 11 if digits.zfill(12)[:3] in PROVINCES:
            zeros = "0" * (12 - len(digits))
            return f"{count}; with {zeros} in front it would be complete: {_EATEN}"
        case _:
            return f"{count}; it must have 12, or 9 when it is an old one"


def doubts_about(number: NationalId, gender: Gender, birth: BirthDate | None) -> tuple[str, ...]:
    """Where a number and its row disagree. The papers of old people are often wrong: this never refuses anyone."""
    if number.legacy:
        return ()
    doubts: list[str] = []
    if number.digits[:3] not in PROVINCES:
        doubts.append(f"the identity number begins with {number.digits[:3]}, which is no province of Viet Nam")
    if gender is not Gender.UNKNOWN and gender is not _gender_in(number):
        doubts.append("the identity number says another gender")
    if birth is not None and birth.year != _year_in(number):
        doubts.append("the identity number says another year of birth")
    return tuple(doubts)


def _gender_in(number: NationalId) -> Gender:
    return Gender.FEMALE if int(number.digits[3]) % 2 else Gender.MALE


def _year_in(number: NationalId) -> int:
    return 1900 + int(number.digits[3]) // 2 * 100 + int(number.digits[4:6])
