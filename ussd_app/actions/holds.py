"""Doubtful payments: found before a release, and held while the rest is paid, until somebody decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.domain.programmes import odd_amount
from ussd_app.domain.safety import Facts, Finding, Limits, findings
from ussd_app.store import safety
from ussd_app.store.programmes import every_amount

USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Doubtful:
    """One payment of a list, and everything that is to be known of it before one signs."""

    facts: Facts
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        return any(each.holds for each in self.findings)


def look_through(db: Connection, batch_id: int, now: datetime, limits: Limits = USUAL) -> list[Doubtful]:
    """Every payment of a batch with something to say about it; changes nothing."""
    amounts = every_amount(db)

    def odd(programme: str, cycle: Cycle, amount: Dong) -> str | None:
        return odd_amount(programme, cycle, amount, amounts)

    facts = safety.facts_of(db, batch_id, odd)
    return [Doubtful(each, found) for each in facts if (found := findings(each, limits, now))]


def hold_doubtful(db: Connection, batch_id: int, now: datetime, limits: Limits = USUAL) -> int:
    """Hold what must be asked about. How many payments."""
    doubtful: Sequence[tuple[int, Finding]] = [
        (each.facts.payment_id, finding)
        for each in look_through(db, batch_id, now, limits)
        for finding in each.findings
        if finding.holds
    ]
    return safety.hold(db, doubtful, now) if doubtful else 0
