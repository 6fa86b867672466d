"""Where GSMA's public test cases leave GSMA's own schemas, by name; a sandbox follows the cases, and only there."""

from __future__ import annotations

import itertools
import time
from typing import Any

from ussd_app.simulator.networks.gsma.errors import Refusal, unknown
from ussd_app.simulator.networks.gsma.sandbox import LOST_ANSWER, LOST_BY, REVERSIBLE_WITHOUT_END

DEVIATIONS = {
    "1-Step Bulk Disbursement - callback - failure - async": "`transactions` is one row, no list, and has no amount;"
    " the error is written Validation/GenericError.",
    "1-Step Bulk Disbursement - callback - failure - sync": "The same request as the case above, to be answered 500.",
    "Reversal - failurre": "`type` is merchantpay, which a reversal cannot have; it is to be taken and refused later.",
    "Reversal - sync - failure (identifier error)": "What `Reversal - success` takes back is not to be found by whoever"
    " asks without X-Callback-URL.",
    "Reversal - success": "The example of its callback has no parties; ours has them.",
}


class AsTheCasesWriteIt(Refusal):
    """Validation/GenericError with capitals, and errorDescription for errordescription."""

    def __init__(self) -> None:
        super().__init__("validation", "genericError", "The request could not be completed: mandatory data is missing.")

    @property
    def status(self) -> int:
        return 500

    def as_json(self) -> dict[str, Any]:
        told = super().as_json()
        described = {"errorCategory": "Validation", "errorCode": "GenericError", "errorDescription": self.description}
        return described | {"errorDateTime": told["errorDateTime"]}


_turns = itertools.count()


def malformed_batch(body: Any) -> AsTheCasesWriteIt | None:
    """Both bulk failure cases send this very request and want different things: they have them in turn."""
    match body:
        case {
            "transactions": {"debitParty": [{"value": "+33555000701"}], "creditParty": [{"value": "+33555000700"}]} as row
        }:
            return None if "amount" in row else AsTheCasesWriteIt()
        case _:
            return None


def at_once() -> bool:
    """False for the first of a pair: that one is told by callback."""
    return next(_turns) % 2 == 1


def untypical_reversal(body: Any) -> bool:
    return isinstance(body, dict) and body.get("type") == "merchantpay"


def check_reversal(reference: str, callback_url: str) -> None:
    if reference in REVERSIBLE_WITHOUT_END and not callback_url:
        raise unknown("transaction")


class _LostAnswer:
    """*Retrieve a missing API response*, success and failure, send one request, and the first alone goes on from there.

    So whoever followed the link is nobody to us when asking again within a few seconds, once.
    """

    _WITHIN_S = 15.0

    def __init__(self) -> None:
        self._followed = float("-inf")

    def looked_at(self, client: str, reference: str) -> None:
        if (client, reference) == (LOST_BY, LOST_ANSWER):
            self._followed = time.monotonic()

    def turns_away(self) -> bool:
        followed, self._followed = self._followed, float("-inf")
        return time.monotonic() - followed < self._WITHIN_S


lost_answer = _LostAnswer()
