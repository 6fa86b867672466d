"""A row of a list of payments that a bank, a wallet or a commune sent back: whose, of which month, and why."""

from __future__ import annotations

from dataclasses import dataclass

from ussd_app.domain.identity import NationalId
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import PROGRAMMES, Cycle
from ussd_app.lists.errors import Reject
from ussd_app.lists.fields import Fields, read_person_names
from ussd_app.lists.header import Columns
from ussd_app.lists.payments import read_amount
from ussd_app.lists.table import Row

CAME_BACK = Columns(
    what="returned payments",
    required=("programme", "cycle", "amount", "reason"),
    one_of=("national_id", "person_code"),
    optional=("reference",),
)
REASONS = ("wrong_account", "wrong_name", "account_closed", "wallet_blocked", "unclaimed", "other")
"""As the message to its owner can say it."""


@dataclass(frozen=True, slots=True)
class CameBackRow:
    """`reference` is the other side's own; two rows of one payment with different ones are two returns."""

    line: int
    national_id: NationalId | None
    person_code: str | None
    programme: str
    cycle: Cycle
    amount: Dong
    reason: str
    reference: str


def read_came_back(row: Row) -> CameBackRow | tuple[Reject, ...]:
    if row.rejects:
        return row.rejects
    fields = Fields(row)
    number, code = read_person_names(fields)
    programme, cycle, amount = fields["programme"].lower(), Cycle.read(fields["cycle"]), read_amount(fields["amount"])
    reason = fields["reason"].lower()
    if programme not in PROGRAMMES:
        fields.reject("programme", f"this programme is not known; known are {', '.join(PROGRAMMES)}")
    if cycle is None:
        fields.reject("cycle", "write the month as YYYY-MM")
    if isinstance(amount, str):
        fields.reject("amount", amount)
    if reason not in REASONS:
        fields.reject("reason", f"write one of {', '.join(REASONS)}")
    if fields.rejects or cycle is None or isinstance(amount, str):
        return tuple(fields.rejects)
    return CameBackRow(row.line, number, code, programme, cycle, amount, reason, fields["reference"])
