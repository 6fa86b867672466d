"""The agent's terminal at a pay point: a code is keyed in, and cash is handed over, or a sentence says why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from psycopg.rows import DictRow

from ussd_app.simulator.networks.gsma import authorisation_codes, clerk, guesses, request_states
from ussd_app.simulator.networks.gsma.accounts import POINT_KEY, Account
from ussd_app.simulator.networks.gsma.magic import NO_FUNDS as NO_FUNDS_FATE
from ussd_app.simulator.networks.gsma.magic import PLAIN
from ussd_app.simulator.networks.gsma.money import Money
from ussd_app.simulator.networks.gsma.request_states import Order
from ussd_app.simulator.networks.parts import Parts

_LONGEST_NAME = 256


@dataclass(frozen=True, slots=True)
class HandedOver:
    amount: int
    reference: str


@dataclass(frozen=True, slots=True)
class TurnedAway:
    status: int
    sentence: str
    until: datetime | None = None
    """Before then no code is looked at."""


UNKNOWN = TurnedAway(404, "There is no such code.")
OTHER_POINT = TurnedAway(409, "This code is for another pay point.")
USED = TurnedAway(409, "This code has already been used.")
EXPIRED = TurnedAway(409, "This code has expired.")
CANCELLED = TurnedAway(409, "This code was cancelled.")
NO_FUNDS = TurnedAway(409, "The programme's account does not hold enough just now.")


class Terminals:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def redeem(self, point: str, typed: str) -> HandedOver | TurnedAway:
        if len(point) > _LONGEST_NAME or "\0" in point:  # no code was ever made for such a point
            return UNKNOWN
        with self._parts.book.writing() as cursor:
            if (until := guesses.locked_until(cursor, point)) is not None:
                return TurnedAway(429, guesses.sentence(until, datetime.now(UTC)), until)
            code = authorisation_codes.find(self._parts.book, cursor, typed)
            looked_at = self._look(point, code)
            if isinstance(looked_at, TurnedAway):
                if not _was_paid_here(point, code):
                    guesses.count(cursor, point)
                return looked_at
        return self._withdraw(*looked_at, typed)

    def _look(self, point: str, code: DictRow | None) -> tuple[DictRow, Account] | TurnedAway:
        if code is None:
            return UNKNOWN
        wish = self._parts.book.seal.open(code["sealed_wish"])
        named = [Account(each["key"], each["value"]) for each in wish.get("redemptionAccountIdentifiers", [])]
        agent = next((each for each in named if each.identifier == point), None)
        if named and agent is None:
            return OTHER_POINT
        return _why_not(code["state"]) or (code, agent or Account(POINT_KEY, point))

    def _withdraw(self, code: DictRow, agent: Account, typed: str) -> HandedOver | TurnedAway:
        """The same order that any client would post."""
        body = {
            "amount": str(Money(code["amount"], code["currency"])),
            "currency": code["currency"],
            "oneTimeCode": typed,
            "creditParty": agent.as_party(),
            "debitParty": Account(code["account_kind"], code["account"]).as_party(),
        }
        fate = NO_FUNDS_FATE if self._parts.faults.strikes("money_refuse") else PLAIN
        order = Order(uuid4(), "withdrawal", agent, body, fate=fate)
        request_states.keep(self._parts.book, order, wait_s=0.0)
        clerk.settle_now(self._parts, order.server_id)
        return self._result(order, typed)

    def _result(self, order: Order, typed: str) -> HandedOver | TurnedAway:
        book = self._parts.book
        done = book.row("SELECT amount, reference FROM networks.transactions WHERE server_id = %s", order.server_id)
        if done is not None:
            return HandedOver(done["amount"], done["reference"])
        with book.writing() as cursor:  # somebody else was quicker, or the account is empty
            code = authorisation_codes.find(book, cursor, typed)
        return (_why_not(code["state"]) if code else UNKNOWN) or NO_FUNDS


def _was_paid_here(point: str, code: DictRow | None) -> bool:
    """Keyed in twice: whoever does so learns nothing, and was no guesser."""
    return code is not None and code["state"] == "redeemed" and point in code["points"]


def _why_not(state: str) -> TurnedAway | None:
    return {"redeemed": USED, "expired": EXPIRED, "cancelled": CANCELLED}.get(state)
