"""What a dialogue may know: the line in hand, the people registered on it, and the moment it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ussd_app.domain.cash_out_rules import CashOutRules, Possible, Used
from ussd_app.domain.keepers import Keeper
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.payments import Cycle, Receipt
from ussd_app.domain.people import Gender, Language, PayoutMethod
from ussd_app.domain.phone import Phone
from ussd_app.domain.points import PointDirectory
from ussd_app.domain.screens import NARROWEST, ScreenRoom
from ussd_app.domain.tickets import Ticket

STILL_ON_ITS_WAY = timedelta(hours=2)
"""Nothing arrives at a provider later than this after it was sent."""


class CashOutState(StrEnum):
    """A cash-out's life: held -> sent -> issued -> paid | failed, with `unknown` wherever an answer is missing."""

    HELD = "held"
    SENT = "sent"
    UNKNOWN = "unknown"
    ISSUED = "issued"
    """The provider holds the money and has made a one-time code."""
    PAID = "paid"
    FAILED = "failed"
    REVERSED = "reversed"

    @property
    def live(self) -> bool:
        return self in (CashOutState.HELD, CashOutState.SENT, CashOutState.UNKNOWN, CashOutState.ISSUED)


@dataclass(frozen=True, slots=True)
class PaymentSeen:
    """A released payment as its owner may see it, newest first in `Person.payments`."""

    id: int
    cycle: Cycle
    programme: str
    amount: Dong
    receipt: Receipt
    case_reference: str = ""
    case_due: str = ""
    """`31/12`: the day by which the commune calls back, when a case is open."""
    receipt_reference: str = ""


@dataclass(frozen=True, slots=True)
class CashOutSeen:
    """The last cash-out of a person. `code` is there only while it can be redeemed."""

    reference: str
    amount: Dong
    state: CashOutState
    asked_at: datetime
    point_code: str
    point_name: str
    reason: str = ""
    """Key of the reason of a failure, as in the texts under `reason.…`."""
    code: str = field(default="", repr=False)
    code_expires_at: datetime | None = None
    to_wallet: bool = False
    """Into the person's own account, and at no point."""
    asks_given: bool = False
    """Cash was handed over, and its owner has not yet been asked how much."""


def _never(typed: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Pin:
    """What may be known of a person's PIN: never the PIN. The two checks are given by the edge (argon2id)."""

    is_set: bool = False
    tries_left: int = 3
    matches: Callable[[str], bool] = field(default=_never, compare=False, repr=False)
    matches_proposed: Callable[[str], bool] = field(default=_never, compare=False, repr=False)
    temporary_tries: int = 0
    """Tries left for a PIN that two officers have sent and that works once; none when there is no such PIN."""
    matches_temporary: Callable[[str], bool] = field(default=_never, compare=False, repr=False)

    @property
    def locked(self) -> bool:
        return self.tries_left <= 0


@dataclass(frozen=True, slots=True)
class HandOut:
    """When and where a commune next hands out what it holds for its people."""

    day: str
    """`31/12`"""
    place: str


@dataclass(frozen=True, slots=True)
class InCharge:
    """The officer of a commune whom its people may ask for by name."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Person:
    """One person, as the dialogues see them."""

    id: int
    given_name: str
    gender: Gender
    language: Language
    birth_year: int
    commune_code: str
    commune_name: str
    payout_method: PayoutMethod
    wallet: Phone | None = field(default=None, repr=False)
    """Their own mobile-money account, where it is proved to be theirs."""
    balance: Dong = NOTHING
    used: Used = field(default_factory=Used)
    payments: tuple[PaymentSeen, ...] = ()
    last_cash_out: CashOutSeen | None = None
    pin: Pin = field(default_factory=Pin)
    tickets: tuple[Ticket, ...] = ()
    hand_out: HandOut | None = None
    in_charge: InCharge | None = None
    helped: bool = False
    """Seen through the phone of a helper, with their consent: to read and to confirm, never near a PIN."""

    @property
    def live_cash_out(self) -> CashOutSeen | None:
        return self.last_cash_out if self.last_cash_out and self.last_cash_out.state.live else None

    @property
    def unconfirmed(self) -> PaymentSeen | None:
        """The oldest payment whose owner has not yet said whether it came."""
        waiting = [each for each in self.payments if each.receipt is Receipt.NOT_ASKED]
        return waiting[-1] if waiting else None


MINUTES_TO_RESULT = 15
"""What the pages promise of a cash-out: by then a message says what became of it, or that it takes longer."""


@dataclass(frozen=True, slots=True)
class Service:
    """What every page may name: the free hotline, the short code, how long a promise takes."""

    hotline: str
    ussd_code: str
    pin_length: int = 4
    minutes_to_result: int = MINUTES_TO_RESULT
    screen: ScreenRoom = NARROWEST
    """What the phone in hand shows at once."""
    screens: Mapping[str, ScreenRoom] = field(default_factory=dict[str, ScreenRoom], compare=False)
    """Networks whose screens differ, by their codes."""

    def on(self, network_code: str) -> Service:
        room = self.screens.get(network_code, self.screen)
        return self if room == self.screen else replace(self, screen=room)


@dataclass(frozen=True, slots=True)
class ClosedUntil:
    """The service rests until a moment that is known."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class ClosedHours:
    """The maintenance that is announced: from one moment until another."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Crowded:
    """Too many are calling to serve everyone at once."""

    minutes: int = 5


@dataclass(frozen=True, slots=True)
class Line:
    """The phone in hand at this moment: everyone registered on it, and what a dialogue may look up."""

    phone: Phone
    now: datetime
    """In the province's own time zone."""
    service: Service
    people: tuple[Person, ...] = ()
    points: PointDirectory = field(default_factory=PointDirectory)
    rules: CashOutRules = field(default_factory=CashOutRules)
    """Of cash at a point."""
    wallet_rules: CashOutRules = field(default_factory=CashOutRules)
    """Of a payment into a wallet, which another provider may make."""
    keeper: Keeper | None = None
    """Set on a pay point's own phone."""
    cut_visit: CutVisit | None = None
    unproven: bool = False
    """Registered once, but silent too long, recycled or in another SIM: nothing is told until it is proved again."""
    shut: ClosedUntil | Crowded | None = None

    @property
    def own(self) -> tuple[Person, ...]:
        """Those whose phone this is, without those who are only helped from it."""
        return tuple(each for each in self.people if not each.helped)

    def possible(self, person: Person) -> Possible:
        """What one person may still take out today, by whichever of their ways allows more."""
        at_point = self.possible_at_point(person)
        if person.wallet is None:
            return at_point
        return at_point.or_by(self.possible_into_wallet(person))

    def possible_at_point(self, person: Person) -> Possible:
        return self.rules.possible(person.balance, person.used)

    def possible_into_wallet(self, person: Person) -> Possible:
        return self.wallet_rules.possible(person.balance, person.used)


@dataclass(frozen=True, slots=True)
class CutVisit:
    """The last session of this phone that was cut in the middle, within its time to resume."""

    standing: str
    """As `menus.engine.freeze` wrote it."""
    cash_out_reference: str = ""
    """Set when that session had already asked for cash: then the truth is told instead of going on."""
    timed_out: bool = False
    """The caller was silent until the network's clock ran out, and did not just hang up."""
