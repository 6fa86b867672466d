"""What each programme pays from which month on, and by which decree: dated amounts, never rewritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle


@dataclass(frozen=True, slots=True)
class DatedAmount:
    """A month's amount of one category of a programme, from `since` until the next one, or to the end of `until`."""

    programme: str
    since: Cycle
    amount: Dong
    source: str
    """The decree or decision, as an inspector would cite it."""
    category: str = ""
    until: Cycle | None = None
    guide: bool = False
    """A standard from which amounts are computed by rules that are not kept here: not what a row is compared with."""

    def in_force(self, cycle: Cycle) -> bool:
        return self.since <= cycle and (self.until is None or cycle <= self.until)


_COEFFICIENTS = ((10, "1.0"), (15, "1.5"), (20, "2.0"), (25, "2.5"), (30, "3.0"))


def _assistance(since: Cycle, standard: int, source: str) -> tuple[DatedAmount, ...]:
    """Monthly allowance: the standard times the coefficient of who receives it."""
    return tuple(
        DatedAmount("social_assistance", since, Dong(standard * tenths // 10), source, f"coefficient {written}")
        for tenths, written in _COEFFICIENTS
    )


DECREED: tuple[DatedAmount, ...] = (
    *_assistance(Cycle(2021, 7), 360_000, "Decree 20/2021/NĐ-CP"),
    *_assistance(Cycle(2024, 7), 500_000, "Decree 76/2024/NĐ-CP"),
    DatedAmount("social_pension", Cycle(2025, 7), Dong(500_000), "Decree 176/2025/NĐ-CP"),
    DatedAmount("merit", Cycle(2024, 7), Dong(2_789_000), "Decree 77/2024/NĐ-CP", "standard", guide=True),
    DatedAmount("tet_gift", Cycle(2026, 1), Dong(400_000), "Resolution 418/NQ-CP", until=Cycle(2026, 2)),
)
"""What is decreed for the whole country; a province's own amounts are set by its officers."""


def dated_amounts(programme: str, cycle: Cycle, amounts: Iterable[DatedAmount] = DECREED) -> tuple[DatedAmount, ...]:
    """What is in force in a month: of each category the newest; among equally new, the last one given."""
    newest: dict[str, DatedAmount] = {}
    for each in amounts:
        known = newest.get(each.category)
        if each.programme == programme and each.in_force(cycle) and (known is None or known.since <= each.since):
            newest[each.category] = each
    return tuple(newest.values())


def expected_amounts(programme: str, cycle: Cycle, amounts: Iterable[DatedAmount] = DECREED) -> tuple[Dong, ...]:
    """What a row of a payment list may say, ascending. Empty: nothing is known, and no amount is odd."""
    found = dated_amounts(programme, cycle, amounts)
    return tuple(sorted({each.amount for each in found if not each.guide}))


def odd_amount(programme: str, cycle: Cycle, amount: Dong, amounts: Iterable[DatedAmount] = DECREED) -> str | None:
    """What is to be looked at again before this amount is released, in one sentence; None when it is as expected."""
    expected = expected_amounts(programme, cycle, amounts)
    if not expected or amount in expected:
        return None
    for months in range(2, 13):
        for one in expected:
            if amount.amount == months * one.amount:
                return f"{amount} is {months} times {one}: is it for {months} months?"
    if len(expected) == 1:
        return f"{amount} is not what {programme} pays for {cycle.code}: {expected[0]}"
    return f"{amount} is none of the {len(expected)} amounts of {programme} for {cycle.code}"
