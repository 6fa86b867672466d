"""Providers at the port, saying what a test has them say, and keeping a book of what really happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sms.providers.port import Accepted as SmsAccepted
from sms.providers.port import Outcome
from ussd_app.domain.phone import Phone
from workers.mobile_money.port import Accepted, Heartbeat, Hint, Offer, Order, Paid, Pending, Service, State, Submitted


@dataclass
class ScriptedMoney:
    """Answers in the order of its script, and goes on with the last."""

    name: str = "gsma"
    offers: frozenset[Offer] = frozenset({Offer.CODE, Offer.WALLET})
    remembers: timedelta = timedelta(hours=24)
    beat: Heartbeat = field(default_factory=lambda: Heartbeat(Service.AVAILABLE))
    submits: list[Submitted] = field(default_factory=lambda: [Accepted("theirs")])
    enquiries: list[State] = field(default_factory=lambda: [Pending()])
    orders: list[Order] = field(default_factory=list)
    unique_references: bool = False
    """Each payment under a reference of its own, as with a real provider."""

    def submit(self, order: Order) -> Submitted:
        self.orders.append(order)
        return self.submits.pop(0) if len(self.submits) > 1 else self.submits[0]

    def heartbeat(self) -> Heartbeat:
        return self.beat

    def enquire(self, order: Order) -> State:
        state = self.enquiries.pop(0) if len(self.enquiries) > 1 else self.enquiries[0]
        if self.unique_references and isinstance(state, Paid):
            return replace(state, provider_reference=str(order.attempt_id))
        return state

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        return None


@dataclass
class ScriptedSms:
    """Answers each phone by a rule, and keeps what went out."""

    rule: Callable[[Phone], Outcome] = lambda phone: SmsAccepted(f"ATXid_{phone.e164}")
    name: str = "africas_talking"
    phones_in_a_call: int = 100
    calls: list[tuple[str, tuple[Phone, ...]]] = field(default_factory=list)

    def send(self, text: str, to: tuple[Phone, ...], key: str = "") -> tuple[Outcome, ...]:
        self.calls.append((text, to))
        return tuple(self.rule(phone) for phone in to)
