"""What a task needs, gathered once when its process starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
