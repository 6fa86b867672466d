"""What a dialogue may ask to be done. Each is a value; `ussd_app.actions` carries it out or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.people import Language, Voice
from ussd_app.domain.tickets import TicketKind


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
    """The owner says that another amount came, and how much if they can: opens a case for the commune."""

    person_id: int
    payment_id: int
    received: Dong | None
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
    fee: Dong = NOTHING
    """What the person was shown, on top of the amount: never more is taken."""
    needs_pin: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RequestToWallet:
    """Hold the money and ask the provider to pay it into the person's own mobile-money account."""

    person_id: int
    amount: Dong
    fee: Dong = NOTHING
    needs_pin: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class SayGiven:
    """The owner says how much was really handed over for a cash-out. A difference opens a ticket against the point."""

    person_id: int
    reference: str
    given: Dong | None
    """None: they would rather not say."""
    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class ReplacePin:
    """The proposed PIN was keyed twice the same, by someone who gave the old one or a temporary one."""

    person_id: int
    needs_pin: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class CountWrongTemporaryPin:
    """A wrong temporary PIN was keyed; the third ends it."""

    person_id: int
    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """What screens and messages are written in, from the next page on."""

    person_id: int
    language: Language
    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Ask the office for something; a second wish of the same kind is the same ticket while it is open."""

    person_id: int
    kind: TicketKind
    amount: Dong | None = None
    """What was taken, where that is what the ticket is about."""
    voice: Voice = Voice.KINH
    """The language to call back in."""
    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class UseAsHelper:
    """A helper opens the record of someone who agreed to it: written down, and told to its owner."""

    person_id: int
    needs_pin: ClassVar[bool] = False


# ---- from a pay point's own phone: whose it is says the line, and not the command ------------------------


@dataclass(frozen=True, slots=True)
class AcceptKeeperPin:
    """The right PIN of this point's phone was keyed."""

    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class CountWrongKeeperPin:
    """A wrong one was keyed; the third in a row locks."""

    needs_pin: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class ProposeKeeperPin:
    """Keep a PIN of the keeper's own choice, hashed, until it is keyed a second time."""

    typed: str = field(repr=False)
    needs_pin: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class SetKeeperPin:
    """It was keyed twice the same: it is the PIN of this phone now."""

    needs_pin: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class SayCash:
    """Whether there is cash at this point for the rest of today."""

    has_cash: bool
    needs_pin: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class CountWrongCode:
    """A code was keyed in that no live cash-out has at this point."""

    needs_pin: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RedeemCode:
    """The right code was keyed in: have the provider redeem it at this point."""

    reference: str
    needs_pin: ClassVar[bool] = True


KeeperCommand = (
    AcceptKeeperPin | CountWrongKeeperPin | ProposeKeeperPin | SetKeeperPin | SayCash | CountWrongCode | RedeemCode
)

PersonCommand = (
    ConfirmPayment
    | ReportNotReceived
    | ReportWrongAmount
    | ProposePin
    | SetPin
    | AcceptPin
    | CountWrongPin
    | RequestCashOut
    | RequestToWallet
    | SayGiven
    | ReplacePin
    | CountWrongTemporaryPin
    | ChooseLanguage
    | OpenTicket
    | UseAsHelper
)

Command = PersonCommand | KeeperCommand
