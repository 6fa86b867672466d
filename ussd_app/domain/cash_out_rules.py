"""How much a person may take out, and what it costs: limits and fees as they are on one day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from ussd_app.domain.money import NOTHING, Dong

WHOLE = 10_000
"""A fee's share is written in ten-thousandths of the amount."""

PROVIDER = "provider"
"""Waived by this one, a fee is not charged at all; by anybody else, it is the programme's."""


@dataclass(frozen=True, slots=True)
class Fee:
    """What a provider takes for one cash-out: a fixed part and a share, rounded up to a whole đồng."""

    flat: int = 0
    share: int = 0
    waived_by: str = ""
    """Who takes it over; empty when its owner pays."""

    def of(self, amount: Dong) -> Dong:
        """What the person pays on top of `amount`."""
        return NOTHING if self.waived_by else self._cost(amount)

    def carried(self, amount: Dong) -> Dong:
        """What the programme pays instead of the person: the provider still takes it, unless it waives it itself."""
        return self._cost(amount) if self.waived_by not in ("", PROVIDER) else NOTHING

    def _cost(self, amount: Dong) -> Dong:
        return Dong(self.flat + -(-amount.amount * self.share // WHOLE)) if amount else NOTHING

    def most_within(self, balance: Dong) -> Dong:
        """The largest amount that is covered by `balance` together with its fee."""
        if self.waived_by:
            return balance
        most = max(0, (balance.amount - self.flat) * WHOLE // (WHOLE + self.share))
        while most and most + self.of(Dong(most)).amount > balance.amount:
            most -= 1
        return Dong(most)


@dataclass(frozen=True, slots=True)
class Limits:
    """None: none is set. Days and months are local ones."""

    least: Dong = NOTHING
    most: Dong | None = None
    per_day: Dong | None = None
    per_month: Dong | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """What one person has taken out or is taking out; what failed or came back is not counted."""

    today: Dong = NOTHING
    this_month: Dong = NOTHING


class Bound(StrEnum):
    """What it is that keeps someone from taking out more."""

    BALANCE = "balance"
    ONE = "one"
    """The most of one cash-out."""
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Possible:
    """The most that can be asked for now, and what bounds it."""

    most: Dong
    bound: Bound
    least: Dong = NOTHING

    def or_by(self, other: Possible) -> Possible:
        """Of two ways the one that allows more; and the least that either takes."""
        ways = [each for each in (self, other) if each.most] or [self]
        return replace(max(ways, key=lambda each: each.most), least=min(each.least for each in ways))


@dataclass(frozen=True, slots=True)
class CashOutRules:
    """Of one provider, today."""

    limits: Limits = field(default_factory=Limits)
    fee: Fee = field(default_factory=Fee)

    def possible(self, balance: Dong, used: Used) -> Possible:
        limits = self.limits
        bounds = [(self.fee.most_within(balance), Bound.BALANCE)]
        if limits.most is not None:
            bounds.append((limits.most, Bound.ONE))
        if limits.per_day is not None:
            bounds.append((_left(limits.per_day, used.today), Bound.DAY))
        if limits.per_month is not None:
            bounds.append((_left(limits.per_month, used.this_month), Bound.MONTH))
        most, bound = min(bounds, key=lambda each: each[0])
        if most < limits.least:
            most = NOTHING
        return Possible(most, bound, limits.least)


def _left(limit: Dong, used: Dong) -> Dong:
    return Dong(max(0, limit.amount - used.amount))
