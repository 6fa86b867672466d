"""What a dialogue may ask to be done. Each is a value; `ussd_app.actions` carries it out or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from ussd_app.domain.money import Dong


@dataclass(frozen=True, slots=True)
class ConfirmPayment:
    """The owner says the whole payment came."""

    person_id: int
    payment_id: int
    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class ReportNotReceived:
    """The owner says it did not come: opens a case for the commune."""

    person_id: int
    payment_id: int
    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class ReportWrongAmount:
    """The owner says how much really came: opens a case for the commune."""

    person_id: int
    payment_id: int
    received: Dong
    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class ProposePin:
    """Keep a first PIN, hashed, until it is keyed a second time."""

    person_id: int
    typed: str = field(repr=False)
    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class SetPin:
    """The proposed PIN was keyed twice the same: it is the PIN now."""

    person_id: int
    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class AcceptPin:
    """The right PIN was keyed: the count of wrong tries starts again."""

    person_id: int
    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class CountWrongPin:
    """A wrong PIN (or year of birth) was keyed; the third in a row locks."""

    person_id: int
    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class RequestCashOut:
    """Hold the money and ask the provider for a one-time code at this point."""

    person_id: int
    amount: Dong
    point_code: str
    needs_pin: ClassVar[bool] = True


Command = (
    ConfirmPayment
    | ReportNotReceived
    | ReportWrongAmount
    | ProposePin
    | SetPin
    | AcceptPin
    | CountWrongPin
    | RequestCashOut
)
