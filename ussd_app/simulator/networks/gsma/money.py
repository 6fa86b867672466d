"""Amounts as the standard writes them, and as the book keeps them: a whole number of a currency's smallest unit."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from ussd_app.simulator.networks.gsma.errors import Refusal, missing

_PLAIN = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_IN_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"

MOST_UNITS = 10**16


class Money(NamedTuple):
    """`units` counts the smallest unit of the currency: đồng, US cents."""

    units: int
    currency: str

    def __str__(self) -> str:
        """As the standard's amount: no needless zeros, so that every version of its pattern takes it."""
        places = _places(self.currency)
        whole, parts = divmod(self.units, 10**places)
        return f"{whole}.{parts:0{places}}".rstrip("0") if parts else str(whole)


def _places(currency: str) -> int:
    """ISO 4217's minor unit."""
    return 0 if currency in _PLAIN.split() else 3 if currency in _IN_THOUSANDTHS.split() else 2


def money_in(body: dict[str, Any], currencies: Collection[str]) -> Money:
    """The money of a request that has passed its schema. More than nothing, in a currency kept here, or a refusal."""
    for name in ("amount", "currency"):
        if name not in body:
            raise missing(name)
    return money(body["amount"], body["currency"], currencies)


def money(amount: str, currency: str, currencies: Collection[str]) -> Money:
    if currency not in currencies:
        raise Refusal("validation", "currencyNotSupported", f"Kept here: {', '.join(currencies)}.")
    whole, _, parts = amount.partition(".")
    parts = parts.rstrip("0")
    places = _places(currency)
    if len(parts) > places:
        raise Refusal("validation", "formatError", f"{currency} has no parts so small.")
    units = int(whole + parts.ljust(places, "0"))
    if units > MOST_UNITS:
        raise Refusal("businessRule", "greaterThanTransactionMaxValue", "Nobody here has so much.")
    if units == 0:
        raise Refusal("businessRule", "lessThanTransactionMinValue", "The amount must be more than nothing.")
    return Money(units, currency)
