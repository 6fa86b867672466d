"""A row of a pay-out session's list as it comes back: who was paid, how much, and who came in their place."""

from __future__ import annotations

from dataclasses import dataclass

from ussd_app.domain.money import Dong
from ussd_app.lists.errors import Reject
from ussd_app.lists.fields import Fields
from ussd_app.lists.header import Columns
from ussd_app.lists.payments import read_amount
from ussd_app.lists.table import Row

HAND_OUTS = Columns(what="hand-out", required=("session", "paid"), one_of=("number",), optional=("received_by",))

YES, NO = ("yes", "y", "x", "có", "co"), ("", "no", "n", "không", "khong", "-")
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class HandOut:
    """One person's line. `paid` is None for the whole amount; nothing handed over is `Dong(0)`."""

    line: int
    session: int
    number: int
    paid: Dong | None
    received_by: str = ""


def read_hand_out(row: Row) -> HandOut | tuple[Reject, ...]:
    if row.rejects:
        return row.rejects
    fields = Fields(row)
    session, number, paid = _number(fields, "session"), _number(fields, "number"), _paid(fields)
    if len(fields["received_by"]) > LONGEST_NAME:
        fields.reject("received_by", f"a name of at most {LONGEST_NAME} letters")
    return tuple(fields.rejects) or HandOut(row.line, session, number, paid, fields["received_by"])


def _number(fields: Fields, column: str) -> int:
    written = fields[column].removesuffix(".0")
    if written.isascii() and written.isdigit() and len(written) <= 9:
        return int(written)
    fields.reject(column, "a whole number, as it stood on the list")
    return 0


def _paid(fields: Fields) -> Dong | None:
    written = fields["paid"].lower()
    if written in YES:
        return None
    if written in NO:
        return Dong(0)
    read = read_amount(written)
    if isinstance(read, Dong):
        return read
    fields.reject("paid", "write yes, leave it empty, or write the amount that was handed over")
    return Dong(0)
