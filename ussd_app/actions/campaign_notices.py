"""What a campaign can say: for each kind of notice whom it is for, and what its officer must fill in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sms.every import EVERY_NOTICE, facts_needed, notice_for
from ussd_app.actions.desk import Desk
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.domain.people import given_name
from ussd_app.store.audience import Listener, Paid
from ussd_app.store.campaigns import Campaign


class BadDetails(Exception):
    """What was filled in cannot be meant; the message says what is wanted."""


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    paid: Paid
    filled: Mapping[str, Callable[[str], Any]]
    """What the officer fills in, and how it is read; the rest is known of each person."""

    @property
    def can_be_stopped(self) -> bool:
        return EVERY_NOTICE[self.name].category.can_be_stopped

    def read(self, details: Mapping[str, str]) -> dict[str, Any]:
        """The details as values. Raises BadDetails."""
        wanted = ", ".join(f"{name}=…" for name in self.filled) or "nothing"
        if set(details) != set(self.filled):
            raise BadDetails(f"The notice {self.name!r} wants {wanted}.")
        return {name: _read(name, read, details[name]) for name, read in self.filled.items()}


def _read(name: str, read: Callable[[str], Any], written: str) -> Any:
    try:
        return read(written)
    except ValueError:
        raise BadDetails(f"{name}={written!r} cannot be read: {_HOW[read]}.") from None


def _day(written: str) -> date:
    return date.fromisoformat(written)


def _dong(written: str) -> Dong:
    bare = written.replace(".", "").replace(",", "")
    if not (bare.isascii() and bare.isdigit() and 0 < int(bare) <= MOST):
        raise ValueError(written)
    return Dong(int(bare))


def _place(written: str) -> str:
    if not written:
        raise ValueError(written)
    return written


MOST = 99_999_999
_HOW: Mapping[Callable[[str], Any], str] = {
    _day: "a day is written YYYY-MM-DD",
    _dong: "an amount is a whole number of đồng",
    _place: "name the place",
}

KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        Kind("receipt_asked_by_dialling", Paid.UNANSWERED, {}),
        Kind("payment_late", Paid.NOT_YET, {"expected_on": _day}),
        Kind("tet_gift", Paid.WHOEVER, {"amount": _dong, "place": _place, "from_day": _day}),
        Kind("hand_out_day", Paid.YES, {"on_day": _day, "place": _place}),
        Kind("sim_at_risk", Paid.WHOEVER, {}),
        Kind("point_moved", Paid.WHOEVER, {"place": _place, "on_day": _day}),
        Kind("welcome", Paid.WHOEVER, {}),
    )
}


def write(campaign: Campaign, listener: Listener, desk: Desk) -> str:
    """The text for one person."""
    known: dict[str, Any] = {
        "gender": listener.gender,
        "given_name": given_name(listener.full_name),
        "shared": listener.shared,
        "commune_name": listener.commune,
        "ussd_code": desk.ussd_code,
    }
    cycle = listener.cycle or (Cycle.read(campaign.cycle) if campaign.cycle else None)
    if cycle is not None:
        known["cycle"] = cycle
    if listener.amount is not None:
        known["amount"] = listener.amount
    facts = known | KINDS[campaign.kind].read(campaign.details)
    return notice_for(campaign.kind, facts).text(listener.language, desk.brand, desk.hotline)


def knows_enough(kind: Kind, *, cycle: bool) -> bool:
    """Whether every person's message can be written: some speak of a cycle that the campaign must then name."""
    known = {"gender", "given_name", "shared", "commune_name", "ussd_code", *kind.filled}
    if cycle or kind.paid in (Paid.YES, Paid.UNANSWERED):
        known.add("cycle")
    if kind.paid in (Paid.YES, Paid.UNANSWERED):
        known.add("amount")
    return facts_needed(kind.name) <= known
