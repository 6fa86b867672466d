"""A row of the list of unclaimed money as it comes back: which account, and how much of it goes back to the state."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ussd_app.domain.money import Dong
from ussd_app.lists.errors import Reject
from ussd_app.lists.fields import Fields
from ussd_app.lists.header import Columns
from ussd_app.lists.payments import read_amount
from ussd_app.lists.table import Row

RETURNS = Columns(what="unclaimed money", required=("amount",), one_of=("account",))


@dataclass(frozen=True, slots=True)
class ReturnRow:
    line: int
    account: str
    amount: Dong


def read_return(row: Row) -> ReturnRow | tuple[Reject, ...]:
    if row.rejects:
        return row.rejects
    fields = Fields(row)
    account, amount = fields["account"], read_amount(fields["amount"])
    if not re.fullmatch(r"(beneficiary:\d+|trust:\d+:\d+):[a-z_]+", account):
        fields.reject("account", "write the account as `unclaimed list` does")
    if isinstance(amount, str):
        fields.reject("amount", amount)
    return tuple(fields.rejects) or ReturnRow(row.line, account, amount if isinstance(amount, Dong) else Dong(0))
