"""Asking the office: a call back, money that did not come, a fee, a lost SIM, a strange call, and what became of it."""

from menus.kinds import (
    NOT_IN_THE_LIST,
    Again,
    Caller,
    Do,
    Go,
    Goodbye,
    Menu,
    Question,
    Say,
    Words,
    Zero,
    screen,
)
from menus.receipt import DidItArrive, receipt
from ussd_app.domain.commands import OpenTicket
from ussd_app.domain.money import read_typed_amount
from ussd_app.domain.payments import MOST_IN_ONE_PAYMENT
from ussd_app.domain.people import Voice
from ussd_app.domain.tickets import Ticket, TicketKind

TICKETS_PER_PAGE = 3


@screen("help.ticket")
class TicketOpened(Goodbye):
    kind: str
    helper_may = True

    def _ticket(self, caller: Caller) -> Ticket | None:
        return next((each for each in caller.me.tickets if each.kind == self.kind and each.open), None)

    def text(self, caller: Caller) -> str:
        return "receipt.case" if self._ticket(caller) else "help.call"

    def words(self, caller: Caller) -> Words:
        ticket = self._ticket(caller)
        return {"ma": ticket.reference, "ng": ticket.due, "xa": caller.me.commune_name} if ticket else {}


def ask_the_office(kind: TicketKind, caller: Caller, voice: Voice = Voice.KINH) -> Do[OpenTicket, TicketOpened]:
    return Do(OpenTicket(caller.me.id, kind, voice=voice), TicketOpened(kind.value))


@screen("help.nothing_waiting")
class NothingWaiting(Menu):
    """Every payment we know of was answered: an officer can still look."""

    def answer(self, typed: str, caller: Caller) -> Do[OpenTicket, TicketOpened] | Again:
        return ask_the_office(TicketKind.NOT_RECEIVED, caller) if typed == "1" else NOT_IN_THE_LIST


@screen("help.fee")
class FeeTaken(Question):
    zero = Zero.ANSWER
    samples = ("20000", "0", "all", "999999999999")

    def answer(self, typed: str, caller: Caller) -> Do[OpenTicket, TicketOpened] | Again:
        taken = read_typed_amount(typed)
        if taken is None or taken > MOST_IN_ONE_PAYMENT:
            return Again("again.not_an_amount")
        asked = OpenTicket(caller.me.id, TicketKind.FEE_TAKEN, amount=taken or None)
        return Do(asked, TicketOpened(TicketKind.FEE_TAKEN.value))


@screen("help.lost_phone")
class LostPhone(Menu):
    zero = Zero.BACK

    def answer(self, typed: str, caller: Caller) -> Do[OpenTicket, TicketOpened] | Again:
        return ask_the_office(TicketKind.LOST_SIM, caller) if typed == "1" else NOT_IN_THE_LIST


@screen("help.in_charge")
class InCharge(Menu):
    def text(self, caller: Caller) -> str:
        return self.name if caller.me.in_charge else "help.in_charge.unknown"

    def words(self, caller: Caller) -> Words:
        officer = caller.me.in_charge
        named = {"canbo": officer.name, "sodt": officer.phone} if officer else {}
        return {**named, "xa": caller.me.commune_name}

    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


@screen("help.call_check")
class CallCheck(Menu):
    """Someone called and said they were an officer."""

    def answer(self, typed: str, caller: Caller) -> Do[OpenTicket, TicketOpened] | Go[InCharge] | Again:
        match typed:
            case "1":
                return ask_the_office(TicketKind.SUSPICIOUS_CALL, caller)
            case "2":
                return Go(InCharge())
            case _:
                return NOT_IN_THE_LIST


@screen("help.tickets")
class Tickets(Menu):
    page: int = 0

    def text(self, caller: Caller) -> str:
        if not caller.me.tickets:
            return "help.tickets.none"
        return "help.tickets.more" if self.page + 1 < self.pages(caller) else self.name

    def pages(self, caller: Caller) -> int:
        return max(1, -(-len(caller.me.tickets) // TICKETS_PER_PAGE))

    def words(self, caller: Caller) -> Words:
        page = min(self.page, self.pages(caller) - 1)
        shown = caller.me.tickets[page * TICKETS_PER_PAGE :][:TICKETS_PER_PAGE]
        return {"tickets": tuple(map(_line, shown))}

    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


def _line(ticket: Ticket) -> Say:
    state = Say("ticket.open", {"ng": ticket.due}) if ticket.open else Say("ticket.closed")
    return Say("help.tickets.line", {"ma": ticket.reference, "viec": Say(f"ticket.{ticket.kind}"), "xong": state})


@screen("help")
class Help(Menu):
    def answer(
        self, typed: str, caller: Caller
    ) -> (
        Do[OpenTicket, TicketOpened]
        | Go[DidItArrive | NothingWaiting]
        | Go[FeeTaken]
        | Go[LostPhone]
        | Go[CallCheck]
        | Go[Tickets]
        | Again
    ):
        match typed:
            case "1":
                return ask_the_office(TicketKind.CALL_BACK, caller)
            case "2":
                waiting = receipt(caller)
                return Go(waiting if isinstance(waiting, DidItArrive) else NothingWaiting())
            case "3":
                return Go(FeeTaken())
            case "4":
                return Go(LostPhone())
            case "5":
                return Go(CallCheck())
            case "6":
                return Go(Tickets())
            case _:
                return NOT_IN_THE_LIST
