"""How any list names a person, by identity number or the office's own code; what is gathered while a row is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ussd_app.domain.identity import NationalId, NotAnId, read_national_id
from ussd_app.lists.errors import Reject, shown
from ussd_app.lists.table import Row

LONGEST_CODE = 40


@dataclass(slots=True)
class Fields:
    """A row being read, gathering what keeps it out and what is to be looked at again."""

    row: Row
    rejects: list[Reject] = field(default_factory=list[Reject])
    doubts: list[str] = field(default_factory=list[str])

    def __getitem__(self, column: str) -> str:
        return self.row[column]

    def reject(self, column: str, reason: str) -> None:
        self.rejects.append(Reject(self.row.line, column, shown(column, self.row[column]), reason))


def read_person_names(fields: Fields) -> tuple[NationalId | None, str | None]:
    """The identity number and the office's code; at least one of them, or the person could not be found again."""
    before = len(fields.rejects)
    number, code = _number(fields), _code(fields)
    if number is None and code is None and len(fields.rejects) == before:
        fields.reject(
            "national_id", "no way to name this person again: give an identity number or a person_code of the office"
        )
    return number, code


def _number(fields: Fields) -> NationalId | None:
    if not fields["national_id"]:
        return None
    match read_national_id(fields["national_id"]):
        case NotAnId(reason):
            fields.reject("national_id", reason)
            return None
        case number:
            return number


def _code(fields: Fields) -> str | None:
    code = fields["person_code"]
    if not code:
        return None
    if not re.fullmatch(r"\w[\w./\-]*", code):
        fields.reject("person_code", "a person_code is letters, digits, dots, dashes and strokes, without spaces")
    elif len(code) > LONGEST_CODE:
        fields.reject("person_code", f"a person_code has at most {LONGEST_CODE} characters")
    else:
        return code
    return None
