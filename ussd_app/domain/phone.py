"""A phone number is one E.164 string, however it was written down, and says when it had to be rewritten."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

# The conversion of 15 September 2018: 21 eleven-digit prefixes became ten-digit ones; the last seven digits stayed.
ELEVEN_TO_TEN = {
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip

_ELEVEN_DIGITS = re.compile(r"^(?:\+?84|0)?(1\d{2})(\d{7})$")


@dataclass(frozen=True, slots=True, order=True)
class Phone:
    """A telephone number in E.164, for example +84912345678."""

    e164: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\+[1-9]\d{6,14}", self.e164):
            raise ValueError("a phone is an E.164 number")

    def __str__(self) -> str:
        return self.e164

    def masked(self) -> str:
        return f"{self.e164[:3]}•••{self.e164[-3:]}"


@dataclass(frozen=True, slots=True)
class ReadPhone:
    """A number as understood from a list; `converted` when it was an eleven-digit number from before 2018."""

    phone: Phone
    converted: bool


def read_phone(written: str, region: str = "VN") -> ReadPhone | None:
    """Understand a number in any Vietnamese notation (or international); None when it is not a number."""
    digits = re.sub(r"[\s.\-()/]", "", written.strip())
    if not re.fullmatch(r"\+?\d{7,15}", digits):
        return None
    if region == "VN" and (old := _ELEVEN_DIGITS.match(digits)) and old[1] in ELEVEN_TO_TEN:
        return ReadPhone(Phone(f"+84{ELEVEN_TO_TEN[old[1]]}{old[2]}"), converted=True)
    if digits.startswith("84") and len(digits) == 11:
        digits = "+" + digits
    if region == "VN" and re.fullmatch(r"[35789]\d{8}", digits):  # a spreadsheet ate the leading zero
        digits = "0" + digits
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    # New mobile ranges are in use before the library's tables list them.
    mobile = number.country_code == 84 and re.fullmatch(r"[35789]\d{8}", str(number.national_number))
    if not mobile and not phonenumbers.is_valid_number(number):
        return None
    return ReadPhone(Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)), converted=False)
