"""A birth date in a list is a day, a month or only a year, and lies within a lifetime of today."""

from __future__ import annotations

import re
from datetime import date

from ussd_app.domain.people import BirthDate, Precision

OLDEST = 120

_PRECISION = (Precision.YEAR, Precision.MONTH, Precision.DAY)


def read_birth(written: str, today: date) -> BirthDate | str:
    """The date, or the reason why it is none."""
    match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", written)
    if not match:
        return "write a birth date as YYYY-MM-DD, YYYY-MM or YYYY"
    known = [int(part) for part in match.groups() if part]
    try:
        day = date(*[*known, 1, 1][:3])
    except ValueError:
        return "there is no such day in the calendar"
    if day > today:
        return "this birth date is still to come"
    if today.year - day.year > OLDEST:
        return f"this birth date is more than {OLDEST} years ago"
    return BirthDate(day, _PRECISION[len(known) - 1])
