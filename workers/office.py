"""What a task needs, gathered once when its process starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from sms.providers.port import SmsProvider
from ussd_app.actions.desk import Desk
from ussd_app.store.database import Database
from workers.mobile_money.port import MobileMoney


@dataclass(frozen=True, slots=True)
class Office:
    database: Database
    desk: Desk
    sms: SmsProvider
    mobile_money: MobileMoney
    clock: Callable[[], datetime]
    worker: str
    """Who claims: unique to this process."""
    code_lifetime_s: int
    stop: Event
    """Set when this process should finish what is in its hands and leave the rest."""
    other_carriers: tuple[SmsProvider, ...] = ()
    """Who carries messages when `sms` cannot, in this order."""
    parts_a_second: Mapping[str, float] = field(default_factory=dict[str, float])
    """By the carrier's name; a carrier that is not named may be given any number."""
    calls_at_once: int = 16
    """Also the most calls that a killed worker leaves unsure."""

    @property
    def carriers(self) -> tuple[SmsProvider, ...]:
        return (self.sms, *self.other_carriers)
