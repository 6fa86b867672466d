"""The words of the ledger: one transfer is one debit, one credit and one amount, and a hold is resolved at most once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle


class TransferKind(StrEnum):
    SINGLE = "single"
    PENDING = "pending"
    """A hold: the money is spoken for, and still its owner's."""
    POST = "post"
    VOID = "void"


class AccountKind(StrEnum):
    TREASURY = "treasury"
    """What the state has put into a programme for a cycle. Debit-normal, unguarded."""
    BENEFICIARY = "beneficiary"
    """What a person is owed under a programme. Credit-normal, guarded: never below nothing, holds included."""
    CLEARING = "clearing"
    """What a mobile-money provider has paid out for us; must return to zero against its statement."""
    HANDED_OVER = "handed_over"
    """What was passed on to a bank, a wallet or a commune to pay out; returns to zero against theirs."""
    FEES = "fees"
    RETURNED = "returned"
    SUSPENSE = "suspense"


@dataclass(frozen=True, slots=True)
class Account:
    """An account by its permanent code."""

    code: str
    kind: AccountKind
    person_id: int | None = None
    programme: str | None = None

    @property
    def guarded(self) -> bool:
        return self.kind is AccountKind.BENEFICIARY


def treasury(programme: str, cycle: Cycle) -> Account:
    return Account(f"treasury:{programme}:{cycle.code}", AccountKind.TREASURY, programme=programme)


def beneficiary(person_id: int, programme: str) -> Account:
    return Account(f"beneficiary:{person_id}:{programme}", AccountKind.BENEFICIARY, person_id, programme)


def clearing(provider: str) -> Account:
    return Account(f"clearing:{provider}", AccountKind.CLEARING)


def handed_over(method: str, programme: str) -> Account:
    return Account(f"handed_over:{method}:{programme}", AccountKind.HANDED_OVER, programme=programme)


def fees(provider: str) -> Account:
    return Account(f"fees:{provider}", AccountKind.FEES)


def returned(programme: str) -> Account:
    return Account(f"returned:{programme}", AccountKind.RETURNED, programme=programme)


def suspense(provider: str) -> Account:
    return Account(f"suspense:{provider}", AccountKind.SUSPENSE)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A movement of money. `id` is made by whoever asks for it, so that asking twice is asking once."""

    id: UUID
    debit: Account
    credit: Account
    amount: Dong
    journal_id: UUID
    reason: str
    kind: TransferKind = TransferKind.SINGLE


def leg_id(journal_id: UUID, step: str, number: int) -> UUID:
    """The id of one leg of a journal, the same whenever it is asked for."""
    return uuid5(journal_id, f"{step}:{number}")


class NotEnoughMoney(Exception):
    """The guarded account has less than that, holds counted."""


class ReusedWithOtherContent(Exception):
    """The same id came with another amount or account: somebody's mistake, refused."""
