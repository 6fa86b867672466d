"""What any mobile-money provider can be asked, and the few things it can answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone


@dataclass(frozen=True, slots=True)
class AtPoint:
    """Cash at a pay point against a one-time code that lives for `lifetime_s` seconds."""

    code: str
    """The point's, as a person keys it in."""
    lifetime_s: int


@dataclass(frozen=True, slots=True)
class ToWallet:
    """Into the person's own mobile-money account."""

    phone: Phone


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt at one cash-out. `attempt_id` is ours, made once, and is the idempotency key at the provider."""

    attempt_id: UUID
    reference: str
    """The cash-out's public reference, as the person knows it."""
    amount: Dong
    to: AtPoint | ToWallet


# ---- answers to `submit` ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accepted:
    """The order is theirs; what comes of it must be asked or is called back."""

    provider_reference: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It was surely not taken, and never will be: the hold may go back. `reason` is a key of our own list."""

    reason: str


@dataclass(frozen=True, slots=True)
class Busy:
    """It was surely not taken; the same id may be sent later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have been taken. Ask; never send under another id; never give the hold back."""

    reason: str


Submitted = Accepted | Refused | Busy | Unsure


# ---- answers to `enquire` --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Issued:
    """The provider holds the money and has made the one-time code."""

    code: str = field(repr=False)
    expires_at: datetime | None
    provider_reference: str


@dataclass(frozen=True, slots=True)
class Paid:
    """Cash was handed over. `provider_reference` is the withdrawal's own."""

    provider_reference: str
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not happen and cannot happen any more (refused, expired, cancelled)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reversed:
    """It was paid, and the provider has taken it back, wholly or in part. `provider_reference` is the reversal's own."""

    provider_reference: str
    amount: Dong


@dataclass(frozen=True, slots=True)
class Pending:
    """Known to the provider, not yet decided."""


@dataclass(frozen=True, slots=True)
class NotFound:
    """The provider has never seen this id (only the same id may be sent again)."""


@dataclass(frozen=True, slots=True)
class StillUnsure:
    """No usable answer to the question itself."""

    reason: str


State = Issued | Paid | Failed | Reversed | Pending | NotFound | StillUnsure


@dataclass(frozen=True, slots=True)
class Hint:
    """A callback, reduced to whom it concerns. It is confirmed by `enquire` before any money moves."""

    attempt_id: UUID
    event_key: str
    """Same event, same key: a digest of what arrived."""


class MobileMoney(Protocol):
    """A provider of cash-outs by one-time code. No method raises for what a network or a provider may do."""

    name: str

    def submit(self, order: Order) -> Submitted: ...

    def enquire(self, order: Order) -> State: ...

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        """None when it is not a callback of this provider at all."""
        ...
