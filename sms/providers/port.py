"""The only four things a carrier of messages can answer, what it reports later, and the one thing that is asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ussd_app.domain.phone import Phone


@dataclass(frozen=True, slots=True)
class Accepted:
    """It is theirs now."""

    reference: str
    cost_millidong: int | None = None
    """What they charge for it, in thousandths of a đồng; None when they named no price in đồng."""
    parts: int | None = None
    """What they count, where they say so."""


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
    phones_in_a_call: int
    """To how many phones one call may carry the same text."""

    def send(self, text: str, to: tuple[Phone, ...], key: str = "") -> tuple[Outcome, ...]:
        """One outcome for each phone, in the same order. Never raises; a failure of the whole call is every phone's.

        `key` names this attempt, for carriers that know by it what they have had before; at most 50 characters.
        """
        ...


class Fate(StrEnum):
    ON_ITS_WAY = "on_its_way"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message that a carrier had accepted."""

    reference: str
    fate: Fate
    reason: str
    phone: Phone | None
    cost_millidong: int | None = None


def price_in_millidong(amount: str) -> int | None:
    """A price in đồng as carriers write it, `350.0000`; None where it is no price."""
    whole, _, rest = amount.strip().partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) < 10 and (rest + "0").isascii() and (rest + "0").isdigit()):
        return None
    return int(whole) * 1000 + int((rest + "000")[:3])
