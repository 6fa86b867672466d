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
    STATE = "state"
    """What the state has put into a programme. Debit-normal, unguarded: money begins here."""
    TREASURY = "treasury"
    """What is left of a programme's money for one cycle. Guarded once its funding is written down."""
    BENEFICIARY = "beneficiary"
    """What a person is owed under a programme. Credit-normal, guarded: never below nothing, holds included."""
    TRUST = "trust"
    """A person's own part of what their commune keeps for its people. Guarded like the person's."""
    CLEARING = "clearing"
    """What a mobile-money provider has paid out for us; must return to zero against its statement."""
    HANDED_OVER = "handed_over"
    """What was passed on to a bank, a wallet or a commune to pay out; returns to zero against theirs."""
    FEES = "fees"
    """What providers charged, whoever carried it."""
    WAIVED = "waived"
    """The fees that a programme carried for its people. Debit-normal."""
    RETURNED = "returned"
    """What nobody claimed and went back to the state; its owner may still claim it."""
    SUSPENSE = "suspense"
    """What a provider paid after we had declared it failed: nobody's until a person decides. Debit-normal."""
    SETTLED = "settled"
    """What has been paid to a provider for what it had paid out."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account by its permanent code."""

    code: str
    kind: AccountKind
    person_id: int | None = None
    programme: str | None = None
    kept_for: int | None = None
    commune_code: str | None = None

    @property
    def guarded(self) -> bool:
        return self.kind in (AccountKind.BENEFICIARY, AccountKind.TRUST)


def state(programme: str) -> Account:
    return Account(f"state:{programme}", AccountKind.STATE, programme=programme)


def treasury(programme: str, cycle: Cycle) -> Account:
    return Account(f"treasury:{programme}:{cycle.code}", AccountKind.TREASURY, programme=programme)


def beneficiary(person_id: int, programme: str) -> Account:
    return Account(f"beneficiary:{person_id}:{programme}", AccountKind.BENEFICIARY, person_id, programme)


def trust(commune_code: str, person_id: int, programme: str) -> Account:
    code = f"trust:{commune_code}:{person_id}:{programme}"
    return Account(code, AccountKind.TRUST, programme=programme, kept_for=person_id, commune_code=commune_code)


def clearing(provider: str) -> Account:
    return Account(f"clearing:{provider}", AccountKind.CLEARING)


_SHELVED = (AccountKind.CLEARING, AccountKind.FEES, AccountKind.WAIVED)


def shelf(account: Account, journal_id: UUID) -> Account:
    """The one of an account's sixteen rows on which a journal stands, where every cash-out goes through it: many are
    paid at the same moment, and each would wait for the others at a single row. What counts is the sum of the rows.
    """
    if account.kind not in _SHELVED:
        return account
    return Account(f"{account.code}:{journal_id.hex[-1]}", account.kind, programme=account.programme)


def handed_over(method: str, programme: str) -> Account:
    return Account(f"handed_over:{method}:{programme}", AccountKind.HANDED_OVER, programme=programme)


def fees(provider: str) -> Account:
    return Account(f"fees:{provider}", AccountKind.FEES)


def returned(programme: str) -> Account:
    return Account(f"returned:{programme}", AccountKind.RETURNED, programme=programme)


def waived(programme: str) -> Account:
    return Account(f"waived:{programme}", AccountKind.WAIVED, programme=programme)


def suspense(provider: str, programme: str) -> Account:
    return Account(f"suspense:{provider}:{programme}", AccountKind.SUSPENSE, programme=programme)


def settled(provider: str) -> Account:
    return Account(f"settled:{provider}", AccountKind.SETTLED)


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
    pending_id: UUID | None = None
    """The hold that a post or void resolves."""
    held: Dong | None = None
    """How much that hold was: all of it stops being held, whatever is posted."""
    reverses_id: UUID | None = None
    """The transfer that this one takes back, wholly or in part."""


def leg_id(journal_id: UUID, step: str, number: int) -> UUID:
    """The id of one leg of a journal, the same whenever it is asked for."""
    return uuid5(journal_id, f"{step}:{number}")


class NotEnoughMoney(Exception):
    """The guarded account has less than that, holds counted."""


class MoreThanThereWas(Exception):
    """More would be paid than was held, or come back than went."""


class ReusedWithOtherContent(Exception):
    """The same id came with another amount or account: somebody's mistake, refused."""
