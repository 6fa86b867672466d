"""The keeper of a pay point at the point's own phone: what may be known of the codes there, and never a code itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ussd_app.domain.money import NOTHING, Dong


class RedemptionState(StrEnum):
    """A code that was keyed in: asked -> sent -> redeemed | refused, with `unsure` wherever an answer is missing."""

    ASKED = "asked"
    SENT = "sent"
    UNSURE = "unsure"
    REDEEMED = "redeemed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RedemptionSeen:
    """The last one of a phone."""

    cash_out_reference: str
    amount: Dong
    state: RedemptionState
    reason: str = ""
    """Key of a reason, as in the texts under `keeper.reason.…`."""


def _never(typed: str) -> bool:
    return False


def _nothing(typed: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class KeeperPin:
    """The PIN of a point's phone. The two checks are given by the edge (argon2id)."""

    starting: bool = False
    """It was sent by us, and only opens the way to one of their own."""
    tries_left: int = 3
    matches: Callable[[str], bool] = field(default=_never, compare=False, repr=False)
    matches_proposed: Callable[[str], bool] = field(default=_never, compare=False, repr=False)

    @property
    def locked(self) -> bool:
        return self.tries_left <= 0


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who calls from a point's phone."""

    point_code: str
    point_name: str
    has_cash: bool = True
    paid_today: int = 0
    sum_today: Dong = NOTHING
    amounts: tuple[tuple[str, Dong], ...] = ()
    """Of every live code at this point: the cash-out's reference and its amount."""
    reference_of: Callable[[str], str] = field(default=_nothing, compare=False, repr=False)
    """The cash-out whose code was typed, if it lives and is for this point; given by the edge."""
    locked_until: datetime | None = None
    """Too many wrong codes from this phone or at this point: no further one is looked at before then."""
    last: RedemptionSeen | None = None
    pin: KeeperPin = field(default_factory=KeeperPin)

    def amount_of(self, reference: str) -> Dong | None:
        return next((amount for each, amount in self.amounts if each == reference), None)
