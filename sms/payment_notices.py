"""The messages about a payment on its way: did it come, is it late, was it sent back, where is it handed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sms.kinds import Category, Notice, day_of, shortened, writable
from sms.wording import wording
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.domain.people import Language

LONGEST_COMMUNE = 22
"""`Phường Phan Đình Phùng`, the longest of the province's 92."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAsked(Notice):
    """Did the money come? Silence is an answer too, and costs nothing. Sent in one of three forms."""

    category: ClassVar[Category] = Category.REMINDER
    amount: Dong
    cycle: Cycle

    def values(self, language: Language) -> Mapping[str, str]:
        return {"tien": str(self.amount), "ky": str(self.cycle)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAskedByReply(ReceiptAsked):
    """From a number that can be answered."""

    kind: ClassVar[str] = "receipt_asked_by_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAskedByDialling(ReceiptAsked):
    """From a brand name, which cannot be answered; and on a phone that several people share."""

    kind: ClassVar[str] = "receipt_asked_by_dialling"
    ussd_code: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {**ReceiptAsked.values(self, language), "sc": self.ussd_code}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAskedByRinging(ReceiptAsked):
    """A missed call is the answer: free, familiar, and needs no reading."""

    kind: ClassVar[str] = "receipt_asked_by_ringing"
    ring_if_received: str
    ring_if_not: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {**ReceiptAsked.values(self, language), "na": self.ring_if_received, "nb": self.ring_if_not}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLate(Notice):
    """A month's money is not there yet: nobody needs to go and wait for it."""

    kind: ClassVar[str] = "payment_late"
    category: ClassVar[Category] = Category.SERVICE
    cycle: Cycle
    expected_on: date

    def values(self, language: Language) -> Mapping[str, str]:
        return {"ky": str(self.cycle), "ng": day_of(self.expected_on)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReturned(Notice):
    """The place it was sent to gave it back; it is kept for its owner."""

    kind: ClassVar[str] = "payment_returned"
    cycle: Cycle
    reason: str
    """One of the reasons in the texts; any other reads as `other`."""
    commune_name: str

    def values(self, language: Language) -> Mapping[str, str]:
        reasons = wording(language).reasons
        return {
            "ky": str(self.cycle),
            "lydo": reasons.get(self.reason, reasons["other"]),
            "xa": shortened(writable(self.commune_name), LONGEST_COMMUNE),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceLowered(Notice):
    """Two officers took something off a person's account: how much, what is left, and what to quote on the phone."""

    kind: ClassVar[str] = "balance_lowered"
    amount: Dong
    balance: Dong
    reference: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"tien": str(self.amount), "conlai": str(self.balance), "ma": self.reference}


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRaised(Notice):
    """Two officers gave something back to a person's account."""

    kind: ClassVar[str] = "balance_raised"
    amount: Dong
    balance: Dong
    reference: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"tien": str(self.amount), "conlai": str(self.balance), "ma": self.reference}


@dataclass(frozen=True, slots=True, kw_only=True)
class TetGift(Notice):
    """A gift at the new year: where and from when."""

    kind: ClassVar[str] = "tet_gift"
    category: ClassVar[Category] = Category.CAMPAIGN
    amount: Dong
    place: str
    from_day: date

    def values(self, language: Language) -> Mapping[str, str]:
        return {
            "tien": str(self.amount),
            "noiphat": shortened(writable(self.place)),
            "ng": day_of(self.from_day),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOutDay(Notice):
    """What a commune holds for its people is handed out on a day."""

    kind: ClassVar[str] = "hand_out_day"
    category: ClassVar[Category] = Category.REMINDER
    cycle: Cycle
    amount: Dong
    commune_name: str
    on_day: date
    place: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {
            "ky": str(self.cycle),
            "tien": str(self.amount),
            "xa": shortened(writable(self.commune_name), LONGEST_COMMUNE),
            "ng": day_of(self.on_day),
            "noiphat": shortened(writable(self.place)),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PointMoved(Notice):
    """Flood or storm: the money is handed out elsewhere, and old codes stay good."""

    kind: ClassVar[str] = "point_moved"
    category: ClassVar[Category] = Category.SERVICE
    place: str
    on_day: date

    def values(self, language: Language) -> Mapping[str, str]:
        return {"noiphat": shortened(writable(self.place)), "ng": day_of(self.on_day)}


PAYMENT_NOTICES: Mapping[str, type[Notice]] = {
    each.kind: each
    for each in (
        ReceiptAskedByReply,
        ReceiptAskedByDialling,
        ReceiptAskedByRinging,
        PaymentLate,
        PaymentReturned,
        BalanceLowered,
        BalanceRaised,
        TetGift,
        HandOutDay,
        PointMoved,
    )
}
