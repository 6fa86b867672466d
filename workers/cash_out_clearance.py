"""Before the first đồng goes anywhere: is the number still the same SIM, and is the wallet that person's own?"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sms.providers.numbers import Asked, NumberChecks, SimSwap
from ussd_app.actions.holders import note_holder
from ussd_app.domain.phone import Phone
from ussd_app.store import number_checks, phones
from ussd_app.store.cash_outs import CashOut
from workers.mobile_money.port import Holder, Holders, MobileMoney, NoWallet, Offer
from workers.office import Office

log = logging.getLogger(__name__)

SIM_ANSWER_HOLDS = timedelta(hours=24)
HOLDER_ANSWER_HOLDS = timedelta(days=180)
NO_ANSWER_HOLDS = timedelta(hours=1)
"""Then the next cash-out asks again: a carrier that was away for a moment must not blind us for a day."""
WAIT_FOR_ANSWER = timedelta(seconds=60)
LOOK_EVERY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Not now (`wait`), or not at all (`refused`): the money goes back into the person's balance."""

    reason: str
    wait: timedelta | None = None

    @property
    def refused(self) -> bool:
        return self.wait is None


def clear(office: Office, provider: MobileMoney, cash_out: CashOut) -> Verdict | None:
    """None when nothing speaks against it. Nobody's money waits longer than a minute for an answer that does not come."""
    phone = cash_out.wallet or Phone(cash_out.asked_from)
    if office.number_checks is not None and (verdict := _sim(office, office.number_checks, phone, cash_out)) is not None:
        return verdict
    if cash_out.wallet is not None and Offer.HOLDER in provider.offers:
        return _holder(office, provider, cash_out.wallet, cash_out)
    return None


def _sim(office: Office, checks: NumberChecks, phone: Phone, cash_out: CashOut) -> Verdict | None:
    now = office.clock()
    with office.database.begin() as db:
        known = number_checks.latest(db, phone.e164, "sim_swap", since=now - SIM_ANSWER_HOLDS)
    if known is None or (known.outcome in ("asked", "unsure") and now > known.asked_at + NO_ANSWER_HOLDS):
        return _ask_about_sim(office, checks, phone, cash_out)
    if known.outcome == "asked":
        waiting = now < known.asked_at + WAIT_FOR_ANSWER
        return Verdict("asking about the SIM", LOOK_EVERY) if waiting else None
    if known.swapped_on is None:
        return None
    with office.database.begin() as db:
        proved = number_checks.proved_on(db, phone.e164, cash_out.person_id)
        if proved is not None and office.desk.local(proved).date() > known.swapped_on:
            return None  # that SIM is the one they proved to be theirs
        phones.doubt(db, phone.e164, because="sim_swapped", officer_id=None, now=now)
    log.warning("cash-out %s: another SIM since %s; the number is unproven now", cash_out.reference, known.swapped_on)
    return Verdict("sim_unverified")


def _ask_about_sim(office: Office, checks: NumberChecks, phone: Phone, cash_out: CashOut) -> Verdict | None:
    answer = checks.sim_swap(phone)
    request_id, swapped_on = "", None
    match answer:
        case Asked(request_id):
            outcome = "asked"
        case SimSwap() as swap:
            swapped_on = swap.day(office.desk.local(office.clock()).date())
            outcome = "clear" if swapped_on is None else "swapped"
        case _:
            outcome = "unsure"
            log.warning("cash-out %s: nobody could say when the SIM was changed (%s)", cash_out.reference, answer.reason)
    with office.database.begin() as db:
        number_checks.note(
            db,
            phone.e164,
            "sim_swap",
            person_id=cash_out.person_id,
            provider=checks.name,
            outcome=outcome,
            now=office.clock(),
            request_id=request_id,
            swapped_on=swapped_on,
        )
    return None if outcome in ("clear", "unsure") else _sim(office, checks, phone, cash_out)


def _holder(office: Office, provider: MobileMoney, wallet: Phone, cash_out: CashOut) -> Verdict | None:
    """Asked before the first payment into this wallet; an answer that does not come stops nothing."""
    now = office.clock()
    with office.database.begin() as db:
        since = now - HOLDER_ANSWER_HOLDS
        known = number_checks.latest(db, wallet.e164, "holder", since=since, person_id=cash_out.person_id)
    if known is not None and known.outcome == "clear":
        return None
    answer = cast("Holders", provider).holder(wallet)
    with office.database.begin() as db:
        match answer:
            case Holder(theirs):
                own = note_holder(db, office.desk, cash_out, theirs, now)
                outcome, verdict = ("clear", None) if own else ("mismatch", Verdict("name_mismatch"))
            case NoWallet(reason):
                outcome, verdict = "no_wallet", Verdict(reason)
            case _:
                outcome, verdict = "unsure", None
        number_checks.note(
            db,
            wallet.e164,
            "holder",
            person_id=cash_out.person_id,
            provider=provider.name,
            outcome=outcome,
            now=now,
        )
    return verdict
