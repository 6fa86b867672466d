"""The machine that is to be proved, and wrong ones on purpose: a proof that finds nothing in these proves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID, uuid4

from workers.mobile_money.port import (
    Busy,
    Failed,
    Hint,
    MobileMoney,
    NotFound,
    Order,
    Refused,
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
    "hold-expires-while-sent": "A hold that is an hour old goes back to its owner.",
    "no-fence": "A worker whose lease ran out goes on as if nothing had happened.",
}


class _Wrapped:
    """The real client, heard by somebody who draws the wrong conclusion."""

    def __init__(self, client: MobileMoney) -> None:
        self._client, self.name = client, client.name

    def submit(self, order: Order) -> Submitted:
        return self._client.submit(order)

    def enquire(self, order: Order) -> State:
        return self._client.enquire(order)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        return self._client.read_callback(headers, body)


class Naive(_Wrapped):
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


class TimeOutIsFailure(_Wrapped):
    def submit(self, order: Order) -> Submitted:
        said = self._client.submit(order)
        return Refused("no answer") if isinstance(said, Unsure) else said


class NotFoundIsFailure(_Wrapped):
    def enquire(self, order: Order) -> State:
        said = self._client.enquire(order)
        return Failed("not found") if isinstance(said, NotFound) else said


class NewWordIsFailure(_Wrapped):
    def enquire(self, order: Order) -> State:
        said = self._client.enquire(order)
        return Failed("not understood") if isinstance(said, StillUnsure) else said


def heard_by(machine: str, client: MobileMoney) -> MobileMoney:
    wrong = {
        "naive": Naive,
        "time-out-is-failure": TimeOutIsFailure,
        "not-found-is-failure": NotFoundIsFailure,
        "new-word-is-failure": NewWordIsFailure,
    }.get(machine)
    return wrong(client) if wrong else client
