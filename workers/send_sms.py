"""Sending what waits in a lane.

A message is claimed, then marked `sending` in a transaction of its own, then handed to the provider, then the
answer is written down. No transaction is open while we wait for somebody else's network, and what a killed
worker leaves as `sending` is not sent again from here: nobody knows whether it went. The carrier's reports decide.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sms.notices import Lane
from sms.providers.port import Accepted, Busy, Outcome, Refused, Unsure
from ussd_app.domain.phone import Phone
from ussd_app.store import messages
from ussd_app.store.messages import Claimed, Sent
from workers.office import Office

log = logging.getLogger(__name__)

CLAIM_AT_ONCE = 400
CALLS_AT_ONCE = 8
PHONES_IN_A_CALL = 100  # one call that comes to nothing leaves at most this many messages unsure
LEASE = timedelta(seconds=45)  # longer than the provider's time-outs, short enough to be taken up within a minute
BACK_OFF_S = (2, 10, 30, 120, 600)


def drain(office: Office, lanes: Sequence[Lane]) -> int:
    """Send all that is due in these lanes; how many messages were taken."""
    taken = 0
    with ThreadPoolExecutor(CALLS_AT_ONCE) as threads:
        while not office.stop.is_set() and (claimed := _claim(office, lanes)):
            list(threads.map(lambda group: _send(office, group), groups(claimed)))
            taken += len(claimed)
    return taken


def _claim(office: Office, lanes: Sequence[Lane]) -> list[Claimed]:
    with office.database.begin() as db:
        return messages.claim(
            db,
            office.desk.vault,
            lanes=lanes,
            worker=office.worker,
            limit=CLAIM_AT_ONCE,
            now=office.clock(),
            lease=LEASE,
        )


def groups(claimed: Sequence[Claimed]) -> Iterator[list[Claimed]]:
    """Messages that say the same share a call; a phone is named once in a call."""
    by_text: dict[str, list[Claimed]] = {}
    for each in claimed:
        by_text.setdefault(each.body, []).append(each)
    for same in by_text.values():
        phones: set[str] = set()
        group: list[Claimed] = []
        for each in same:
            if each.e164 in phones or len(group) == PHONES_IN_A_CALL:
                yield group
                phones, group = set(), []
            phones.add(each.e164)
            group.append(each)
        yield group


def _send(office: Office, group: list[Claimed]) -> None:
    now = office.clock()
    with office.database.begin() as db:
        ours = messages.begin_sending(db, ids=[each.id for each in group], worker=office.worker, now=now, lease=LEASE)
    group = [each for each in group if each.id in ours]
    if not group:
        return
    outcomes = office.sms.send(group[0].body, tuple(Phone(each.e164) for each in group))
    now = office.clock()
    results = [_result(message, outcome, now) for message, outcome in zip(group, outcomes, strict=True)]
    with office.database.begin() as db:
        messages.finish_sending(db, provider=office.sms.name, results=results, now=now)
    for each in results:
        if each.state in ("refused", "unsure"):
            log.warning("message %s is %s: %s", each.id, each.state, each.note)


def _result(message: Claimed, outcome: Outcome, now: datetime) -> Sent:
    match outcome:
        case Accepted(reference):
            return Sent(message.id, "sent", provider_id=reference)
        case Refused(reason):
            return Sent(message.id, "refused", reason)
        case Unsure(reason):
            return Sent(message.id, "unsure", reason)
        case Busy(reason):
            return Sent(message.id, "waiting", reason, next_attempt_at=now + back_off(message.attempts))


def back_off(attempts: int) -> timedelta:
    """Longer each time, and not all at the same moment."""
    seconds = BACK_OFF_S[min(attempts, len(BACK_OFF_S) - 1)]
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load, guards nothing
