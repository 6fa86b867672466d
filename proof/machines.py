"""The machine that is to be proved, and wrong ones on purpose: a proof that finds nothing in these proves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast
from uuid import UUID, uuid4

from workers.mobile_money.port import (
    Busy,
    Failed,
    MobileMoney,
    NotFound,
    Order,
    Paid,
    Refused,
    Reversed,
    State,
    StillUnsure,
    Submitted,
    Unsure,
)

SAFE = "safe"
MACHINES: Mapping[str, str] = {
    SAFE: "The product as it is.",
    "naive": "Any error is tried again under a new id.",
    "time-out-is-failure": "No answer means that it did not happen.",
    "not-found-is-failure": "What the provider does not know did not happen.",
    "new-word-is-failure": "An enquiry that cannot be understood means that it did not happen.",
    "callback-believed": "What is called back is true.",
    "reversal-twice": "Whenever it is heard of, a reversal is news.",
    "reversal-unheard": "What was paid stays paid.",
    "hold-expires-while-sent": "A hold that is an hour old goes back to its owner.",
}


class Listener:
    """The real client, heard by somebody. What is not an order or an enquiry goes straight to it."""

    def __init__(self, client: MobileMoney) -> None:
        self._client = client

    def submit(self, order: Order) -> Submitted:
        return self._client.submit(order)

    def enquire(self, order: Order) -> State:
        return self._client.enquire(order)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


class Naive(Listener):
    """Seen in the field: whatever went wrong, send it again, and each sending is a new payment."""

    def __init__(self, client: MobileMoney) -> None:
        super().__init__(client)
        self._last: dict[UUID, UUID] = {}

    def submit(self, order: Order) -> Submitted:
        attempt = self._last[order.attempt_id] = uuid4() if order.attempt_id in self._last else order.attempt_id
        said = self._client.submit(replace(order, attempt_id=attempt))
        return Busy(said.reason) if isinstance(said, Unsure) else said

    def enquire(self, order: Order) -> State:
        last = self._last.get(order.attempt_id, order.attempt_id)
        said = self._client.enquire(replace(order, attempt_id=last))
        return NotFound() if isinstance(said, StillUnsure) else said


class TimeOutIsFailure(Listener):
    def submit(self, order: Order) -> Submitted:
        said = self._client.submit(order)
        return Refused("no answer") if isinstance(said, Unsure) else said


class NotFoundIsFailure(Listener):
    def enquire(self, order: Order) -> State:
        said = self._client.enquire(order)
        return Failed("not found") if isinstance(said, NotFound) else said


class NewWordIsFailure(Listener):
    def enquire(self, order: Order) -> State:
        said = self._client.enquire(order)
        return Failed("not understood") if isinstance(said, StillUnsure) else said


class ReversalTwice(Listener):
    def enquire(self, order: Order) -> State:
        said = self._client.enquire(order)
        return replace(said, provider_reference=uuid4().hex) if isinstance(said, Reversed) else said


class ReversalUnheard(Listener):
    def enquire(self, order: Order) -> State:
        said = self._client.enquire(order)
        return Paid(said.of, None) if isinstance(said, Reversed) else said


_WRONG: Mapping[str, type[Listener]] = {
    "naive": Naive,
    "time-out-is-failure": TimeOutIsFailure,
    "not-found-is-failure": NotFoundIsFailure,
    "new-word-is-failure": NewWordIsFailure,
    "reversal-twice": ReversalTwice,
    "reversal-unheard": ReversalUnheard,
}


def heard_by(machine: str, client: Listener) -> MobileMoney:
    wrong = _WRONG.get(machine)
    return cast("MobileMoney", wrong(cast("MobileMoney", client)) if wrong else client)
