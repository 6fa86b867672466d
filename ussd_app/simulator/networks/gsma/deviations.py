"""Where GSMA's public test cases leave GSMA's own schemas, by name; a sandbox follows the cases, and only there."""

from __future__ import annotations

import itertools
from typing import Any

from ussd_app.simulator.networks.gsma.errors import Refusal

DEVIATIONS = {
    "1-Step Bulk Disbursement - callback - failure - async": "`transactions` is one row, no list, and has no amount;"
    " the error is written Validation/GenericError.",
    "1-Step Bulk Disbursement - callback - failure - sync": "The same request as the case above, to be answered 500.",
    "Reversal - failurre": "`type` is merchantpay, which a reversal cannot have; it is to be taken and refused later.",
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
