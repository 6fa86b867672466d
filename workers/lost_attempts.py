"""After a restored backup: an order may have gone on under later ids in the lost hours, and these can be made again."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from itertools import accumulate, chain, repeat
from uuid import UUID

from ussd_app.store import attempts, restorations
from ussd_app.store.cash_outs import CashOut
from workers.mobile_money.port import Failed, MobileMoney, NotFound, State, StillUnsure
from workers.office import Office
from workers.orders import next_attempt_id, order_under
from workers.provider_health import PAUSES_S, SHORT

log = logging.getLogger(__name__)

MOST = 100
AT_ONCE = 3  # so many workers may each try one order before the first of them has heard that the account is short


def may_have_gone_on(answer: State) -> bool:
    """Only what was refused for want of money goes again under another id; some providers forget what they refused."""
    return isinstance(answer, NotFound) or answer == Failed(SHORT)


def look(office: Office, provider: MobileMoney, cash_out: CashOut) -> StillUnsure | None:
    """None when the provider knows none of the later ids. Else the cash-out has moved on to the one that it knows.

    Or nobody can tell yet, and all of them are asked about again.
    """
    for number, later in enumerate(ids := _later_ids(office, cash_out)):
        match provider.enquire(order_under(office, cash_out, later)):
            case NotFound():
                continue
            case StillUnsure() as unsure:
                return unsure
            case _:
                with office.database.begin() as db:
                    attempts.move_on(db, cash_out, ids[:number], later, reason=SHORT, now=office.clock())
                log.warning("cash-out %s: went on under attempt %s in the lost hours", cash_out.reference, later)
                return StillUnsure("went on under a later id")
    return None


def _later_ids(office: Office, cash_out: CashOut) -> list[UUID]:
    with office.database.begin() as db:
        open_one, spent = restorations.current(db), attempts.spent(db, cash_out)
    lost = open_one.begun_at - open_one.backup_of if open_one else timedelta()
    return [next_attempt_id(cash_out.id, spent + number) for number in range(most_within(lost))]


def most_within(lost: timedelta) -> int:
    """How often an order can have gone again in so long a time, by the pauses between two tries."""
    pauses = PAUSES_S[SHORT]
    tries = accumulate(chain(pauses, repeat(pauses[-1], MOST)))
    return min(sum(each <= lost.total_seconds() for each in tries) + AT_ONCE, MOST)


def doubt(cash_out: CashOut) -> datetime | None:
    """What an attempt that came to nothing leaves to the next: only after a restore may that one be on its way already."""
    return cash_out.doubted_until if cash_out.ask_first else None
