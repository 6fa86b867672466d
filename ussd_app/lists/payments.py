"""A row of a payment list becomes one amount for one person, or the reasons why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ussd_app.domain.identity import NationalId
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.payments import MOST_IN_ONE_PAYMENT, PROGRAMMES, Cycle
from ussd_app.lists.errors import Reject
from ussd_app.lists.fields import Fields, read_person_names
from ussd_app.lists.header import Columns
from ussd_app.lists.table import Row

PAYMENTS = Columns(
    what="payment",
    required=("programme", "cycle", "amount"),
    one_of=("national_id", "person_code"),
    optional=("full_name", "part"),
)

SUSPICIOUSLY_LITTLE = Dong(1_000)
"""Below this a spreadsheet has likely read the dots of `500.000` as a decimal point."""

_ANY_CYCLE = Cycle(2000, 1)


@dataclass(frozen=True, slots=True)
class PaymentRow:
    line: int
    national_id: NationalId | None
    person_code: str | None
    programme: str
    cycle: Cycle
    amount: Dong
    full_name: str = field(default="", repr=False)
    """As the office has it, to be compared with the register; empty where the list does not say."""
    part: str = ""
    """Names a second rightful payment of the same programme and month, as `arrears`."""
    doubts: tuple[str, ...] = ()


def read_payment(row: Row) -> PaymentRow | tuple[Reject, ...]:
    if row.rejects:
        return row.rejects
    fields = Fields(row)
    number, code = read_person_names(fields)
    programme, cycle, amount, part = _programme(fields), _cycle(fields), _amount(fields), _part(fields)
    name = " ".join(fields["full_name"].split())
    doubts = tuple(fields.doubts)
    return tuple(fields.rejects) or PaymentRow(row.line, number, code, programme, cycle, amount, name, part, doubts)


def read_amount(written: str) -> Dong | str:
    """Whole đồng: `500000`, grouped as `500.000`, or `500000.00` as spreadsheets write it. Otherwise the reason."""
    if match := re.fullmatch(r"([0-9]+)(?:\.0{1,2})?", written):
        digits = match[1]
    elif re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+", written):
        digits = written.replace(".", "")
    elif not written:
        return "the amount is missing"
    elif re.fullmatch(r"-[0-9.,]+", written):
        return "an amount is never less than nothing"
    elif re.fullmatch(r"[0-9]+[.,][0-9]{1,2}", written):
        return "there is no fraction of a đồng"
    else:
        return "write an amount in whole đồng, digits only"
    if len(digits) > 15 or int(digits) > MOST_IN_ONE_PAYMENT.amount:
        return f"more than {MOST_IN_ONE_PAYMENT}, the most that one payment can be: is this a typing error?"
    return Dong(int(digits)) if int(digits) else "there is nothing to pay"


def _amount(fields: Fields) -> Dong:
    match read_amount(fields["amount"]):
        case Dong() as amount:
            if amount < SUSPICIOUSLY_LITTLE:
                fields.doubts.append(f"only {amount}: did a spreadsheet take the dots of thousands for decimals?")
            return amount
        case reason:
            fields.reject("amount", reason)
            return NOTHING


def _programme(fields: Fields) -> str:
    programme = fields["programme"].lower()
    if programme not in PROGRAMMES:
        fields.reject("programme", f"this programme is not known; known are {', '.join(PROGRAMMES)}")
    return programme


def _cycle(fields: Fields) -> Cycle:
    written = fields["cycle"]
    # Spreadsheets turn 2027-01 into the first day of that month.
    cycle = Cycle.read(written[:7] if re.fullmatch(r"[0-9]{4}-[0-9]{2}-01", written) else written)
    if cycle is None:
        fields.reject("cycle", "write the month as YYYY-MM")
    return cycle or _ANY_CYCLE


def _part(fields: Fields) -> str:
    part = fields["part"].lower()
    if not re.fullmatch(r"[a-z0-9_-]{0,20}", part):
        fields.reject("part", "a part is one short word without accents, such as arrears")
    return part
