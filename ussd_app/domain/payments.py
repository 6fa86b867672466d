"""A payment's life: what the state owes one person for one cycle, and what its owner says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ussd_app.domain.money import Dong


class PaymentState(StrEnum):
    ENTERED = "entered"
    """On a list; nothing has moved."""
    RELEASED = "released"
    """Credited to its owner in the ledger."""


class Receipt(StrEnum):
    """The owner's own word. Silence is an answer too, and costs nothing."""

    NOT_ASKED = "not_asked"
    RECEIVED = "received"
    NOT_RECEIVED = "not_received"
    WRONG_AMOUNT = "wrong_amount"


class Role(StrEnum):
    ENTERS = "enters"
    APPROVES = "approves"
    RELEASES = "releases"


@dataclass(frozen=True, slots=True, order=True)
class Cycle:
    """The month a payment is for, written `YYYY-MM` in lists and `MM/YYYY` to people."""

    year: int
    month: int

    @classmethod
    def read(cls, written: str) -> Cycle | None:
        match = re.fullmatch(r"(20\d{2})-(0[1-9]|1[0-2])", written.strip())
        return cls(int(match[1]), int(match[2])) if match else None

    def __str__(self) -> str:
        return f"{self.month:02d}/{self.year}"

    @property
    def code(self) -> str:
        return f"{self.year}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Programme:
    """A social programme; the names are the short ones that fit a screen."""

    code: str
    vi: str
    en: str


PROGRAMMES: dict[str, Programme] = {
    each.code: each
    for each in (
        Programme("social_pension", "hưu trí xã hội", "social pension"),
        Programme("social_assistance", "bảo trợ xã hội", "social assistance"),
        Programme("merit", "người có công", "merit allowance"),
        Programme("poor_household", "hộ nghèo", "poor household"),
        Programme("near_poor_household", "hộ cận nghèo", "near-poor household"),
        Programme("tet_gift", "quà Tết", "Tet gift"),
        Programme("pension", "lương hưu", "pension"),
    )
}

MOST_IN_ONE_PAYMENT = Dong(99_999_999)
"""Above this a row is a typing error: ten times the highest allowance there is."""
