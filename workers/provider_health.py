"""When a provider gets no orders for a while, and when it gets them again: nobody's money fails for it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from ussd_app.store import provider_pauses
from workers.mobile_money.keys import NOT_AUTHORISED
from workers.mobile_money.port import MobileMoney, Service
from workers.office import Office

log = logging.getLogger(__name__)

LONGEST = timedelta(hours=1)
"""Whatever they plan: a slip in a date must not keep everybody's money for years."""

UNAVAILABLE = "unavailable"
SHORT = "insufficient_float"
NOT_CONFIGURED = "provider_not_configured"

PAUSES_S = {
    UNAVAILABLE: (5, 15, 60, 300),
    SHORT: (5, 30, 120, 600, 900),
    NOT_AUTHORISED: (60, 300, 900),
    NOT_CONFIGURED: (300, 900),
    "rate_limit": (2, 5, 15, 60),
    "http_429": (2, 5, 15, 60),
}
"""Seconds until the next order is tried, each time it is still no better."""

_ALARMS = {
    SHORT: "our account there is short of money; cash-outs wait until it is filled",
    NOT_AUTHORISED: "our key is not accepted; cash-outs wait until it is mended",
    NOT_CONFIGURED: "cash-outs are held for it, and no setting names it",
}


def ask(office: Office, names: set[str]) -> None:
    """Once a minute, before orders go out: how are you? What cannot be read says nothing."""
    for name in sorted(names):
        provider = office.provider(name)
        if provider is None:
            continue
        with office.database.begin() as db:
            due = provider_pauses.beat_due(db, name, office.clock())
        if due:
            _beat(office, provider)


def _beat(office: Office, provider: MobileMoney) -> bool:
    """True when it says that it is not to be had."""
    beat = provider.heartbeat()
    now = office.clock()
    with office.database.begin() as db:
        provider_pauses.note_beat(db, provider.name, beat.service.value)
        if beat.service is not Service.UNAVAILABLE:
            return False
        until = min(beat.until, now + LONGEST) if beat.until is not None and beat.until > now else None
        steps = PAUSES_S[UNAVAILABLE]
        pause = provider_pauses.pause(db, provider.name, UNAVAILABLE, steps_s=steps, now=now, until=until)
    log.warning("%s says it is not to be had; nothing is sent before %s", provider.name, office.desk.local(pause.until))
    return True


def busy(office: Office, provider: MobileMoney, reason: str) -> None:
    """It took nothing. Where it has said why, the others wait as well; else it is asked how it is."""
    if reason in PAUSES_S:
        _pause(office, provider.name, reason, PAUSES_S[reason])
    else:
        _beat(office, provider)


def short_of_money(office: Office, name: str) -> None:
    _pause(office, name, SHORT, PAUSES_S[SHORT])


def unknown_provider(office: Office, name: str) -> None:
    _pause(office, name, NOT_CONFIGURED, PAUSES_S[NOT_CONFIGURED])


def took_an_order(office: Office, name: str) -> None:
    with office.database.begin() as db:
        over = provider_pauses.resume(db, name)
    if over is not None:
        log.warning("%s takes orders again; it did not since %s (%s)", name, office.desk.local(over.since), over.reason)


def _pause(office: Office, name: str, reason: str, steps_s: Sequence[int]) -> None:
    with office.database.begin() as db:
        pause = provider_pauses.pause(db, name, reason, steps_s=steps_s, now=office.clock())
    log.error("%s: %s; next try %s", name, _ALARMS.get(reason, reason), office.desk.local(pause.until))
