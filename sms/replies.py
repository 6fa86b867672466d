"""What we answer to people who write to us: each reply as a frozen value, one part, never a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sms.kinds import Category, Notice, day_of, hour_of
from sms.wording import wording
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.domain.people import Language, PayoutMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Notice):
    category: ClassVar[Category] = Category.SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceTold(Reply):
    """What a person has with us."""

    kind: ClassVar[str] = "reply_balance"
    balance: Dong
    at: datetime
    ussd_code: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"conlai": str(self.balance), "gio": hour_of(self.at), "ng": day_of(self.at), "sc": self.ussd_code}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidElsewhere(Reply):
    """The balance is at a bank, in a wallet or with the commune; what was last sent there is what we know."""

    kind: ClassVar[str] = "reply_elsewhere"
    method: PayoutMethod
    amount: Dong
    cycle: Cycle

    def values(self, language: Language) -> Mapping[str, str]:
        return {"noi": wording(language).places[self.method], "tien": str(self.amount), "ky": str(self.cycle)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingPaid(Reply):
    """There was no payment yet."""

    kind: ClassVar[str] = "reply_nothing_paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptNoted(Reply):
    """The owner's word that the whole payment came is written down."""

    kind: ClassVar[str] = "reply_received"
    amount: Dong
    cycle: Cycle
    reference: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"tien": str(self.amount), "ky": str(self.cycle), "ma": self.reference}


class Said(StrEnum):
    """What an owner says of a payment that is not as it should be."""

    NOT_RECEIVED = "not_received"
    WRONG_AMOUNT = "wrong_amount"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Reply):
    """A payment did not come, or not whole: there is a ticket, and a day to be called by."""

    kind: ClassVar[str] = "reply_case"
    said: Said
    amount: Dong
    cycle: Cycle
    reference: str
    due: str
    """`31/12`"""

    def values(self, language: Language) -> Mapping[str, str]:
        return {
            "viec": wording(language).said[self.said],
            "tien": str(self.amount),
            "ky": str(self.cycle),
            "ma": self.reference,
            "ng": self.due,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyNoted(Reply):
    """An answer to a payment stands once it is given; a person mends it."""

    kind: ClassVar[str] = "reply_already"
    said: Said
    amount: Dong
    cycle: Cycle

    def values(self, language: Language) -> Mapping[str, str]:
        return {"viec": wording(language).said[self.said], "tien": str(self.amount), "ky": str(self.cycle)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToAnswer(Reply):
    """No payment waits for its owner's word."""

    kind: ClassVar[str] = "reply_nothing_waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class _NamesTheCode(Reply):
    ussd_code: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"sc": self.ussd_code}


@dataclass(frozen=True, slots=True, kw_only=True)
class CashNeedsThePin(_NamesTheCode):
    """Money never moves by SMS."""

    kind: ClassVar[str] = "reply_cash"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverSendAPin(_NamesTheCode):
    """What came looked like a PIN or a code: it was not kept."""

    kind: ClassVar[str] = "reply_secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralPeople(_NamesTheCode):
    """Several people share the phone: only the screen can ask who it is."""

    kind: ClassVar[str] = "reply_several"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keywords(Reply):
    """What can be asked by SMS."""

    kind: ClassVar[str] = "reply_help"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindersStopped(Reply):
    """No reminders from now on; money is still told."""

    kind: ClassVar[str] = "reply_stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindersBack(Reply):
    """Reminders come again."""

    kind: ClassVar[str] = "reply_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyHere(Reply):
    """The number is on no list."""

    kind: ClassVar[str] = "reply_nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveThisNumber(Reply):
    """The number was somebody's, and must be proved again: nothing private is said."""

    kind: ClassVar[str] = "reply_unproven"


REPLIES: Mapping[str, type[Notice]] = {
    each.kind: each
    for each in (
        BalanceTold,
        PaidElsewhere,
        NothingPaid,
        ReceiptNoted,
        CaseOpened,
        AlreadyNoted,
        NothingToAnswer,
        CashNeedsThePin,
        NeverSendAPin,
        SeveralPeople,
        Keywords,
        RemindersStopped,
        RemindersBack,
        NobodyHere,
        ProveThisNumber,
    )
}
