"""Messages that keep a person's record their own: what was cut, changed, reset, answered, or looked at by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from sms.kinds import Category, Notice, day_of, hour_of
from sms.wording import wording
from ussd_app.domain.money import Dong
from ussd_app.domain.people import Language, PayoutMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryPinSent(Notice):
    """The PIN that two officers give to someone who forgot theirs: it works once, and not for long."""

    kind: ClassVar[str] = "pin_reset"
    category: ClassVar[Category] = Category.CODE
    secret: ClassVar[bool] = True
    pin: str = field(repr=False)
    minutes: int
    ussd_code: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"pin": self.pin, "p": str(self.minutes), "sc": self.ussd_code}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCut(Notice):
    """The line dropped before any money moved."""

    kind: ClassVar[str] = "session_cut"
    category: ClassVar[Category] = Category.SERVICE
    cut_at: datetime
    ussd_code: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"sc": self.ussd_code, "gio": hour_of(self.cut_at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCutAfterOrder(Notice):
    """The line dropped after an order was taken: no second one is needed."""

    kind: ClassVar[str] = "session_cut_ordered"
    category: ClassVar[Category] = Category.SERVICE
    cut_at: datetime
    amount: Dong
    reference: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"gio": hour_of(self.cut_at), "tien": str(self.amount), "ma": self.reference}


@dataclass(frozen=True, slots=True, kw_only=True)
class PinChanged(Notice):
    kind: ClassVar[str] = "pin_changed"
    category: ClassVar[Category] = Category.SERVICE
    changed_at: datetime

    def values(self, language: Language) -> Mapping[str, str]:
        return {"gio": hour_of(self.changed_at), "ng": day_of(self.changed_at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedByHelper(Notice):
    """Someone who helps, with consent, opened this person's record."""

    kind: ClassVar[str] = "used_by_helper"
    category: ClassVar[Category] = Category.SERVICE
    phone_ending: str
    """The last three digits of the helper's number."""
    used_at: datetime

    def values(self, language: Language) -> Mapping[str, str]:
        return {"duoi": self.phone_ending, "gio": hour_of(self.used_at), "ng": day_of(self.used_at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedByOfficer(Notice):
    """An officer, with consent, opened this person's record."""

    kind: ClassVar[str] = "used_by_officer"
    category: ClassVar[Category] = Category.SERVICE
    used_at: datetime

    def values(self, language: Language) -> Mapping[str, str]:
        return {"gio": hour_of(self.used_at), "ng": day_of(self.used_at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutChanged(Notice):
    """Where someone is paid, or reached, is another now: told to the old number and to the new."""

    kind: ClassVar[str] = "payout_changed"
    category: ClassVar[Category] = Category.SERVICE
    method: PayoutMethod | None
    """Where the money goes from now on; None when it is the number that changed."""
    phone_ending: str = ""
    """The last three digits of the number that was added."""
    changed_at: datetime

    def values(self, language: Language) -> Mapping[str, str]:
        words = wording(language)
        place = words.places[self.method] if self.method else words.number.format(duoi=self.phone_ending)
        return {"noi": place, "gio": hour_of(self.changed_at), "ng": day_of(self.changed_at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAnswered(Notice):
    """The office has closed a ticket; until a day its owner may say that it is not settled."""

    kind: ClassVar[str] = "ticket_answered"
    category: ClassVar[Category] = Category.SERVICE
    reference: str
    object_before: date

    def values(self, language: Language) -> Mapping[str, str]:
        return {"ma": self.reference, "ng": day_of(self.object_before)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SimAtRisk(Notice):
    """The operator is about to lock a number whose owner has not proved it."""

    kind: ClassVar[str] = "sim_at_risk"
    category: ClassVar[Category] = Category.SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome(Notice):
    """The first word to a new number, and how to be left in peace."""

    kind: ClassVar[str] = "welcome"
    category: ClassVar[Category] = Category.SERVICE
    ussd_code: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"sc": self.ussd_code}


CARE_NOTICES: Mapping[str, type[Notice]] = {
    each.kind: each
    for each in (
        TemporaryPinSent,
        SessionCut,
        SessionCutAfterOrder,
        PinChanged,
        UsedByHelper,
        UsedByOfficer,
        PayoutChanged,
        TicketAnswered,
        SimAtRisk,
        Welcome,
    )
}
