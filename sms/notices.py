"""The messages about money that moves: paid, asked for in cash, handed over, or come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from sms.kinds import Category, Lane, Notice, day_of, hour_of, shortened, writable
from sms.wording import wording
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.payments import PROGRAMMES, Cycle
from ussd_app.domain.people import Language, PayoutMethod

__all__ = [
    "NOTICES",
    "CashOutCode",
    "CashOutFailed",
    "CashOutLater",
    "CashOutReceipt",
    "Lane",
    "NewsWaiting",
    "Notice",
    "PaymentArrived",
    "grouped",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentArrived(Notice):
    """The state has paid: the money lies where its owner is paid."""

    kind: ClassVar[str] = "payment_arrived"
    amount: Dong
    programme: str
    """Code of one of PROGRAMMES."""
    cycle: Cycle
    method: PayoutMethod
    paid_on: date

    def values(self, language: Language) -> Mapping[str, str]:
        programme = PROGRAMMES[self.programme]
        return {
            "tien": str(self.amount),
            "loai": programme.en if language is Language.ENGLISH else programme.vi,
            "ky": str(self.cycle),
            "noi": wording(language).places[self.method],
            "ng": day_of(self.paid_on),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CashOutCode(Notice):
    """The one-time code, to be said only at the point."""

    kind: ClassVar[str] = "cash_out_code"
    category: ClassVar[Category] = Category.CODE
    secret: ClassVar[bool] = True
    code: str = field(repr=False)
    amount: Dong
    point_name: str
    expires_at: datetime

    def values(self, language: Language) -> Mapping[str, str]:
        return {
            "code": grouped(self.code),
            "tien": str(self.amount),
            "diem": shortened(writable(self.point_name)),
            "gio": hour_of(self.expires_at),
            "ng": day_of(self.expires_at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CashOutReceipt(Notice):
    """Cash was handed over."""

    kind: ClassVar[str] = "cash_out_receipt"
    amount: Dong
    point_name: str
    paid_at: datetime
    fee: Dong = NOTHING
    balance: Dong
    reference: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {
            "tien": str(self.amount),
            "diem": shortened(writable(self.point_name)),
            "gio": hour_of(self.paid_at),
            "ng": day_of(self.paid_at),
            "phi": str(self.fee),
            "conlai": str(self.balance),
            "ma": self.reference,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CashOutFailed(Notice):
    """A cash-out came to nothing, and the whole amount is back."""

    kind: ClassVar[str] = "cash_out_failed"
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
class CashOutLater(Notice):
    """The promised minutes are over and nothing is decided: neither a failure nor a reason to order again."""

    kind: ClassVar[str] = "cash_out_later"
    amount: Dong
    reference: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"tien": str(self.amount), "ma": self.reference}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsWaiting(Notice):
    """What a number gets that is not proved to be its owner's: no name, no amount, no code."""

    kind: ClassVar[str] = "news_waiting"


NOTICES: Mapping[str, type[Notice]] = {
    each.kind: each for each in (PaymentArrived, CashOutCode, CashOutReceipt, CashOutFailed, CashOutLater, NewsWaiting)
}


def grouped(code: str) -> str:
    """Digits in groups that can be read out: `48219375` -> `4821 9375`, `482193` -> `482 193`."""
    size = 3 if len(code) % 3 == 0 and len(code) % 4 else 4
    return " ".join(code[at : at + size] for at in range(0, len(code), size))
