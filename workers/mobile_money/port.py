"""What any mobile-money provider can be asked, and the few things it can answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from ussd_app.domain.statements import StatementLine


class Offer(StrEnum):
    """What a provider may be able to do; whoever needs it asks only those who offer it."""

    CODE = "code"
    """Cash at a pay point against a one-time code (`AtPoint`), which can be cancelled (`Codes`)."""
    WALLET = "wallet"
    """A payment into a mobile-money account (`ToWallet`)."""
    HOLDER = "holder"
    """Whose mobile-money account a number is (`Holders`)."""
    STATEMENT = "statement"
    """A statement of our account (`Statements`)."""
    BALANCE = "balance"
    """What our account holds (`Balances`)."""


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
    guessed_at: datetime | None = None
    """When codes were last tried at its point until the provider looked at no more; None where they do not say so."""


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
    of: str = ""
    """The payment's own reference."""
    before: tuple[Reversed, ...] = ()
    """What was taken back of the same payment earlier, the earliest first."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Known to the provider, not yet decided."""

    poll_limit: int | None = None
    """How often they let us ask about it, where they say so; then the same order goes again under the same id."""


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


# ---- a code at a pay point -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Redemption:
    """A point's keeper keyed in a code. The same `attempt_id` again asks what became of it, and pays nothing twice."""

    attempt_id: UUID
    code: str = field(repr=False)
    """Empty where its cash-out has been paid meanwhile: then nothing is redeemed, only asked."""
    point_code: str


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The provider has moved the money to the point: the cash may be handed over."""

    amount: Dong
    provider_reference: str


@dataclass(frozen=True, slots=True)
class NotRedeemed:
    """Surely nothing moved. `reason` is one of REDEMPTION_REASONS."""

    reason: str


REDEMPTION_REASONS = frozenset({"no_such_code", "already_redeemed", "expired", "cancelled", "wrong_point", "over_limit",
                                "refused_by_provider", "try_later"})  # fmt: skip
"""Only `try_later` says that the same code may be keyed in again."""


# ---- about the provider, and about those who are to be paid ----------------------------------------------


class Service(StrEnum):
    AVAILABLE = "available"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"
    """No usable answer, or none is offered: nothing follows from it."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    service: Service
    until: datetime | None = None
    """When they plan to be back, if they say so."""


@dataclass(frozen=True, slots=True)
class Funds:
    """What stands in the programme's own account at the provider."""

    available: Dong
    reserved: Dong


@dataclass(frozen=True, slots=True)
class Holder:
    """A mobile-money account that can be paid into, and the name it is held under; empty where they do not say it."""

    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoWallet:
    """This number has no mobile-money account that can be paid into. `reason` is a key of our own list."""

    reason: str


class StatementCut(Exception):
    """The statement could not be read to its end: what was read is true, and what is missing is not known."""


class MobileMoney(Protocol):
    """A provider of cash-outs. No method raises for what a network or a provider may do."""

    name: str
    offers: frozenset[Offer]
    remembers: timedelta
    """How long an id that they say they never saw may be sent again without a person's word."""

    def submit(self, order: Order) -> Submitted: ...

    def enquire(self, order: Order) -> State: ...

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        """None when it is not a callback of this provider at all."""
        ...

    def heartbeat(self) -> Heartbeat: ...


class Codes(Protocol):
    """Of a provider that offers `Offer.CODE`."""

    def redeem(self, redemption: Redemption) -> Redeemed | NotRedeemed | Unsure: ...

    def cancel(self, order: Order) -> State:
        """Ask that the code be void, and answer with what is true then: `Failed("cancelled")`, or `Paid`: too late."""
        ...


class Holders(Protocol):
    """Of a provider that offers `Offer.HOLDER`."""

    def holder(self, phone: Phone) -> Holder | NoWallet | StillUnsure: ...


class Statements(Protocol):
    """Of a provider that offers `Offer.STATEMENT`."""

    def statement(self, since: datetime, until: datetime) -> Iterator[StatementLine]:
        """Every movement of `since <= at < until`, page by page. Raises StatementCut where it cannot go on."""
        ...


class Balances(Protocol):
    """Of a provider that offers `Offer.BALANCE`."""

    def balance(self) -> Funds | StillUnsure: ...
