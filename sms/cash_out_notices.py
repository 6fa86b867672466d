"""The messages about cash-outs beyond the usual three: into a wallet, taken back, guessed at; and the PIN of a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from sms.kinds import Category, Notice, day_of, hour_of, shortened, writable
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.people import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidIntoWallet(Notice):
    """The money is in the person's own mobile-money account."""

    kind: ClassVar[str] = "wallet_paid"
    category: ClassVar[Category] = Category.MONEY
    amount: Dong
    paid_at: datetime
    fee: Dong = NOTHING
    balance: Dong
    reference: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {
            "tien": str(self.amount),
            "gio": hour_of(self.paid_at),
            "ng": day_of(self.paid_at),
            "phi": str(self.fee),
            "conlai": str(self.balance),
            "ma": self.reference,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CashOutReversed(Notice):
    """The provider has taken back what it had paid, and the money is the person's again."""

    kind: ClassVar[str] = "cash_out_reversed"
    category: ClassVar[Category] = Category.MONEY
    amount: Dong
    reference: str
    returned_at: datetime

    def values(self, language: Language) -> Mapping[str, str]:
        return {
            "tien": str(self.amount),
            "ma": self.reference,
            "gio": hour_of(self.returned_at),
            "ng": day_of(self.returned_at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGuessed(Notice):
    """Somebody tried codes at the point where this person's own code waits. None was right."""

    kind: ClassVar[str] = "code_guessed"
    category: ClassVar[Category] = Category.MONEY
    point_name: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"diem": shortened(writable(self.point_name))}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperPinSent(Notice):
    """The starting PIN of a pay point's phone: it opens the way to one of the keeper's own, and nothing else."""

    kind: ClassVar[str] = "keeper_pin"
    category: ClassVar[Category] = Category.CODE
    secret: ClassVar[bool] = True
    pin: str = field(repr=False)
    point_name: str
    minutes: int
    ussd_code: str

    def values(self, language: Language) -> Mapping[str, str]:
        point = shortened(writable(self.point_name))
        return {"pin": self.pin, "diem": point, "p": str(self.minutes), "sc": self.ussd_code}


CASH_OUT_NOTICES: Mapping[str, type[Notice]] = {
    each.kind: each for each in (PaidIntoWallet, CashOutReversed, CodeGuessed, KeeperPinSent)
}
