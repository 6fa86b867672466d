"""What the proof must be able to do with a provider beside calling it: settle, call back, hand over cash, read its book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from proof.wire import Answer
from ussd_app.domain.statements import StatementLine
from workers.mobile_money.port import MobileMoney


@dataclass(frozen=True, slots=True)
class Called:
    """A callback that the provider owes us."""

    attempt: str
    """The id of the order it is about."""
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """What the provider's own book says of one order."""

    paid: int
    """đồng handed over, whatever of it was taken back later."""
    may_still_pay: bool
    """Cash may still be handed over for it: it is under way, or its code is active."""
    words: str
    """For the story."""
    taken_back: int = 0
    """đồng of what was paid that are the programme's again."""


NOTHING = Entry(0, False, "never heard of")


class ProviderUnderProof(Protocol):
    """A provider in process. `client` is the real adapter, whose calls go through `proof.wire` or a port of their own."""

    name: str
    doors: Sequence[str]
    """Paths on which keys are fetched. Nothing befalls them: whoever fetches one lets its whole process wait."""

    @property
    def client(self) -> MobileMoney: ...

    def begin(self, seed: int) -> None:
        """A schedule begins: whatever the provider leaves to chance, it draws from this seed."""
        ...

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What it says to one request over the wire."""
        ...

    def clear_no(self) -> Answer:
        """A refusal at once, in its own words: nothing is taken, and nothing is remembered."""
        ...

    def no_funds(self) -> Answer:
        """The same, because our account there is short."""
        ...

    def key_unknown(self) -> Answer:
        """Its words for a client whose key is wrong."""
        ...

    def forged(self, attempt: UUID) -> list[Called]:
        """Callbacks about an order that somebody else made up."""
        ...

    def settle(self) -> bool:
        """Take one order that is due a step further. False when none was."""
        ...

    def lapse(self) -> bool:
        """Let codes expire whose time is over."""
        ...

    def callbacks(self) -> list[Called]:
        """What is owed to us by now, each once: whether it arrives is the proof's affair."""
        ...

    def next_due(self) -> datetime | None:
        """When it next has something to do by itself."""
        ...

    def hand_over(self, attempt: UUID, point: str) -> str:
        """Somebody redeems the code of an order at a point: what came of it, in words; empty when there is no code."""
        ...

    def reverse(self, attempt: UUID, request: UUID, amount: int | None) -> str:
        """The provider takes back what it paid, or so many đồng of it: what it says to its own clerk, in words.

        `request` is the clerk's, who may ask twice. It is settled and called back like an order, under the order's id.
        Empty where a provider cannot do that.
        """
        ...

    def book(self, attempts: Sequence[UUID]) -> Mapping[UUID, Entry]:
        """Of each order that it knows."""
        ...

    def paper(self, attempts: Sequence[UUID]) -> list[StatementLine]:
        """What it moved for these orders, as it would send it by post. Empty where the page itself can ask for it."""
        ...

    def refuse_next(self) -> None:
        """The next order is taken, and refused later for want of funds."""
        ...

    def close(self) -> None: ...
