"""Taking cash-outs to their providers, and asking about them until the answer is known.

`sent` is committed before the call. Whatever is not a clear answer leaves the money held and is asked about
again with the same id; an order is sent a second time only when the provider says it has never seen the first.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy.exc import OperationalError

from ussd_app.actions import cash_outs as actions
from ussd_app.actions import guessing
from ussd_app.domain.caller import STILL_ON_ITS_WAY, CashOutState
from ussd_app.store import attempts, restorations
from ussd_app.store.cash_outs import CashOut
from workers import cash_out_clearance, lost_attempts, provider_health, stumbles
from workers.cash_out_watch import FIRST_LOOK, look_at_ended
from workers.mobile_money import port
from workers.mobile_money.keys import NOT_AUTHORISED
from workers.mobile_money.port import MobileMoney, Offer
from workers.office import Office
from workers.orders import next_attempt_id, order_of

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
AT_ONCE = 20
GIVEN_UP_AT_ONCE = 500
ASK_AFTER_S = (2, 5, 15, 60, 300, 900, 3600)
LOOK_AGAIN = timedelta(minutes=2)
SET_ASIDE = timedelta(minutes=5)
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
SHORT_FOR = timedelta(hours=24)
"""So long an order waits for the programme's account to be filled; then the money goes back into its owner's balance."""


def drain(office: Office) -> int:
    """Take every cash-out whose next step is due one step further."""
    taken = 0
    while not office.stop.is_set():
        due, ended = _claim(office)
        if not due:
            look_at_ended(office, ended)
            return taken + len(ended)
        if held := {each.provider for each in due if each.state is CashOutState.HELD}:
            provider_health.ask(office, held)
        taken += _go_through(office, due)
    return taken


def _claim(office: Office) -> tuple[list[CashOut], list[CashOut]]:
    """What is due; only when nothing is, what has ended and is to be looked at again."""
    now = office.clock()
    with office.database.begin() as db:
        due = attempts.claim_due(db, office.desk.vault, now=now, lease=LEASE, limit=AT_ONCE)
        if due:
            return due, []
        return due, attempts.claim_watched(db, office.desk.vault, now=now, lease=LEASE, limit=AT_ONCE)


def _go_through(office: Office, due: list[CashOut]) -> int:
    """Those that are not come to within half the lease are given back, for another worker may take them then."""
    until = office.clock() + LEASE / 2
    for number, order in enumerate(due):
        if number and (office.clock() > until or office.stop.is_set()):
            with office.database.begin() as db:
                attempts.give_back(db, [each.id for each in due[number:]])
            return number
        try:
            _step(office, order)
        except OperationalError:
            raise
        except Exception as problem:  # whatever is wrong with one order, the others' go on
            stumbles.set_aside(order.reference, "a step", problem)
            _wait(office, order, order.state, asked=True, reason="step_failed", after=SET_ASIDE)
    return len(due)


def _step(office: Office, cash_out: CashOut) -> None:
    provider = office.provider(cash_out.provider)
    if provider is None:
        provider_health.unknown_provider(office, cash_out.provider)
        _wait(office, cash_out, cash_out.state, asked=True, reason="provider_not_configured")
        return
    match cash_out.state:
        case CashOutState.HELD:
            _submit(office, provider, cash_out)
        case CashOutState.SENT | CashOutState.UNKNOWN | CashOutState.ISSUED:
            _enquire(office, provider, cash_out)
        case CashOutState.PAID | CashOutState.FAILED | CashOutState.REVERSED:
            pass


def _submit(office: Office, provider: MobileMoney, cash_out: CashOut) -> None:
    never_sent = cash_out.first_sent_at is None
    if never_sent and (Offer.WALLET if cash_out.wallet else Offer.CODE) not in provider.offers:
        _fail(office, cash_out, "not_offered")
        return
    if never_sent and (verdict := cash_out_clearance.clear(office, provider, cash_out)) is not None:
        if verdict.refused:
            _fail(office, cash_out, verdict.reason)
        else:
            _wait(office, cash_out, CashOutState.HELD, asked=False, reason=verdict.reason, after=verdict.wait)
        return
    mine = _take(office, provider, cash_out)
    if mine is None:
        return
    match provider.submit(order_of(office, mine)):
        case port.Accepted():
            _wait(office, mine, CashOutState.SENT, doubted_until=FOR_EVER)
            provider_health.took_an_order(office, provider.name)
        case port.Unsure(reason):
            log.warning("cash-out %s: no clear answer (%s); asking", cash_out.reference, reason)
            _wait(office, mine, CashOutState.UNKNOWN, asked=False, reason=reason)
        case port.Busy(reason):
            log.warning("cash-out %s: the provider is busy (%s)", cash_out.reference, reason)
            _wait(office, mine, CashOutState.HELD, asked=True, reason=reason, doubted_until=cash_out.doubted_until)
            provider_health.busy(office, provider, reason)
        case port.Refused(reason) if cash_out.doubted_until is not None:
            log.warning("cash-out %s: refused (%s), but an earlier sending may arrive; asking", cash_out.reference, reason)
            _wait(office, mine, CashOutState.UNKNOWN, asked=True, reason=reason, doubted_until=cash_out.doubted_until)
        case port.Refused("insufficient_float"):
            _short(office, mine)
        case port.Refused(reason):
            _fail(office, mine, reason)


def _take(office: Office, provider: MobileMoney, cash_out: CashOut) -> CashOut | None:
    """Commits `sent`. None when another worker has moved it, or its provider pauses by now: nothing may be sent then."""
    now = office.clock()
    with office.database.begin() as db:
        version = attempts.take(
            db,
            cash_out,
            now=now,
            ask_at=now + timedelta(seconds=ASK_AFTER_S[1]),
            resend_until=now + provider.remembers,
            lease_until=now + LEASE,
            doubted_until=now + STILL_ON_ITS_WAY,
        )
        if version is None:
            attempts.step(db, cash_out, state=CashOutState.HELD, next_step_at=now + timedelta(seconds=ASK_AFTER_S[1]))
            return None
    return replace(
        cash_out,
        version=version,
        state=CashOutState.SENT,
        first_sent_at=cash_out.first_sent_at or now,
        resend_until=cash_out.resend_until or now + provider.remembers,
    )


def _enquire(office: Office, provider: MobileMoney, cash_out: CashOut) -> None:
    issued = cash_out.state is CashOutState.ISSUED
    match _ask(office, provider, cash_out):
        case port.Issued() as code:
            if issued:
                _wait(office, cash_out, CashOutState.ISSUED, asked=False)
            else:
                _issue(office, cash_out, code)
            if code.guessed_at is not None and cash_out.point_code is not None:
                _tell_of_guessing(office, cash_out.person_id, cash_out.point_code, code.guessed_at)
        case port.Paid(reference, paid_at):
            _pay(office, cash_out, reference, paid_at)
        case port.Reversed() as taken_back:  # first it was paid: both are written down, one after the other
            _pay(office, cash_out, taken_back.of or str(cash_out.attempt_id), None, look_after=timedelta())
        case port.Failed("insufficient_float") if not issued:
            _short(office, cash_out)
        case port.Failed(reason):
            _fail(office, cash_out, reason)
        case port.Pending(limit) if limit and cash_out.asks >= limit and _remembered(office, cash_out):
            _wait(office, cash_out, CashOutState.HELD, asks=0, reason="sent again", doubted_until=FOR_EVER)
        case port.Pending():
            _wait(office, cash_out, cash_out.state, asked=True)
        case port.StillUnsure(reason):
            _wait(office, cash_out, CashOutState.ISSUED if issued else CashOutState.UNKNOWN, asked=True, reason=reason)
            if reason == NOT_AUTHORISED:
                provider_health.busy(office, provider, reason)
        case port.NotFound():
            _not_found(office, cash_out)


def _ask(office: Office, provider: MobileMoney, cash_out: CashOut) -> port.State:
    answer = provider.enquire(order_of(office, cash_out))
    if cash_out.ask_first and cash_out.state is not CashOutState.ISSUED and lost_attempts.may_have_gone_on(answer):
        answer = lost_attempts.look(office, provider, cash_out) or answer
    if cash_out.ask_first and not isinstance(answer, port.StillUnsure):
        with office.database.begin() as db:
            restorations.answered(db, cash_out.id)
    return answer


def _remembered(office: Office, cash_out: CashOut) -> bool:
    """While the provider surely knows an id it has taken: only then may the same order go again."""
    return cash_out.resend_until is not None and office.clock() < cash_out.resend_until


def _not_found(office: Office, cash_out: CashOut) -> None:
    """The provider has never seen our id: the same order may go again, while it surely would remember."""
    if cash_out.state is CashOutState.ISSUED:
        _wait(office, cash_out, CashOutState.ISSUED, asked=True, reason="the provider has lost it")
    elif _remembered(office, cash_out):
        why, past = "never arrived; sent again", (cash_out.doubted_until or FOR_EVER) <= office.clock()
        doubt = None if past else "as before"  # an earlier sending is over its time only by such an answer
        _wait(office, cash_out, CashOutState.HELD, asked=True, reason=why, doubted_until=doubt)
    else:
        log.error("cash-out %s: unknown to the provider after a day; a person must decide", cash_out.reference)
        _wait(office, cash_out, CashOutState.UNKNOWN, asked=True, reason="unknown to the provider")


def _short(office: Office, cash_out: CashOut) -> None:
    """The programme's account is short: nobody's failure. It goes again under a new id once the account is filled."""
    now = office.clock()
    if now - cash_out.asked_at > SHORT_FOR and not cash_out.ask_first:
        _fail(office, cash_out, "insufficient_float")
        return
    provider_health.short_of_money(office, cash_out.provider)
    with office.database.begin() as db:
        new_id = next_attempt_id(cash_out.id, attempts.spent(db, cash_out))
        soon, doubt = now + timedelta(seconds=ASK_AFTER_S[0]), lost_attempts.doubt(cash_out)
        attempts.again(db, cash_out, new_id, reason=provider_health.SHORT, next_step_at=soon, now=now, doubted_until=doubt)


def give_up_waiting(office: Office, now: datetime) -> None:
    """Who has waited a day for money that did not come gets back what was held for it."""
    with office.database.begin() as db:
        waiting = attempts.short_since(db, office.desk.vault, now - SHORT_FOR, now, GIVEN_UP_AT_ONCE)
    for each in waiting:
        _fail(office, each, provider_health.SHORT)


def _issue(office: Office, cash_out: CashOut, issued: port.Issued) -> None:
    now = office.clock()
    with office.database.begin() as db:
        actions.issue_code(
            db,
            office.desk,
            cash_out.id,
            code=issued.code,
            expires_at=issued.expires_at or now + timedelta(seconds=office.code_lifetime_s),
            provider_reference=issued.provider_reference,
            now=now,
        )


def _tell_of_guessing(office: Office, person_id: int, point_code: str, guessed_at: datetime) -> None:
    with office.database.begin() as db:
        guessing.provider_saw_guessing(db, office.desk, person_id, point_code, guessed_at, office.clock())


def _pay(
    office: Office, cash_out: CashOut, reference: str, paid_at: datetime | None, look_after: timedelta = FIRST_LOOK
) -> None:
    now = office.clock()
    with office.database.begin() as db:
        actions.pay(db, office.desk, cash_out.id, provider_reference=reference, paid_at=paid_at or now, now=now)
        attempts.watch(db, cash_out.id, now + look_after)


def _fail(office: Office, cash_out: CashOut, reason: str) -> None:
    with office.database.begin() as db:
        if not attempts.unmoved(db, cash_out):
            log.warning("cash-out %s: overtaken by a later answer; this one (%s) is dropped", cash_out.reference, reason)
            return
        actions.fail(db, office.desk, cash_out.id, reason=reason, now=office.clock())
    log.warning("cash-out %s failed: %s; the money is back", cash_out.reference, reason)


def _wait(
    office: Office,
    cash_out: CashOut,
    state: CashOutState,
    *,
    asked: bool = False,
    asks: int | None = None,
    reason: str = "",
    after: timedelta | None = None,
    doubted_until: datetime | Literal["as before"] | None = "as before",
) -> None:
    asks = cash_out.asks + asked if asks is None else asks
    next_step_at = office.clock() + (after or _patience(cash_out, state))
    with office.database.begin() as db:
        attempts.step(
            db, cash_out, state=state, next_step_at=next_step_at, reason=reason, asks=asks, doubted_until=doubted_until
        )


def _patience(cash_out: CashOut, state: CashOutState) -> timedelta:
    if state is CashOutState.ISSUED:
        return LOOK_AGAIN
    return timedelta(seconds=ASK_AFTER_S[min(cash_out.asks, len(ASK_AFTER_S) - 1)])
