"""The only four things a provider of messages can answer, and the one thing that is asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ussd_app.domain.phone import Phone


@dataclass(frozen=True, slots=True)
class Accepted:
    """It is theirs now."""

    reference: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be sent; trying again would change nothing."""

    reason: str


@dataclass(frozen=True, slots=True)
class Busy:
    """It was surely not sent; trying later may work."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have been sent; never send again on our own."""

    reason: str


Outcome = Accepted | Refused | Busy | Unsure


class SmsProvider(Protocol):
    """Carries one text to one or more phones."""

    name: str

    def send(self, text: str, to: tuple[Phone, ...]) -> tuple[Outcome, ...]:
        """One outcome for each phone, in the same order. Never raises; a failure of the whole call is every phone's."""
        ...
