"""Who takes part when codes are tried: people with cash ordered at a point, its keeper's phone, and whoever looks on."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.own_stack import OwnStack, wait_for
from ussd_app.simulator.gateway import Screen, UssdSession

DIALLED, PIN, BORN = "*8899#", "2580", 1950
OFFICERS = (("ga", "enters"), ("gb", "approves"), ("gc", "releases"))
_HEADER = "national_id,person_code,full_name,birth_date,gender,commune_code,phone,payout_method,payout_account,language"
_COMMUNES = "SELECT DISTINCT c.code FROM point p JOIN commune c ON c.id = p.commune_id ORDER BY 1 LIMIT 3"
_TOLD_WITHIN_S = 60
MOST_QUESTIONS = 5
MOST_CALLS = 60
BETWEEN_CALLS_S = 0.6  # one phone may begin 120 calls a minute


@dataclass(frozen=True, slots=True)
class Villager:
    """Somebody with a phone of their own who was paid 500,000 đ."""

    stack: OwnStack
    phone: str

    def press(self, *keys: str) -> Screen:
        """One call; the last page."""
        call = UssdSession(f"{self.stack.url}/callbacks/local", self.phone, DIALLED)
        page = call.dial()
        for key in keys:
            page = page if call.ended else call.press(key)
        return page

    def order_cash(self) -> None:
        """500,000 đ, at the first point on offer."""
        self.press("4", str(BORN), PIN, PIN)
        call = UssdSession(f"{self.stack.url}/callbacks/local", self.phone, DIALLED)
        call.dial()
        page = call.press("4")
        for _ in range(MOST_QUESTIONS):
            if call.ended or "nhap ma PIN" in page.text:
                break
            page = call.press("1")
        page = call.press(PIN)
        if not self.ordered():
            raise SystemExit(f"{self.phone} could not order cash: {page.text}")

    def order(self) -> dict[str, Any]:
        (row,) = self.ordered()
        return row

    def ordered(self) -> list[dict[str, Any]]:
        return self.stack.rows(
            "SELECT c.state, c.point_code FROM cash_out c JOIN person_phone h USING (person_id) WHERE h.e164 = %s",
            self.phone,
        )

    def code(self) -> str:
        """As the SMS says it."""
        wait_for(lambda: self.messages("Ma rut tien"), _TOLD_WITHIN_S, f"the code of {self.phone}")
        said = re.search(r"Ma rut tien ([\d ]+),", self.messages("Ma rut tien")[0])
        assert said
        return said[1].replace(" ", "")

    def messages(self, saying: str) -> list[str]:
        return [each for each in self.stack.inbox(self.phone) if saying in each]

    def is_told(self, saying: str) -> bool:
        try:
            wait_for(lambda: self.messages(saying), _TOLD_WITHIN_S, saying)
        except AssertionError:
            return False
        return True


def villagers(stack: OwnStack, room: Path, some: int) -> list[list[Villager]]:
    """So many in each of three communes, paid by three officers."""
    communes = [str(row["code"]) for row in stack.rows(_COMMUNES)]
    places = [(commune, f"+849138{at}{number:04d}") for at, commune in enumerate(communes) for number in range(some)]
    people = [f",G{phone[-5:]},Nông Thị Đào,{BORN},F,{commune},{phone},cash,,vi" for commune, phone in places]
    (room / "people.csv").write_text("\n".join([_HEADER, *people]) + "\n", encoding="utf-8")
    payments = [f"G{phone[-5:]},social_pension,2027-01,500000" for _, phone in places]
    (room / "payments.csv").write_text(
        "\n".join(["person_code,programme,cycle,amount", *payments]) + "\n", encoding="utf-8"
    )
    for name, role in OFFICERS:
        stack.command("users", "add", name, "--role", role)
    stack.command("people", "import", str(room / "people.csv"), "--as", "ga")
    batch = stack.command("payments", "import", str(room / "payments.csv"), "--as", "ga").last_line
    stack.command("payments", "approve", batch, "--as", "gb")
    released = stack.command("payments", "release", batch, "--as", "gc")
    if "0 payments" in released.out or released.status:
        raise SystemExit(f"nobody could be paid: {released}")
    return [[Villager(stack, phone) for where, phone in places if where == commune] for commune in communes]


@dataclass(frozen=True, slots=True)
class KeepersPhone:
    """A point's own phone, with a PIN of the keeper's."""

    stack: OwnStack
    phone: str

    @classmethod
    def given_to(cls, stack: OwnStack, point: str, phone: str) -> KeepersPhone:
        added = stack.command("points", "phone", "add", point, phone, "--as", "gc")
        keeper = Villager(stack, phone)
        wait_for(lambda: keeper.messages("Ma PIN cua diem"), _TOLD_WITHIN_S, f"the keeper's first PIN; {added}")
        first = re.search(r" la (\d{4}),", keeper.messages("Ma PIN cua diem")[0])
        assert first
        keeper.press(first[1], PIN, PIN)
        return cls(stack, phone)

    def at_the_code(self) -> UssdSession:
        """A call that has come as far as the code, or the page that says when one will be looked at again."""
        for _ in range(MOST_CALLS):
            call = UssdSession(f"{self.stack.url}/callbacks/local", self.phone, DIALLED)
            page = call.dial()
            for key in (PIN, "1"):
                page = page if call.ended else call.press(key)
            if not call.ended:
                return call
            time.sleep(1)
        raise SystemExit(f"the keeper's phone {self.phone} is not served")


@dataclass
class Bystander(threading.Thread):
    """Looks at the balance again and again while others guess, and keeps how long each page took."""

    villager: Villager
    took_ms: list[float] = field(default_factory=list)
    without_page: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        while not self.over.wait(BETWEEN_CALLS_S):
            began = time.monotonic()
            page = self.villager.press("1")
            self.took_ms.append((time.monotonic() - began) * 500)  # two pages
            self.without_page += "So du" not in page.text

    def stop(self) -> None:
        self.over.set()
        self.join()
