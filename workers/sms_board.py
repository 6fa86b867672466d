"""Which carrier a message may go to now: what operators hold back, how the carriers are, and how fast each may go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from sms.kinds import Category, Lane
from sms.providers.port import Busy, Outcome, SmsProvider, Unsure
from ussd_app.domain.breaker import Breaker, Health, may_be_tried
from ussd_app.domain.sending_hours import quiet
from ussd_app.store import carriers, pauses
from ussd_app.store.messages import Claimed
from workers.office import Office

LOOK_EVERY_S = 1.0
ASK_AGAIN_S = 0.05
MANY_TROUBLES = 5
"""So many are told to the other workers at once."""

RESTING = frozenset(each.lane for each in Category if each.rests_at_night)

Result = TypeVar("Result")
Through = Callable[[Callable[[Connection], Result]], Result]


def awake_lanes(lanes: Iterable[Lane], local: datetime) -> list[Lane]:
    """At night only what cannot wait."""
    return [lane for lane in lanes if lane not in RESTING or not quiet(local)]


class Board:
    """One drain's view of what all workers share, never older than a second."""

    def __init__(self, office: Office, lanes: Sequence[Lane]) -> None:
        self._office, self._wanted = office, lanes
        self._urgent = Lane.CODE in lanes
        self._names = [each.name for each in office.carriers]
        self._health: dict[str, Health] = {}
        self._held: list[pauses.Pause] = []
        self._tallies: dict[str, tuple[int, int]] = {}
        self._granted: dict[str, int] = {}
        self._ask_after: dict[str, float] = {}
        self._look_at = 0.0

    # ---- what is shared ---------------------------------------------------------------------------------

    def due(self) -> bool:
        return time.monotonic() >= self._look_at

    def look_soon(self) -> None:
        self._look_at = 0.0

    def look(self, db: Connection) -> None:
        """Tell what was heard here, and read how everything stands."""
        self._health = carriers.look(db, self._tallies, self._names, self._office.clock())
        self._held = pauses.current(db)
        self._tallies, self._look_at = {}, time.monotonic() + LOOK_EVERY_S

    def heard(self, carrier: str, outcomes: Sequence[Outcome]) -> None:
        answers, troubles = self._tallies.get(carrier, (0, 0))
        troubles += sum(isinstance(each, Busy | Unsure) for each in outcomes)
        self._tallies[carrier] = answers + len(outcomes), troubles
        if troubles >= MANY_TROUBLES or self._health[carrier].breaker is Breaker.HALF_OPEN:
            self.look_soon()

    def has_heard(self) -> bool:
        return bool(self._tallies)

    # ---- what may be sent -------------------------------------------------------------------------------

    def lanes(self) -> list[Lane]:
        """Those that are not held back at every carrier, and that may disturb at this hour."""
        held = {each.lane for each in self._held if each.provider is None}
        awake = awake_lanes(self._wanted, self._office.desk.local(self._office.clock()))
        return [] if None in held else [lane for lane in awake if lane not in held]

    def usable(self) -> bool:
        now = self._office.clock()
        health = [self._health[each.name] for each in self._office.carriers if not self._paused(each.name, None)]
        return any(each.breaker is Breaker.CLOSED or may_be_tried(each, now) for each in health)

    def choose(self, message: Claimed, now: datetime, through: Through[bool]) -> tuple[SmsProvider, bool] | None:
        """The carrier for a message, and whether it is handed over as a trial; None when nobody can take it now.

        What a carrier was too busy for goes to another one. What nobody knew about once never does.
        """
        allowed = [each for each in self._office.carriers if not self._paused(each.name, message.lane)]
        if message.resent:
            allowed = [each for each in allowed if each.name == message.provider]
        well = [each for each in allowed if self._health[each.name].breaker is Breaker.CLOSED]
        for each in allowed:
            if each in well or (well and self._urgent):  # a code is nobody's trial while somebody else is well
                continue
            if may_be_tried(self._health[each.name], now) and through(lambda db, name=each.name: self._try(db, name)):
                return each, True
        others = [each for each in well if each.name != message.provider or not message.attempts or message.resent]
        return next(((each, False) for each in (*others, *well)), None)

    def _try(self, db: Connection, name: str) -> bool:
        mine = carriers.try_one(db, name, self._office.clock())
        self._health = carriers.look(db, {}, self._names, self._office.clock())
        return mine

    def _paused(self, name: str, lane: Lane | None) -> bool:
        return any(each.provider in (None, name) and each.lane in (None, lane) for each in self._held)

    # ---- how fast ---------------------------------------------------------------------------------------

    def most_parts(self, carrier: SmsProvider) -> int:
        """Parts that one call may have."""
        rate = self._office.parts_a_second.get(carrier.name, 0.0)
        return carriers.largest_grant(rate) if rate else 1_000_000

    def measure(self, carrier: SmsProvider, parts: int, through: Through[bool]) -> bool:
        """Count these parts against the carrier's measure; False when it is too soon for them."""
        name, rate = carrier.name, self._office.parts_a_second.get(carrier.name, 0.0)
        if not rate:
            return True
        if self._granted.get(name, 0) < parts:
            if time.monotonic() < self._ask_after.get(name, 0.0):
                return False
            wanted = parts if self._urgent else max(parts, min(carriers.largest_grant(rate), self._office.calls_at_once))
            if not through(lambda db: self._take(db, name, wanted, rate)):
                self._ask_after[name] = time.monotonic() + ASK_AGAIN_S
                return False
            self._granted[name] = self._granted.get(name, 0) + wanted
        self._granted[name] -= parts
        return True

    def _take(self, db: Connection, name: str, parts: int, rate: float) -> bool:
        now = self._office.clock()
        return carriers.take(db, name=name, parts=parts, parts_a_second=rate, urgent=self._urgent, now=now)
