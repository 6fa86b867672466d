"""What only two officers together may do to the ledger: its kinds, and one movement that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from ussd_app.domain.money import Dong


class Kind(StrEnum):
    """Permanent names: they stand in the database."""

    RETURN_UNCLAIMED = "return_unclaimed"
    """What nobody claimed goes back to the state. It stays its owner's: see CLAIM_AGAIN."""
    CLAIM_AGAIN = "claim_again"
    CORRECT = "correct"
    """An entry that was wrong is taken back, wholly or in part, by another one the other way."""
    CARRY_SUSPENSE = "carry_suspense"
    """The programme carries what a provider paid after we had given it back."""
    CARRY_BY_PERSON = "carry_by_person"
    """It was this person's own cash: it leaves their account."""
    CARRY_BY_PROVIDER = "carry_by_provider"
    """The provider has taken it back, or pays it back."""
    SEND_AGAIN = "send_again"
    """What a bank, a wallet or a commune sent back goes out again, to where its owner is paid now."""


WORDS = {
    Kind.RETURN_UNCLAIMED: "unclaimed, back to the state",
    Kind.CLAIM_AGAIN: "claimed again by its owner",
    Kind.CORRECT: "correction of an entry",
    Kind.CARRY_SUSPENSE: "suspense carried by the programme",
    Kind.CARRY_BY_PERSON: "suspense was this person's cash",
    Kind.CARRY_BY_PROVIDER: "suspense taken back by the provider",
    Kind.SEND_AGAIN: "sent out again",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One movement that is asked for; `key` is made by whoever asks. `journal_id` is another's for what takes back."""

    key: UUID
    account_code: str
    amount: Dong
    journal_id: UUID
    person_id: int | None = None
    entry_id: UUID | None = None
    """The entry that is taken back, or that waits in suspense."""
