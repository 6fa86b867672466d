"""What a person may ask of the office or complain of: each becomes a ticket with a number and a day."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TicketKind(StrEnum):
    NOT_RECEIVED = "not_received"
    WRONG_AMOUNT = "wrong_amount"
    CALL_BACK = "call_back"
    FEE_TAKEN = "fee_taken"
    LOST_SIM = "lost_sim"
    SUSPICIOUS_CALL = "suspicious_call"
    SHORT_CASH = "short_cash"
    """A point handed over less than it was to."""

    @property
    def days_to_answer(self) -> int:
        """A lost SIM and a swindler do not wait for the week to end."""
        return 1 if self in (TicketKind.LOST_SIM, TicketKind.SUSPICIOUS_CALL) else 5


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as its owner may see it, newest first in `Person.tickets`."""

    reference: str
    kind: TicketKind
    due: str
    """`31/12`: the day by which the office calls back."""
    open: bool = True
