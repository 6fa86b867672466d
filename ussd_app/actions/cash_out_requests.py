"""Asking for money: within what there is and what is allowed, held and written down in one step, or nothing at all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from ussd_app.actions.desk import Desk
from ussd_app.domain import ledger
from ussd_app.domain.commands import RequestCashOut, RequestToWallet
from ussd_app.domain.ledger import NotEnoughMoney
from ussd_app.domain.money import Dong
from ussd_app.domain.people import PayoutMethod
from ussd_app.domain.phone import Phone
from ussd_app.store import cash_out_rules, cash_outs, pins, points, references, wallets
from ussd_app.store import ledger as ledger_store
from ussd_app.store.cash_out_rules import Since


class NotPossible(Exception):
    """The world no longer allows what was agreed to; the next page says why."""


def request(
    db: Connection, desk: Desk, command: RequestCashOut | RequestToWallet, id: UUID, asked_from: Phone, now: datetime
) -> bool:
    """Hold the money and its fee, and write the row that a worker takes to the provider. False: nothing was done.

    The person's row is locked first, so that of two asked for at once the second is measured against the first.
    """
    pins.forgive(db, command.person_id)
    try:
        with db.begin_nested():
            to = _destination(db, desk, command, now)
            provider = desk.pays(into_wallet=isinstance(to, Phone))
            fee, carried = _allowed(db, desk, provider, command, now)
            cash_outs.insert(
                db,
                desk.vault,
                id=id,
                reference=references.new(db, "R"),
                person_id=command.person_id,
                asked_from=asked_from.e164,
                to=to,
                amount=command.amount,
                fee=fee,
                fee_carried=carried,
                provider=provider,
                now=now,
            )
            _hold(db, provider, id, command, fee)
    except (NotEnoughMoney, NotPossible, IntegrityError):
        return False
    return True


def _destination(db: Connection, desk: Desk, command: RequestCashOut | RequestToWallet, now: datetime) -> str | Phone:
    sql = "SELECT payout_method FROM person WHERE id = :id FOR NO KEY UPDATE"  # or it would wait for foreign keys
    person = db.execute(text(sql), {"id": command.person_id}).one()
    if not PayoutMethod(person.payout_method).cash_out_here:
        raise NotPossible("this person's money is kept elsewhere")
    if isinstance(command, RequestCashOut):
        if not points.pays(db, command.point_code, desk.local(now).date()):
            raise NotPossible("this point does not pay today")
        return command.point_code
    wallet = wallets.of(db, desk.vault, command.person_id)
    if wallet is None:
        raise NotPossible("there is no account that is surely theirs")
    return wallet


def _allowed(
    db: Connection, desk: Desk, provider: str, command: RequestCashOut | RequestToWallet, now: datetime
) -> tuple[Dong, Dong]:
    """The fee of its owner, and the one that the programme carries, once the limits of the day and the month allow the
    amount. Never more than was shown is taken.
    """
    local = desk.local(now)
    rules = cash_out_rules.on(db, provider, local.date())
    used = cash_out_rules.used(db, command.person_id, Since.of(local))
    fee = rules.fee.of(command.amount)
    bounded = rules.possible(Dong(command.amount.amount + fee.amount), used)
    if command.amount > bounded.most or command.amount < bounded.least or not command.amount:
        raise NotPossible("beyond a limit")
    if fee > command.fee:
        raise NotPossible("the fee has risen since it was shown")
    return fee, rules.fee.carried(command.amount)


def _hold(db: Connection, provider: str, id: UUID, command: RequestCashOut | RequestToWallet, fee: Dong) -> None:
    taken = ledger_store.sources(db, command.person_id, command.amount)
    ledger_store.hold(db, id, taken, ledger.clearing(provider), "cash-out asked")
    if fee:
        charged = ledger_store.sources(db, command.person_id, fee)
        ledger_store.hold_fee(db, id, charged, provider, "fee of a cash-out")
