"""A row of a list of deaths becomes one person, one day and the document that proves it, or the reasons why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ussd_app.domain.identity import NationalId
from ussd_app.lists.errors import Reject
from ussd_app.lists.fields import Fields, read_person_names
from ussd_app.lists.header import Columns
from ussd_app.lists.table import Row

DEATHS = Columns(what="deaths", required=("died_on", "document"), one_of=("national_id", "person_code"))


@dataclass(frozen=True, slots=True)
class DeathRow:
    line: int
    national_id: NationalId | None
    person_code: str | None
    died_on: date
    document: str


def read_death(row: Row, today: date) -> DeathRow | tuple[Reject, ...]:
    if row.rejects:
        return row.rejects
    fields = Fields(row)
    number, code = read_person_names(fields)
    died_on = _day(fields, today)
    document = " ".join(fields["document"].split())
    if not document:
        fields.reject("document", "name the document that proves the death")
    return tuple(fields.rejects) or DeathRow(row.line, number, code, died_on, document)


def _day(fields: Fields, today: date) -> date:
    try:
        day = date.fromisoformat(fields["died_on"])
    except ValueError:
        fields.reject("died_on", "write the day as YYYY-MM-DD")
        return today
    if day > today:
        fields.reject("died_on", "this day is still to come")
    return day
