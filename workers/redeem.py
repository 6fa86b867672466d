"""Taking codes that points have keyed in to the provider, and asking under the same id until the answer is known."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import cast

from sqlalchemy.exc import OperationalError

from ussd_app.actions import redemptions as actions
from ussd_app.domain.caller import STILL_ON_ITS_WAY
from ussd_app.store import attempts, redemptions
from ussd_app.store.redemptions import Redemption
from workers import stumbles
from workers.cash_out_watch import FIRST_LOOK
from workers.mobile_money import port
from workers.mobile_money.port import Codes, Offer
from workers.office import Office

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
AT_ONCE = 20
SENT_WITHIN = timedelta(minutes=30)
"""Later the code is not taken there any more; it is only asked what became of it."""
SETTLED_AFTER = SENT_WITHIN + STILL_ON_ITS_WAY
"""An earlier sending may arrive after a refusal was read: only then is what the provider says the end of it."""
SET_ASIDE = timedelta(minutes=15)
ASK_AFTER_S = (2, 5, 15, 60, 300, 900)


def drain(office: Office) -> int:
    """Take every code that is due to the provider once; how many."""
    taken = 0
    while not office.stop.is_set() and (due := _claim(office)):
        for each in due:
            _redeem_or_set_aside(office, each)
        taken += len(due)
    return taken


def _redeem_or_set_aside(office: Office, redemption: Redemption) -> None:
    try:
        _redeem(office, redemption)
    except OperationalError:
        raise
    except Exception as problem:  # whatever is wrong with one code, the others' go on
        stumbles.set_aside(redemption.reference, "taking its code", problem)
        with office.database.begin() as db:
            redemptions.ask_again(db, redemption.id, reason="step_failed", at=office.clock() + SET_ASIDE)


def _claim(office: Office) -> list[Redemption]:
    with office.database.begin() as db:
        return redemptions.claim_due(db, office.desk.vault, now=office.clock(), lease=LEASE, limit=AT_ONCE)


def _redeem(office: Office, redemption: Redemption) -> None:
    answer = _ask(office, redemption)
    now = office.clock()
    with office.database.begin() as db:
        match answer:
            case port.Redeemed(amount, reference):
                actions.redeemed(db, office.desk, redemption, amount=amount, provider_reference=reference, now=now)
                attempts.watch(db, redemption.cash_out_id, now + FIRST_LOOK)
            case port.NotRedeemed(reason) if not redemption.sent_before or now >= redemption.asked_at + SETTLED_AFTER:
                actions.refused(db, redemption, reason, now)
            case port.NotRedeemed(reason) | port.Unsure(reason):
                log.warning("cash-out %s: no clear answer to its code (%s); asking", redemption.reference, reason)
                after = timedelta(seconds=ASK_AFTER_S[min(redemption.asks, len(ASK_AFTER_S) - 1)])
                redemptions.ask_again(db, redemption.id, reason=reason, at=now + after)


def _ask(office: Office, redemption: Redemption) -> port.Redeemed | port.NotRedeemed | port.Unsure:
    provider = office.provider(redemption.provider)
    if provider is None or Offer.CODE not in provider.offers:
        return port.NotRedeemed("refused_by_provider")
    only_asked = office.clock() >= redemption.asked_at + SENT_WITHIN
    wish = port.Redemption(redemption.id, "" if only_asked else redemption.code, redemption.point_code)
    return cast(Codes, provider).redeem(wish)
