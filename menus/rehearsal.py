"""A small pure world in which dialogues are rehearsed: what each command does to the line, without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

from ussd_app.domain.caller import CashOutSeen, CashOutState, Line, PaymentSeen, Person, Pin
from ussd_app.domain.commands import (
    AcceptKeeperPin,
    AcceptPin,
    ChooseLanguage,
    Command,
    ConfirmPayment,
    CountWrongCode,
    CountWrongKeeperPin,
    CountWrongPin,
    CountWrongTemporaryPin,
    KeeperCommand,
    OpenTicket,
    PersonCommand,
    ProposeKeeperPin,
    ProposePin,
    RedeemCode,
    ReplacePin,
    ReportNotReceived,
    ReportWrongAmount,
    RequestCashOut,
    RequestToWallet,
    SayCash,
    SayGiven,
    SetKeeperPin,
    SetPin,
    UseAsHelper,
)
from ussd_app.domain.keepers import Keeper, KeeperPin, RedemptionSeen, RedemptionState
from ussd_app.domain.money import NOTHING
from ussd_app.domain.payments import Receipt
from ussd_app.domain.people import Language
from ussd_app.domain.tickets import Ticket, TicketKind

TRIES = 3


class Mark(tuple[object, ...]):
    """What makes two the same. It goes deep, so its hash is taken once."""

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()


@dataclass(frozen=True)
class World:
    """A line, and what no dialogue may know: the PINs themselves."""

    line: Line
    pins: Mapping[int, str] = field(default_factory=dict[int, str])
    proposed: Mapping[int, str] = field(default_factory=dict[int, str])
    temporary: Mapping[int, str] = field(default_factory=dict[int, str])
    refuses_because: str = ""
    """When set, every cash-out, or every code, is refused with this reason."""
    at_provider: RedemptionState = RedemptionState.REDEEMED
    """What the provider says of a code that is redeemed."""
    keeper_pin: str = ""
    keeper_proposed: str = ""
    codes: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is keyed at the point: each live code, and the reference of its cash-out."""

    def __post_init__(self) -> None:
        people = tuple(replace(each, pin=self._checks(each)) for each in self.line.people)
        keeper = self._checked(self.line.keeper) if self.line.keeper else None
        object.__setattr__(self, "line", replace(self.line, people=people, keeper=keeper))

    def _checked(self, keeper: Keeper) -> Keeper:
        pin, proposed, codes = self.keeper_pin, self.keeper_proposed, self.codes
        checks = replace(keeper.pin, matches=lambda typed: typed == pin, matches_proposed=lambda typed: typed == proposed)
        return replace(keeper, pin=checks, reference_of=lambda typed: codes.get(typed, ""))

    def _checks(self, person: Person) -> Pin:
        pin, proposed, temporary = (kept.get(person.id) for kept in (self.pins, self.proposed, self.temporary))
        return Pin(
            is_set=pin is not None,
            tries_left=person.pin.tries_left,
            matches=lambda typed: typed == pin,
            matches_proposed=lambda typed: typed == proposed,
            temporary_tries=person.pin.temporary_tries,
            matches_temporary=lambda typed: typed == temporary,
        )

    @cached_property
    def mark(self) -> "Mark":
        """Two worlds with the same mark answer every key alike, in whatever language; a proposed PIN aside."""
        people = tuple(replace(each, language=Language.VIETNAMESE) for each in self.line.people)
        keeper = (self.line.keeper, self.keeper_pin, self.keeper_proposed)
        return Mark((people, keeper, *(tuple(kept.items()) for kept in (self.pins, self.temporary))))

    @cached_property
    def people(self) -> "Mark":
        """Two worlds with the same people show the same pages."""
        return Mark(self.line.people)

    def speaking(self, language: Language) -> "World":
        if language not in self._spoken:
            people = tuple(replace(each, language=language) for each in self.line.people)
            self._spoken[language] = replace(self, line=replace(self.line, people=people))
        return self._spoken[language]

    @cached_property
    def _spoken(self) -> dict[Language, "World"]:
        return {}

    def person(self, person_id: int) -> Person:
        return next(each for each in self.line.people if each.id == person_id)

    def after(self, command: Command) -> "World":
        if isinstance(command, KeeperCommand):
            return self._kept(command, self.line.keeper) if self.line.keeper else self
        return self._after(command, self.person(command.person_id))

    def _kept(self, command: KeeperCommand, keeper: Keeper) -> "World":
        tries = keeper.pin.tries_left
        match command:
            case AcceptKeeperPin():
                return self._at_point(replace(keeper, pin=KeeperPin(keeper.pin.starting, TRIES)))
            case CountWrongKeeperPin():
                return self._at_point(replace(keeper, pin=KeeperPin(keeper.pin.starting, max(0, tries - 1))))
            case ProposeKeeperPin(typed=typed):
                return replace(self, keeper_proposed=typed)
            case SetKeeperPin():
                own = replace(self, keeper_pin=self.keeper_proposed, keeper_proposed="")
                return own._at_point(replace(keeper, pin=KeeperPin(tries_left=TRIES)))
            case SayCash(has_cash=has_cash):
                return self._at_point(replace(keeper, has_cash=has_cash))
            case CountWrongCode():
                return self._at_point(replace(keeper, locked_until=self.line.now + timedelta(minutes=5)))
            case RedeemCode(reference=reference):
                amount = keeper.amount_of(reference) or NOTHING
                last = RedemptionSeen(reference, amount, self.at_provider, self.refuses_because)
                return self._at_point(replace(keeper, last=last, amounts=()))

    def _at_point(self, keeper: Keeper) -> "World":
        return replace(self, line=replace(self.line, keeper=keeper))

    def _after(self, command: PersonCommand, person: Person) -> "World":
        match command:
            case ConfirmPayment(payment_id=payment_id):
                return self._said(person, payment_id, receipt=Receipt.RECEIVED, receipt_reference=f"XN{payment_id}")
            case ReportNotReceived(payment_id=payment_id):
                return self._said(person, payment_id, **_case(payment_id), receipt=Receipt.NOT_RECEIVED)
            case ReportWrongAmount(payment_id=payment_id):
                return self._said(person, payment_id, **_case(payment_id), receipt=Receipt.WRONG_AMOUNT)
            case ProposePin(typed=typed):
                return replace(self, proposed={**self.proposed, person.id: typed})
            case SetPin():
                pins = {**self.pins, person.id: self.proposed[person.id]}
                return replace(self, pins=pins)._with(replace(person, pin=Pin(tries_left=TRIES)))
            case AcceptPin():
                return self._with(replace(person, pin=Pin(tries_left=TRIES)))
            case CountWrongPin():
                return self._with(replace(person, pin=Pin(tries_left=max(0, person.pin.tries_left - 1))))
            case RequestCashOut() | RequestToWallet():
                return self._cash_out(person, command)
            case SayGiven():
                return self._given(person, command)
            case ReplacePin():
                pins = {**self.pins, person.id: self.proposed[person.id]}
                temporary, proposed = (
                    {who: typed for who, typed in kept.items() if who != person.id}
                    for kept in (self.temporary, self.proposed)
                )
                changed = replace(self, pins=pins, temporary=temporary, proposed=proposed)
                return changed._with(replace(person, pin=Pin(tries_left=TRIES)))
            case CountWrongTemporaryPin():
                pin = replace(person.pin, temporary_tries=max(0, person.pin.temporary_tries - 1))
                return self._with(replace(person, pin=pin))
            case ChooseLanguage(language=language):
                return self._with(replace(person, language=language))
            case OpenTicket():
                return self._ticket(person, command)
            case UseAsHelper():
                return self

    def _said(self, person: Person, payment_id: int, **said: object) -> "World":
        def told(payment: PaymentSeen) -> PaymentSeen:
            return replace(payment, **said) if payment.id == payment_id else payment  # pyright: ignore[reportArgumentType] - each caller names real fields

        return self._with(replace(person, payments=tuple(told(each) for each in person.payments)))

    def _cash_out(self, person: Person, asked: RequestCashOut | RequestToWallet) -> "World":
        reason = self.refuses_because or ("not_enough" if asked.amount > person.balance else "")
        point_code = asked.point_code if isinstance(asked, RequestCashOut) else ""
        point = self.line.points.find(point_code)
        order = CashOutSeen(
            reference="RT1207",
            amount=asked.amount,
            state=CashOutState.FAILED if reason else CashOutState.HELD,
            asked_at=self.line.now,
            point_code=point_code,
            point_name=point.name if point else "",
            reason=reason,
            to_wallet=not point_code,
        )
        left = person.balance if reason else person.balance - asked.amount - asked.fee
        return self._with(replace(person, last_cash_out=order, balance=left, pin=Pin(tries_left=TRIES)))

    def _given(self, person: Person, said: SayGiven) -> "World":
        last = person.last_cash_out
        if last is None or last.reference != said.reference or not last.asks_given:
            return self
        told = self._with(replace(person, last_cash_out=replace(last, asks_given=False)))
        short = said.given is not None and said.given < last.amount
        asked = OpenTicket(person.id, TicketKind.SHORT_CASH)
        return told._ticket(told.person(person.id), asked) if short else told

    def _ticket(self, person: Person, asked: OpenTicket) -> "World":
        if any(each.kind is asked.kind and each.open for each in person.tickets):
            return self
        ticket = Ticket(f"Y{len(person.tickets) + 1:03}", asked.kind, "10/1")
        return self._with(replace(person, tickets=(ticket, *person.tickets)))

    def _with(self, person: Person) -> "World":
        people = tuple(person if each.id == person.id else each for each in self.line.people)
        return replace(self, line=replace(self.line, people=people))


def _case(payment_id: int) -> dict[str, object]:
    return {"case_reference": f"P{payment_id}", "case_due": "20/1"}
