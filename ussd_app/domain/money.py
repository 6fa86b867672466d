"""Money is a whole number of đồng, never less than nothing, and never a float."""

from __future__ import annotations

from dataclasses import dataclass

MOST_ON_A_SCREEN = 999_999_999
"""The widest amount a page is proved to hold: nine digits, `999.999.999đ`."""


@dataclass(frozen=True, slots=True, order=True)
class Dong:
    """An amount in đồng. Taking away more than there is raises ValueError."""

    amount: int

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"đồng come whole, as int, not {type(self.amount).__name__}")
        if self.amount < 0:
            raise ValueError("there is no negative money")

    def __add__(self, other: Dong) -> Dong:
        return Dong(self.amount + other.amount)

    def __sub__(self, other: Dong) -> Dong:
        return Dong(self.amount - other.amount)

    def __bool__(self) -> bool:
        return self.amount > 0

    def __str__(self) -> str:
        return f"{self.amount:,}đ".replace(",", ".")


NOTHING = Dong(0)


def total(amounts: tuple[Dong, ...]) -> Dong:
    return Dong(sum(each.amount for each in amounts))


def read_typed_amount(typed: str) -> Dong | None:
    """An amount as a person keys it: digits, perhaps grouped by dots, commas or spaces. None if it is not one.

    >>> read_typed_amount("500.000")
    Dong(amount=500000)
    >>> read_typed_amount("5e5") is None
    True
    """
    digits = typed.strip().replace(".", "").replace(",", "").replace(" ", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        return None
    return Dong(int(digits))
