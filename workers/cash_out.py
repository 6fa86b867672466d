"""Taking cash-outs to the provider, and asking about them until the answer is known.

`sent` is committed before the call. Whatever is not a clear answer leaves the money held and is asked about
again with the same id; an order is sent a second time only when the provider says it has never seen the first.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from ussd_app.actions import cash_outs as actions
from ussd_app.domain.caller import CashOutState
from ussd_app.store import cash_outs
from ussd_app.store.cash_outs import CashOut
from workers.mobile_money import port
from workers.mobile_money.port import AtPoint, Order, ToWallet
from workers.office import Office

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
AT_ONCE = 20
ASK_AFTER_S = (2, 5, 15, 60, 300, 900, 3600)
RESEND_WITHIN = timedelta(hours=24)  # no provider says how long it remembers an id: after a day a person decides
LOOK_AGAIN = timedelta(minutes=2)


def drain(office: Office) -> int:
    """Take every cash-out whose next step is due one step further."""
    taken = 0
    while not office.stop.is_set() and (due := _claim(office)):
        for order in due:
            _step(office, order)
        taken += len(due)
    return taken


def _claim(office: Office) -> list[CashOut]:
    with office.database.begin() as db:
        return cash_outs.claim_due(db, office.desk.vault, now=office.clock(), lease=LEASE, limit=AT_ONCE)


def _step(office: Office, cash_out: CashOut) -> None:
    match cash_out.state:
        case CashOutState.HELD:
            _submit(office, cash_out)
        case CashOutState.SENT | CashOutState.UNKNOWN | CashOutState.ISSUED:
            _enquire(office, cash_out)
        case CashOutState.PAID | CashOutState.FAILED | CashOutState.REVERSED:
            pass


def _order(office: Office, cash_out: CashOut) -> Order:
    to = ToWallet(cash_out.wallet) if cash_out.wallet else AtPoint(cash_out.point_code or "", office.code_lifetime_s)
    return Order(cash_out.id, cash_out.reference, cash_out.amount, to)


def _submit(office: Office, cash_out: CashOut) -> None:
    now = office.clock()
    with office.database.begin() as db:
        cash_outs.step(
            db,
            cash_out.id,
            state=CashOutState.SENT,
            next_step_at=now + timedelta(seconds=ASK_AFTER_S[1]),
            first_sent_at=now,
            resend_until=now + RESEND_WITHIN,
        )
        cash_outs.keep_lease(db, cash_out.id, now + LEASE)
    answer = office.mobile_money.submit(_order(office, cash_out))
    now = office.clock()
    match answer:
        case port.Accepted():
            _wait(office, cash_out, CashOutState.SENT, now, asked=False)
        case port.Unsure(reason):
            log.warning("cash-out %s: no clear answer (%s); asking", cash_out.reference, reason)
            _wait(office, cash_out, CashOutState.UNKNOWN, now, asked=False, reason=reason)
        case port.Busy(reason):
            log.warning("cash-out %s: the provider is busy (%s)", cash_out.reference, reason)
            _wait(office, cash_out, CashOutState.HELD, now, asked=True, reason=reason)
        case port.Refused(reason):
            _fail(office, cash_out, reason, now)


def _enquire(office: Office, cash_out: CashOut) -> None:
    answer = office.mobile_money.enquire(_order(office, cash_out))
    now = office.clock()
    issued = cash_out.state is CashOutState.ISSUED
    match answer:
        case port.Issued(code, expires_at, reference):
            if issued:
                _wait(office, cash_out, CashOutState.ISSUED, now, asked=False)
            else:
                _issue(office, cash_out, code, expires_at, reference, now)
        case port.Paid(reference, paid_at):
            with office.database.begin() as db:
                actions.pay(db, office.desk, cash_out.id, provider_reference=reference, paid_at=paid_at or now, now=now)
        case port.Failed(reason):
            _fail(office, cash_out, reason, now)
        case port.Reversed(reference, _):
            log.error(
                "cash-out %s: reversed by the provider (%s) before it was known to be paid", cash_out.reference, reference
            )
            _wait(office, cash_out, CashOutState.UNKNOWN, now, asked=True, reason="reversed by the provider")
        case port.Pending():
            _wait(office, cash_out, cash_out.state, now, asked=True)
        case port.StillUnsure(reason):
            state = CashOutState.ISSUED if issued else CashOutState.UNKNOWN
            _wait(office, cash_out, state, now, asked=True, reason=reason)
        case port.NotFound():
            _not_found(office, cash_out, now)


def _not_found(office: Office, cash_out: CashOut, now: datetime) -> None:
    """The provider has never seen our id: the same order may go again, while it surely would remember."""
    if cash_out.state is CashOutState.ISSUED:
        _wait(office, cash_out, CashOutState.ISSUED, now, asked=True, reason="the provider has lost it")
    elif cash_out.resend_until is not None and now < cash_out.resend_until:
        _wait(office, cash_out, CashOutState.HELD, now, asked=True, reason="never arrived; sent again")
    else:
        log.error("cash-out %s: unknown to the provider after a day; a person must decide", cash_out.reference)
        _wait(office, cash_out, CashOutState.UNKNOWN, now, asked=True, reason="unknown to the provider")


def _issue(
    office: Office, cash_out: CashOut, code: str, expires_at: datetime | None, reference: str, now: datetime
) -> None:
    with office.database.begin() as db:
        actions.issue_code(
            db,
            office.desk,
            cash_out.id,
            code=code,
            expires_at=expires_at or now + timedelta(seconds=office.code_lifetime_s),
            provider_reference=reference,
            now=now,
        )


def _fail(office: Office, cash_out: CashOut, reason: str, now: datetime) -> None:
    log.warning("cash-out %s failed: %s; the money is back", cash_out.reference, reason)
    with office.database.begin() as db:
        actions.fail(db, office.desk, cash_out.id, reason=reason, now=now)


def _wait(office: Office, cash_out: CashOut, state: CashOutState, now: datetime, *, asked: bool, reason: str = "") -> None:
    with office.database.begin() as db:
        cash_outs.step(
            db, cash_out.id, state=state, next_step_at=now + _patience(cash_out, state), reason=reason, asked=asked
        )


def _patience(cash_out: CashOut, state: CashOutState) -> timedelta:
    if state is CashOutState.ISSUED:
        return LOOK_AGAIN
    return timedelta(seconds=ASK_AFTER_S[min(cash_out.asks, len(ASK_AFTER_S) - 1)])
