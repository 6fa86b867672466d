"""The standard's error object: its categories, its codes, and the HTTP status each category is answered with."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any, Literal

from jsonschema import ValidationError
from psycopg import DataError, IntegrityError

from ussd_app.simulator.networks.book import iso

Category = Literal["businessRule", "validation", "authorisation", "identification", "internal", "serviceUnavailable"]

STATUS: dict[Category, int] = {
    "businessRule": 400,
    "validation": 400,
    "authorisation": 401,
    "identification": 404,
    "internal": 500,
    "serviceUnavailable": 503,
}

OWN_MISTAKES = (DataError, IntegrityError, ValidationError, LookupError, TypeError, ValueError)
"""What can only be our fault: the one order fails that met it, and the others do not wait behind it."""


class Refusal(Exception):
    """The provider says no; the description never holds a code."""

    def __init__(self, category: Category, code: str, description: str) -> None:
        super().__init__(description)
        self.category: Category = category
        self.code, self.description = code, description
        self.at = datetime.now(UTC)

    @property
    def status(self) -> int:
        return STATUS[self.category]

    def as_json(self) -> dict[str, Any]:
        return {
            "errorCategory": self.category,
            "errorCode": self.code,
            # sic: the standard spells this one without a capital
            "errordescription": self.description,
            "errorDateTime": iso(self.at),
        }


def missing(what: str) -> Refusal:
    return Refusal("validation", "mandatoryValueNotSupplied", f"{what} must be given.")


def unknown(what: str) -> Refusal:
    return Refusal("identification", "identifierError", f"There is no such {what}.")


def wrong_state(description: str) -> Refusal:
    return Refusal("businessRule", "incorrectState", description)


def insufficient_funds() -> Refusal:
    return Refusal("businessRule", "insufficientFunds", "The account does not hold enough.")


def own_mistake(problem: BaseException, where: str) -> Refusal:
    """Told by its kind only: its words may hold a code."""
    sys.stderr.write(f"networks: {type(problem).__name__} in {where}\n")
    return Refusal("internal", "genericError", "The provider could not carry this out.")
