"""What a mobile-money provider says it did with our money: one line for each movement, as its statement lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from ussd_app.domain.money import Dong


class LineKind(StrEnum):
    PAID_OUT = "paid_out"
    """Out of the programme's account: cash handed over at a point, or a wallet credited."""
    REVERSED = "reversed"
    """A pay-out that came back."""
    FEE = "fee"
    FUNDED = "funded"
    """Into the programme's account: the treasury topped it up."""
    OTHER = "other"
    """A kind that no page of ours knows: never guessed at, always shown."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement in the provider's own book. The amount is never negative: the kind says which way it went."""

    provider: str
    line_key: str
    """The provider's own key of this line: the same line read twice is one line."""
    at: datetime
    kind: LineKind
    amount: Dong
    provider_reference: str
    """The movement's own, as callbacks and enquiries name it."""
    attempt_id: UUID | None = None
    """Our id, where the provider gives it back."""
    reference: str = ""
    """Our public reference, where the provider gives it back."""
    original: str = ""
    """Of what came back: their reference of the payment, where they name it."""


def reversal_id(provider: str, provider_reference: str) -> UUID:
    """Our id of a reversal: the same whether it was called back, asked about, or read off a statement."""
    return uuid5(NAMESPACE_URL, f"reversal:{provider}:{provider_reference}")
