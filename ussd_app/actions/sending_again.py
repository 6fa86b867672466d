"""A payment that came back goes out again to where its owner is paid now: asked for by one, agreed to by another, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection

from ussd_app.actions import adjusting, adjustments
from ussd_app.actions.payments import require
from ussd_app.domain.adjustments import Kind, Line
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Role
from ussd_app.store import adjustments as store
from ussd_app.store import sent_back
from ussd_app.store.officers import Officer
from ussd_app.store.sent_back import SentBack

_THE_ACCOUNTS_FAULT = ("wrong_account", "wrong_name", "account_closed", "wallet_blocked")


def ask(
    db: Connection, payments: Sequence[int], reason: str, officer: Officer, now: datetime, *, same_account: bool = False
) -> tuple[int | None, Dong, list[str]]:
    """The number to agree to, how much goes out, and in words which payments cannot: None when none can.

    Where the account was at fault and is still the same one, `same_account` says that it is meant so. Raises NotAllowed.
    """
    require(officer, Role.ENTERS)
    back = sent_back.payments(db, list(payments))
    asked = store.asked_for(db, [Kind.SEND_AGAIN], [each.grant_id for each in back.values()])
    lines: list[Line] = []
    problems: list[str] = []
    for id in dict.fromkeys(payments):
        line = _line(db, id, back.get(id), asked, same_account)
        if isinstance(line, str):
            problems.append(f"payment {id}: {line}")
        else:
            lines.append(line)
    if not lines:
        return None, Dong(0), problems
    number = adjustments.ask(db, Kind.SEND_AGAIN, lines, reason, officer, now)
    return number, Dong(sum(each.amount.amount for each in lines)), problems


def _line(
    db: Connection, id: int, back: SentBack | None, asked: dict[UUID, tuple[int, Dong]], same_account: bool
) -> Line | str:
    if back is None:
        return "nothing of it came back, or it went out again: see `payments returned`"
    if back.grant_id in asked:
        return f"it is asked for already: number {asked[back.grant_id][0]} waits for another officer"
    if why := adjusting.why_not_again(back):
        return why
    if not back.amount:
        return "its owner has no money left that could be sent"
    if back.same_account and back.reason in _THE_ACCOUNTS_FAULT and not same_account:
        return f"the account is still the one it came back from ({back.reason}): mend it, or say --same-account"
    line = Line(uuid4(), back.account, back.amount, back.grant_id, back.person_id)
    return adjusting.rehearse(db, Kind.SEND_AGAIN, line) or line
