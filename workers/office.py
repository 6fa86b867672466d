"""What a task needs, gathered once when its process starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from sms.providers.numbers import NumberChecks
from sms.providers.port import SmsProvider
from ussd_app.actions.desk import Desk
from ussd_app.actions.receipts import Asking
from ussd_app.store.database import Database
from workers.mobile_money.port import MobileMoney


@dataclass(frozen=True, slots=True)
class Office:
    database: Database
    desk: Desk
    sms: SmsProvider
    mobile_money: MobileMoney
    """The first of the providers."""
    clock: Callable[[], datetime]
    worker: str
    """Who claims: unique to this process."""
    code_lifetime_s: int
    stop: Event
    """Set when this process should finish what is in its hands and leave the rest."""
    further: tuple[MobileMoney, ...] = ()
    """The other providers: an order goes to the one it was held for."""
    number_checks: NumberChecks | None = None
    """Who can say when a SIM was last changed; None where nobody is asked."""
    other_carriers: tuple[SmsProvider, ...] = ()
    """Who carries messages when `sms` cannot, in this order."""
    parts_a_second: Mapping[str, float] = field(default_factory=dict[str, float])
    """By the carrier's name; a carrier that is not named may be given any number."""
    calls_at_once: int = 16
    """Also the most calls that a killed worker leaves unsure."""

    asking: Asking = Asking()  # noqa: RUF009 - a frozen value
    """How people are asked whether their money came."""

    @property
    def carriers(self) -> tuple[SmsProvider, ...]:
        return (self.sms, *self.other_carriers)

    def provider(self, name: str) -> MobileMoney | None:
        """None where the settings name it no more."""
        return next((each for each in (self.mobile_money, *self.further) if each.name == name), None)
