"""What a sandbox does on purpose when it sees a magic amount or a magic number: success, a named error, a misfortune.

The amounts are those of GSMA's public test cases, so that these run unchanged; docs/provider.md lists all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.errors import Category, Refusal

Happening = Literal[
    "",
    "stuck",
    "slow",
    "two_step",
    "callback_late",
    "callback_never",
    "callback_twice",
    "callback_first",
    "callback_forged",
    "answer_lost",
    "request_lost",
    "unavailable",
    "broken",
    "broken_after",
    "rate_limited",
]


@dataclass(frozen=True, slots=True)
class Fate:
    """What is bound to become of a request; the plain fate is that nothing is."""

    happening: Happening = ""
    category: Category | Literal[""] = ""
    code: str = ""
    funded: bool = False
    """The payer's money is found where there is none: the case is about something else."""

    at_once: bool = False
    """Refused in the answer itself, where other fates are told later."""

    def refuse(self) -> None:
        if self.category:
            raise Refusal(self.category, self.code, "This is what the simulator was asked to answer.")


PLAIN = Fate()
NO_FUNDS = Fate(category="businessRule", code="insufficientFunds")
_FUNDED = Fate(funded=True)
_SAME = Fate(category="businessRule", code="samePartiesError")
_BAD_CODE = Fate(category="validation", code="genericError")
_NO_VALUE = Fate(category="validation", code="mandatoryValueNotSupplied")
_BAD_FORMAT = Fate(category="validation", code="formatError")
_NOBODY = Fate(category="identification", code="identifierError")

AMOUNTS: dict[tuple[str, str], Fate] = {
    ("disbursement", "50"): _FUNDED,
    ("disbursement", "51"): NO_FUNDS,
    ("disbursement", "52"): _FUNDED,
    ("disbursement", "53"): _NOBODY,
    ("disbursement", "54"): _FUNDED,
    ("reversal", "22"): _BAD_FORMAT,
    ("adjustment", "60"): _FUNDED,
    ("adjustment", "61"): _NO_VALUE,
    **{("merchantpay", amount): _FUNDED for amount in ("5", "6", "8", "11", "15", "16", "18")},
    ("merchantpay", "7"): _SAME,
    ("authorisationcode", "8"): _FUNDED,
    ("authorisationcode", "9"): NO_FUNDS,
    ("merchantpay", "10"): _BAD_CODE,
    ("merchantpay", "12"): _NOBODY,
    ("merchantpay", "17"): NO_FUNDS,
    ("merchantpay", "19"): _NOBODY,
    ("merchantpay", "30"): replace(_SAME, at_once=True),
    ("merchantpay", "31"): replace(_BAD_CODE, at_once=True),
    ("merchantpay", "33"): replace(NO_FUNDS, at_once=True),
}
"""By what is asked for and its amount in whole units, whatever the currency."""

_HAPPENINGS: dict[str, Happening] = {
    "01": "stuck",
    "02": "slow",
    "03": "two_step",
    "04": "callback_late",
    "05": "callback_never",
    "06": "callback_twice",
    "07": "callback_first",
    "08": "callback_forged",
    "09": "answer_lost",
    "10": "request_lost",
    "11": "unavailable",
    "12": "broken",
    "13": "broken_after",
    "14": "rate_limited",
}
_REASONS: dict[str, tuple[Category, str]] = {
    "20": ("businessRule", "insufficientFunds"),
    "21": ("identification", "identifierError"),
    "22": ("businessRule", "dailyVolumeLimitExceeded"),
    "23": ("businessRule", "dailyValueLimitExceeded"),
    "24": ("businessRule", "weeklyVolumeLimitExceeded"),
    "25": ("businessRule", "weeklyValueLimitExceeded"),
    "26": ("businessRule", "monthlyVolumeLimitExceeded"),
    "27": ("businessRule", "monthlyValueLimitExceeded"),
    "28": ("businessRule", "accountMaxTotalVolumeExceeded"),
    "29": ("businessRule", "accountMaxTotalValueExceeded"),
    "30": ("businessRule", "lessThanTransactionMinValue"),
    "31": ("businessRule", "greaterThanTransactionMaxValue"),
    "32": ("businessRule", "maxBalanceExceeded"),
    "33": ("businessRule", "incorrectState"),
    "34": ("businessRule", "transactionTypeError"),
    "35": ("businessRule", "genericError"),
    "36": ("authorisation", "requestDeclined"),
    "37": ("authorisation", "requestingPartyAuthorisationError"),
    "38": ("authorisation", "servicingPartyAuthorisationError"),
    "39": ("validation", "formatError"),
    "40": ("internal", "genericError"),
    "41": ("serviceUnavailable", "genericError"),
}
_FIRST_DIGITS = "+849900000"

NUMBERS: dict[str, Fate] = {
    **{_FIRST_DIGITS + last: Fate(happening=what) for last, what in _HAPPENINGS.items()},
    **{_FIRST_DIGITS + last: Fate(category=category, code=code) for last, (category, code) in _REASONS.items()},
}
"""By the msisdn of any party; each has an account with money, so that nothing else goes wrong."""


def fate_of(kind: str, body: dict[str, Any], parties: Iterable[Account] = ()) -> Fate:
    """A number counts before an amount; a body need not be well formed yet."""
    named = [party.identifier for party in parties if party.kind == "msisdn"]
    for side in ("creditParty", "debitParty"):
        party = body.get(side)
        if isinstance(party, list):
            named += [str(each.get("value")) for each in party if isinstance(each, dict) and each.get("key") == "msisdn"]
    for number in named:
        if number in NUMBERS:
            return NUMBERS[number]
    return AMOUNTS.get((kind, _whole(body.get("amount"))), PLAIN)


def _whole(amount: Any) -> str:
    """`53.00` is 53."""
    if not isinstance(amount, str):
        return ""
    return amount.rstrip("0").removesuffix(".") if "." in amount else amount
