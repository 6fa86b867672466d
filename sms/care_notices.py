"""Messages that keep a person's account their own: what was cut, changed, reset, or looked at by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from sms.notices import Lane, Notice
from ussd_app.domain.money import Dong
from ussd_app.domain.people import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryPinSent(Notice):
    """The PIN that two officers give to someone who forgot theirs: it works once, and not for long."""

    kind: ClassVar[str] = "pin_reset"
    lane: ClassVar[Lane] = Lane.CODE
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
    cut_at: datetime
    ussd_code: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"sc": self.ussd_code, "gio": f"{self.cut_at:%H:%M}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCutAfterOrder(Notice):
    """The line dropped after an order was taken: no second one is needed."""

    kind: ClassVar[str] = "session_cut_ordered"
    cut_at: datetime
    amount: Dong
    reference: str

    def values(self, language: Language) -> Mapping[str, str]:
        return {"gio": f"{self.cut_at:%H:%M}", "tien": str(self.amount), "ma": self.reference}


@dataclass(frozen=True, slots=True, kw_only=True)
class PinChanged(Notice):
    kind: ClassVar[str] = "pin_changed"
    changed_at: datetime

    def values(self, language: Language) -> Mapping[str, str]:
        return {"gio": f"{self.changed_at:%H:%M}", "ng": f"{self.changed_at:%d/%m}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedByHelper(Notice):
    """Someone who helps, with consent, opened this person's record."""

    kind: ClassVar[str] = "used_by_helper"
    phone_ending: str
    """The last three digits of the helper's number."""
    used_at: datetime

    def values(self, language: Language) -> Mapping[str, str]:
        return {"duoi": self.phone_ending, "gio": f"{self.used_at:%H:%M}", "ng": f"{self.used_at:%d/%m}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedByOfficer(Notice):
    """An officer, with consent, opened this person's record."""

    kind: ClassVar[str] = "used_by_officer"
    used_at: datetime

    def values(self, language: Language) -> Mapping[str, str]:
        return {"gio": f"{self.used_at:%H:%M}", "ng": f"{self.used_at:%d/%m}"}


CARE_NOTICES: Mapping[str, type[Notice]] = {
    each.kind: each
    for each in (TemporaryPinSent, SessionCut, SessionCutAfterOrder, PinChanged, UsedByHelper, UsedByOfficer)
}
