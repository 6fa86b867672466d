"""What makes a payment doubtful before it is released: it is then held and asked about, and never dropped in silence."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ussd_app.domain.money import Dong
from ussd_app.domain.names import same_name
from ussd_app.domain.people import PayoutMethod


class Doubt(StrEnum):
    """Permanent names: they stand in the database and in exported tables."""

    DECEASED = "deceased"
    NO_ACCOUNT = "no_account"
    OTHER_NAME = "other_name"
    EXCLUDED = "excluded"
    SAME_PERSON = "same_person"
    MANY_ON_ONE_ACCOUNT = "many_on_one_account"
    MANY_ON_ONE_PHONE = "many_on_one_phone"
    ODD_AMOUNT = "odd_amount"
    JUST_CHANGED = "just_changed"
    SECOND_PART = "second_part"
    UNPROVEN_PHONE = "unproven_phone"
    NO_PHONE = "no_phone"


@dataclass(frozen=True, slots=True)
class Finding:
    doubt: Doubt
    words: str
    holds: bool
    """Held and asked about; otherwise only something to know before one signs."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another payment that may be the same money twice: earlier on a list, or released already."""

    payment_id: int
    batch_id: int
    line: int
    programme: str
    basis: str = ""
    """The rule by which the two exclude each other, where it is one of programmes."""

    @property
    def where(self) -> str:
        return f"batch {self.batch_id}, line {self.line} ({self.programme})"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one payment and of whom it goes to, at the moment of release."""

    payment_id: int
    line: int
    full_name: str
    name_on_list: str
    holder_name: str
    amount: Dong
    part: str
    method: PayoutMethod
    has_account: bool
    people_on_account: int
    people_on_phone: int
    """How many people have the phone that this person's money is announced to."""
    has_phone: bool
    has_proven_phone: bool
    deceased_on: date | None
    changed_at: datetime | None
    """When the account, or the number that the money follows, was last changed."""
    odd_amount: str = ""
    """Why the amount is to be looked at again: it is not what the programme pays for the month."""
    excluded_by: Rival | None = None
    same_person_as: Rival | None = None
    second_part_of: Rival | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """From settings: what is unusual is a matter of place."""

    people_on_one_account: int = 5
    settling: timedelta = timedelta(hours=48)
    """After a change, this long before money follows it: time for the old number to object."""


def plain_name(name: str) -> str:
    """As two offices would both write it: without accents, capitals and doubled spaces. `Đào  Thị Lụa` -> `dao thi lua`."""
    apart = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return " ".join("".join(each for each in apart if not unicodedata.combining(each)).casefold().split())


def findings(facts: Facts, limits: Limits, now: datetime) -> tuple[Finding, ...]:
    """Everything that is doubtful about one payment, what holds it first."""
    found = [*_who(facts), *_twice(facts), *_account(facts, limits, now), *_phone(facts, limits), *_amount(facts)]
    return tuple(sorted(found, key=lambda each: not each.holds))


def _who(facts: Facts) -> Iterator[Finding]:
    if facts.deceased_on:
        yield Finding(Doubt.DECEASED, f"died on {facts.deceased_on}", holds=True)
    if facts.name_on_list and plain_name(facts.name_on_list) != plain_name(facts.full_name):
        words = f"the list says {facts.name_on_list}, the register {facts.full_name}"
        yield Finding(Doubt.OTHER_NAME, words, holds=True)
    elif facts.holder_name and not same_name(facts.full_name, facts.holder_name):
        words = f"the account is {facts.holder_name}'s, the payment {facts.full_name}'s"
        yield Finding(Doubt.OTHER_NAME, words, holds=True)


def _twice(facts: Facts) -> Iterator[Finding]:
    if rival := facts.excluded_by:
        yield Finding(Doubt.EXCLUDED, f"also paid by {rival.where}; {rival.basis}", holds=True)
    if rival := facts.same_person_as:
        words = f"same name, birth date and commune as {rival.where}: one person with two identities?"
        yield Finding(Doubt.SAME_PERSON, words, holds=True)
    if (rival := facts.second_part_of) and not facts.excluded_by:
        yield Finding(Doubt.SECOND_PART, f"part {facts.part or 'one'}, beside {rival.where}", holds=False)


def _account(facts: Facts, limits: Limits, now: datetime) -> Iterator[Finding]:
    to_an_account = facts.method in (PayoutMethod.BANK, PayoutMethod.WALLET)
    if to_an_account and not facts.has_account:
        yield Finding(Doubt.NO_ACCOUNT, f"paid by {facts.method}, but no account is known", holds=True)
    if to_an_account and facts.people_on_account > limits.people_on_one_account:
        words = f"{facts.people_on_account} people are paid into this one account"
        yield Finding(Doubt.MANY_ON_ONE_ACCOUNT, words, holds=True)
    follows = facts.method is not PayoutMethod.CASH
    if facts.changed_at and now - facts.changed_at < limits.settling:
        hours = int((now - facts.changed_at) / timedelta(hours=1))
        words = f"the account or number was changed {hours} hours ago; {_hours(limits.settling)} must pass"
        yield Finding(Doubt.JUST_CHANGED, words, holds=follows)


def _phone(facts: Facts, limits: Limits) -> Iterator[Finding]:
    if facts.people_on_phone > limits.people_on_one_account:
        words = f"{facts.people_on_phone} people have this one phone"
        yield Finding(Doubt.MANY_ON_ONE_PHONE, words, holds=facts.method is PayoutMethod.MOBILE_MONEY)
    if not facts.has_phone:
        yield Finding(Doubt.NO_PHONE, "no phone: nobody is told by SMS", holds=False)
    elif not facts.has_proven_phone:
        yield Finding(Doubt.UNPROVEN_PHONE, "the number is unproven: nobody is told by SMS", holds=False)


def _amount(facts: Facts) -> Iterator[Finding]:
    if facts.odd_amount:
        yield Finding(Doubt.ODD_AMOUNT, facts.odd_amount, holds=not facts.part)


def _hours(span: timedelta) -> str:
    return f"{int(span / timedelta(hours=1))} hours"
