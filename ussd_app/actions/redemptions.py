"""What a keeper does from the point's phone: a PIN of their own, cash or none today, and codes to be redeemed."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from ussd_app.actions import cash_outs, guessing
from ussd_app.actions.desk import Desk
from ussd_app.domain import commands
from ussd_app.domain.commands import KeeperCommand
from ussd_app.domain.keepers import RedemptionState
from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from ussd_app.store import guesses, keepers, points, redemptions
from ussd_app.store.redemptions import Redemption

log = logging.getLogger(__name__)


def carry_out_at_point(db: Connection, desk: Desk, phone: Phone, id: UUID, command: KeeperCommand, now: datetime) -> None:
    """Whose point it is says the phone, and nothing that was typed."""
    keeper = keepers.find(db, phone.e164)
    if keeper is None:
        return
    match command:
        case commands.AcceptKeeperPin():
            keepers.forgive(db, keeper.e164)
        case commands.CountWrongKeeperPin():
            keepers.count_wrong_pin(db, keeper.e164)
        case commands.ProposeKeeperPin():
            keepers.propose_pin(db, keeper.e164, command.typed)
        case commands.SetKeeperPin():
            keepers.adopt_proposed_pin(db, keeper.e164)
        case commands.SayCash():
            say_cash(db, desk, keeper.point_code, has_cash=command.has_cash, phone=keeper.e164, now=now)
        case commands.CountWrongCode():
            guessing.wrong_code(db, desk, keeper, now)
        case commands.RedeemCode() if not guesses.locked(db, keeper.e164, keeper.point_code, now):
            redemptions.insert(
                db, id=id, reference=command.reference, point_code=keeper.point_code, asked_from=keeper.e164, now=now
            )
        case commands.RedeemCode():
            pass  # locked since the page was drawn: no row, and the next page says that nothing was asked


def say_cash(
    db: Connection,
    desk: Desk,
    point_code: str,
    *,
    has_cash: bool,
    now: datetime,
    phone: str | None = None,
    officer_id: int | None = None,
) -> bool:
    """For the rest of the local day. False when there is no such point."""
    if not points.set_cash(db, point_code, none_on=None if has_cash else desk.local(now).date()):
        return False
    points.note(db, point_code, "cash" if has_cash else "no_cash", now=now, phone=phone, officer_id=officer_id)
    return True


def redeemed(
    db: Connection, desk: Desk, redemption: Redemption, *, amount: Dong, provider_reference: str, now: datetime
) -> None:
    """The provider has moved the money to the point: the keeper hands over cash, and the hold becomes a payment.

    Where the provider names another amount than ours, the cash-out's own enquiry decides about the money.
    """
    ended = redemptions.end(db, redemption.id, RedemptionState.REDEEMED, provider_reference=provider_reference, now=now)
    if ended and amount == redemption.amount:
        cash_outs.pay(db, desk, redemption.cash_out_id, provider_reference=provider_reference, paid_at=now, now=now)
    elif ended:
        log.error("cash-out %s: redeemed for %s, and it was for %s", redemption.reference, amount, redemption.amount)


def refused(db: Connection, redemption: Redemption, reason: str, now: datetime) -> None:
    """Surely nothing moved: the keeper may key in the code again, and the code's own life goes on."""
    redemptions.end(db, redemption.id, RedemptionState.REFUSED, reason=reason, now=now)
