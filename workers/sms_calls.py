"""Calls to carriers: which messages share one, who makes it, and what its answer makes of each message."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from time import monotonic

from sms.notices import Lane
from sms.providers.port import Accepted, Busy, Outcome, Refused, SmsProvider, Unsure
from ussd_app.domain.phone import Phone
from ussd_app.store.messages import Claimed, Sent
from ussd_app.store.vault import Vault

log = logging.getLogger(__name__)

PHONES_IN_A_GROUP = 100
GATHER_S = 0.004
"""Answers that come within this time of one another are written down together."""

_BACK_OFF_S = (2, 10, 30, 120, 600)
_BACK_OFF_OF_A_CODE_S = (1, 2, 4, 8, 15, 30)
"""Somebody stands at a counter and waits for it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One text to one or more phones, through one carrier."""

    carrier: SmsProvider
    group: tuple[Claimed, ...]
    outcomes: tuple[Outcome, ...] = ()

    def key(self, vault: Vault) -> str:
        """Names this attempt for ever; what is sent again because nobody knew is named as it was the first time."""
        first = self.group[0]
        attempt = first.attempts - 1 if first.resent else first.attempts
        return vault.fingerprint("message attempt", f"{first.id}:{attempt}").hex()[:40]


def groups(claimed: Sequence[Claimed]) -> Iterator[list[Claimed]]:
    """Messages that say the same, and may go to the same carriers, share a call; a phone is named once in a call."""
    alike: dict[tuple[str, str | None, bool], list[Claimed]] = {}
    for each in claimed:
        alike.setdefault((each.body, each.provider, each.resent), []).append(each)
    for same in alike.values():
        phones: set[str] = set()
        group: list[Claimed] = []
        for each in same:
            if each.e164 in phones or len(group) == PHONES_IN_A_GROUP:
                yield group
                phones, group = set(), []
            phones.add(each.e164)
            group.append(each)
        yield group


class Callers:
    """Threads that call carriers, and the answers they bring back."""

    def __init__(self, at_once: int, vault: Vault) -> None:
        self.at_once, self.flying = at_once, 0
        self._vault = vault
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="carrier")
        self._answered: SimpleQueue[Call] = SimpleQueue()

    @property
    def free(self) -> int:
        return self.at_once - self.flying

    def start(self, call: Call) -> None:
        self.flying += 1
        self._threads.submit(self._make, call)

    def _make(self, call: Call) -> None:
        to = tuple(Phone(each.e164) for each in call.group)
        try:
            outcomes = call.carrier.send(call.group[0].body, to, call.key(self._vault))
        except Exception as problem:  # a carrier's page that raises must not leave anybody waiting for its answer
            log.error("%s raised %s", call.carrier.name, type(problem).__name__)
            outcomes = (Unsure(type(problem).__name__),) * len(to)
        self._answered.put(Call(call.carrier, call.group, outcomes))

    def gather(self, wait_s: float) -> list[Call]:
        """The calls that were answered: those of a few milliseconds together, or none within `wait_s`."""
        try:
            answered = [self._answered.get(timeout=wait_s)]
        except Empty:
            return []
        until, enough = monotonic() + GATHER_S, max(1, self.flying // 2)
        while len(answered) < enough and (left := until - monotonic()) > 0:
            try:
                answered.append(self._answered.get(timeout=left))
            except Empty:
                break
        self.flying -= len(answered)
        return answered

    def close(self) -> None:
        self._threads.shutdown()


def results_of(call: Call, now: datetime) -> list[Sent]:
    pairs = zip(call.group, call.outcomes, strict=True)
    return [_result(message, call.carrier.name, outcome, now) for message, outcome in pairs]


def _result(message: Claimed, carrier: str, outcome: Outcome, now: datetime) -> Sent:
    attempt = message.attempts + 1
    match outcome:
        case Accepted(reference, cost, parts):
            return Sent(message.id, attempt, carrier, "sent", "", reference or None, None, cost, parts)
        case Refused(reason):
            return Sent(message.id, attempt, carrier, "refused", reason)
        case Unsure(reason):
            return Sent(message.id, attempt, carrier, "unsure", reason)
        case Busy(reason):
            again = now + back_off(message.attempts, message.lane)
            return Sent(message.id, attempt, carrier, "waiting", reason, next_attempt_at=again)


def back_off(attempts: int, lane: Lane = Lane.MONEY) -> timedelta:
    """Longer each time, and not all at the same moment. How often is bounded by the message's own life."""
    steps = _BACK_OFF_OF_A_CODE_S if lane is Lane.CODE else _BACK_OFF_S
    return timedelta(seconds=steps[min(attempts, len(steps) - 1)] * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load
