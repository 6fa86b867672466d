"""Many phones at once on a line that misbehaves, and a provider that does too: does every phone see only its own?

`python -m bench.crowd --phones 200 --seconds 60`; exit status 1 when a page told somebody else's money, a repeat was
answered otherwise, or the ledger does not close.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.own_stack import OwnStack, own_stack, wait_for
from ussd_app.simulator.gateway import Screen, UssdSession

CODE, PIN, BORN = "*8899#", "2580", 1950
PROGRAMME = "merit"  # of which no amount is odd
REPEATS, DROPS = 0.3, 0.1  # shares of turns
PROVIDER = {
    "money_cut_after_accept": 0.1,
    "money_error_500_after_accept": 0.1,
    "money_cut_before_accept": 0.1,
    "money_callback_twice": 0.2,
    "money_callback_first": 0.2,
    "sms_cut_after_accept": 0.02,
    "sms_report_twice": 0.2,
}
JOURNEYS = (("1",), ("2",), ("3", "1"), ("1", "7", "2"), ("4", "4", "10000", "1", "1", PIN), ("8", "1"), ("5", "0", "1"))
MONEY = re.compile(r"\b\d{1,3}(?:\.\d{3})+(?=d\b)")
SAID_TO_ALL = {"500.000", "1.000.000", "10.000"}  # the amounts offered to everyone, and the one that each takes out
SETTLES_WITHIN_S = 240


@dataclass
class Seen:
    """What all phones saw, counted."""

    turns: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Caller(threading.Thread):
    """One phone, whose owner was paid an amount that nobody else was paid."""

    callbacks: str
    phone: str
    amount: int
    seen: Seen
    stops_at: float
    dice: random.Random

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        self._follow(("4", str(BORN), PIN, PIN))
        while time.monotonic() < self.stops_at:
            self._follow(self.dice.choice(JOURNEYS))

    def _follow(self, keys: tuple[str, ...]) -> None:
        session = UssdSession(self.callbacks, self.phone, CODE)
        page = self._look(session, session.dial())
        for key in keys:
            if page.kind != "CON":
                return
            if self.dice.random() < DROPS:
                session.hang_up()
                self.seen.turns["dropped"] += 1
                return
            page = self._look(session, session.press(key))
        if page.kind == "CON":
            session.hang_up()

    def _look(self, session: UssdSession, page: Screen) -> Screen:
        self.seen.turns[page.kind] += 1
        if page.kind == "ERROR":
            self.seen.wrong.append(f"{self.phone}: no page: {session.error}")
            return page
        mine = {f"{self.amount - taken:,}".replace(",", ".") for taken in range(0, self.amount + 1, 10_000)}
        others = set(MONEY.findall(page.text)) - mine - SAID_TO_ALL
        if others:
            self.seen.wrong.append(f"{self.phone} saw {others}")
        if page.kind == "CON" and self.dice.random() < REPEATS:
            self.seen.turns["repeated"] += 1
            again = session.repeat()
            if (again.kind, again.text) != (page.kind, page.text):
                self.seen.wrong.append(
                    f"{self.phone}: a repeat was answered otherwise: {page.text[:30]!r}, {again.kind} {again.text[:30]!r}"
                )
        return page


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.crowd", description=__doc__)
    parser.add_argument("--phones", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=8899)
    chosen: Any = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bam-crowd-", ignore_cleanup_errors=True) as directory:
        room = Path(directory)
        room.chmod(0o755)  # the database's own user passes through
        with own_stack(room / "var") as stack:
            amounts = _pay(stack, room, chosen.phones)
            return _told(stack, _crowd(stack, amounts, chosen))


def _pay(stack: OwnStack, room: Path, phones: int) -> dict[str, int]:
    """Everyone is paid a remainder of 10.000 đ of their own: by its last four digits money tells whose it is."""
    amounts = {f"+8491388{number:04d}": 900_001 + number for number in range(phones)}
    header = "national_id,person_code,full_name,birth_date,gender,commune_code,phone,payout_method,payout_account,language"
    people = [f",C{phone[-4:]},Nông Thị Đào,{BORN},F,05443,{phone},cash,,vi" for phone in amounts]
    (room / "people.csv").write_text("\n".join([header, *people]) + "\n", encoding="utf-8")
    payments = [f"C{phone[-4:]},{PROGRAMME},2027-01,{amount}" for phone, amount in amounts.items()]
    (room / "payments.csv").write_text(
        "\n".join(["person_code,programme,cycle,amount", *payments]) + "\n", encoding="utf-8"
    )
    for name, role in (("ca", "enters"), ("cb", "approves"), ("cc", "releases")):
        stack.command("users", "add", name, "--role", role)
    stack.command("people", "import", str(room / "people.csv"), "--as", "ca")
    batch = stack.command("payments", "import", str(room / "payments.csv"), "--as", "ca").last_line
    stack.command("payments", "approve", batch, "--as", "cb")
    released = stack.command("payments", "release", batch, "--as", "cc")
    assert f"{phones} payments" in released.out, released
    return amounts


def _crowd(stack: OwnStack, amounts: dict[str, int], chosen: Any) -> Seen:
    stack.faults(**PROVIDER)
    seen, until = Seen(), time.monotonic() + chosen.seconds
    callbacks = f"{stack.url}/callbacks/local"
    callers = [
        Caller(callbacks, phone, amount, seen, until, random.Random(f"{chosen.seed} {phone}"))
        for phone, amount in amounts.items()
    ]
    print(f"crowd: {len(callers)} phones for {chosen.seconds:g} s", flush=True)
    for each in callers:
        each.start()
    for each in callers:
        each.join()
    stack.faults()
    return seen


def _told(stack: OwnStack, seen: Seen) -> int:
    unsettled = "SELECT count(*) FROM cash_out WHERE state IN ('held', 'sent', 'unknown')"
    wait_for(lambda: stack.count(unsettled) == 0, SETTLES_WITHIN_S, "every cash-out to be settled", step_s=1)
    ledger = stack.command("ledger", "check")
    orders = {row["state"]: row["count"] for row in stack.rows("SELECT state, count(*) FROM cash_out GROUP BY state")}
    print(f"turns: {dict(seen.turns)}; cash-outs: {orders}")
    print(f"wrong pages: {len(seen.wrong)}; {ledger.last_line}")
    for each in seen.wrong[:10]:
        print(f"  {each}")
    return 1 if seen.wrong or ledger.status else 0


if __name__ == "__main__":
    sys.exit(main())
