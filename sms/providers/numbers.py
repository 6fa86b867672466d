"""What can be asked about a phone number before money or a secret follows it, and the few things that can be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sms.providers.port import Unsure
from ussd_app.domain.phone import Phone


@dataclass(frozen=True, slots=True)
class SimSwap:
    """When this number last got another SIM; None: not within the time that its network remembers."""

    on: date | None
    lately: bool = False
    """It did within that time, and on which day they do not say."""

    def day(self, today: date) -> date | None:
        """The latest day on which it may have been."""
        return self.on or (today if self.lately else None)


@dataclass(frozen=True, slots=True)
class Asked:
    """The question is theirs; the answer is called back under this id."""

    request_id: str


@dataclass(frozen=True, slots=True)
class SimSwapTold:
    """A call-back, reduced to which question it answers."""

    request_id: str
    answer: SimSwap | Unsure


class NumberChecks(Protocol):
    """No method raises for what a network or a provider may do. Unsure never stops anybody's money."""

    name: str

    def sim_swap(self, phone: Phone) -> SimSwap | Asked | Unsure: ...

    def read_answer(self, form: Mapping[str, object]) -> SimSwapTold | None:
        """None when it is no answer of this provider at all."""
        ...
