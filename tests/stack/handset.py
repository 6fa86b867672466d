"""A phone on a real stack: its calls are plain POSTs in Africa's Talking's form, its inbox is the simulated network's."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.own_stack import OwnStack, wait_for

PIN = "7391"

_NEXT = """
    SELECT p.id, h.e164, extract(year FROM p.birth_date)::int AS born,
           (SELECT sum(credits_posted - debits_posted - debits_pending)::bigint FROM account WHERE person_id = p.id) AS had
    FROM person p JOIN person_phone h ON h.person_id = p.id AND h.unproven_at IS NULL
    WHERE p.id > %s AND p.payout_method IN ('mobile_money', 'cash') AND p.language = 'vi' AND p.birth_date IS NOT NULL
      AND NOT EXISTS (SELECT FROM person_phone o WHERE o.e164 = h.e164 AND o.person_id <> p.id)
      AND EXISTS (SELECT FROM point t WHERE t.commune_id = p.commune_id)
      AND EXISTS (SELECT FROM payment WHERE person_id = p.id AND programme = 'social_pension' AND state = 'released')
    ORDER BY p.id LIMIT 1"""


@dataclass(slots=True)
class Call:
    """One session: `text` is everything keyed so far, as the gateway sends it."""

    stack: OwnStack
    phone: str
    session_id: str = field(default_factory=lambda: f"ATUid_{uuid.uuid4().hex}")
    keyed: list[str] = field(default_factory=list)

    def form(self) -> dict[str, str]:
        return {
            "sessionId": self.session_id,
            "phoneNumber": self.phone,
            "networkCode": "99999",
            "serviceCode": "*8899#",
            "text": "*".join(self.keyed),
        }

    def post(self) -> bytes:
        """This turn, once more or for the first time."""
        status, page = self.stack.post("/callbacks/local/ussd", self.form())
        assert status == 200, page
        return page

    def dial(self) -> str:
        return self.post().decode()

    def press(self, *keys: str) -> str:
        """The page after the last of these keys."""
        page = ""
        for each in keys:
            self.keyed.append(each)
            page = self.post().decode()
        return page


@dataclass(frozen=True, slots=True)
class Handset:
    """A phone with one person behind it, who has been paid more than 500.000 đ and has no PIN yet."""

    stack: OwnStack
    person_id: int
    phone: str
    born: int
    had: int
    """đồng when the phone was picked up."""

    def call(self) -> Call:
        return Call(self.stack, self.phone)

    def dialled(self) -> Call:
        call = self.call()
        call.dial()
        return call

    def set_pin(self) -> None:
        page = self.dialled().press("6", "2", str(self.born), PIN, PIN)
        assert "Da dat ma PIN" in page, page

    def before_the_pin(self) -> Call:
        """A call that has come as far as the PIN of a cash-out of 500.000 đ at the nearest point."""
        call = self.dialled()
        page = call.press("4", "1", "1", "1")
        assert "nhap ma PIN" in page, page
        return call

    def order_cash(self) -> str:
        """A cash-out of 500.000 đ; the last page."""
        self.set_pin()
        return self.before_the_pin().press(PIN)

    def orders(self) -> list[dict[str, Any]]:
        return self.stack.rows("SELECT * FROM cash_out WHERE person_id = %s", self.person_id)

    def state(self) -> object:
        return self.orders()[0]["state"]

    def available(self) -> int:
        return self.stack.count(
            "SELECT sum(credits_posted - debits_posted - debits_pending)::bigint FROM account WHERE person_id = %s",
            self.person_id,
        )

    def message(self, saying: str, within_s: float = 40) -> str:
        """The one message that says this, when it has come."""
        wait_for(lambda: self.messages(saying), within_s, f"an SMS that says {saying!r}; orders: {self.orders()}")
        (found,) = self.messages(saying)
        return found

    def messages(self, saying: str) -> list[str]:
        return [each for each in self.stack.inbox(self.phone) if saying in each]

    def code(self) -> str:
        said = re.search(r"Ma rut tien ([\d ]+),", self.message("Ma rut tien"))
        assert said
        return said[1].replace(" ", "")

    def redeem(self) -> dict[str, Any]:
        """At the counter of the point: the code is read out and keyed in."""
        return self.stack.simulator(f"/points/{self.orders()[0]['point_code']}/redeem", {"code": self.code()})


def village(stack: OwnStack) -> Iterator[Handset]:
    """The demo people who are alone on their phones, in a commune with a point; each is met once."""
    last = 0
    while found := stack.rows(_NEXT, last):
        last = found[0]["id"]
        yield Handset(stack, last, found[0]["e164"], found[0]["born"], found[0]["had"])


def spoken(amount: int) -> str:
    return f"{amount:,}d".replace(",", ".")
