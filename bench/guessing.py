"""Codes tried by the ten thousand, at a point's terminal and on its keeper's phones: none wins, and everyone is told.

`python -m bench.guessing --guesses 10000` starts a stack of its own and prints one line for each requirement; exit
status 1 when one does not hold. It waits for real until the terminal looks at codes again, so it takes some minutes.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.figures import percentile
from bench.guessing_people import Bystander, KeepersPhone, Villager, villagers
from bench.memory_watch import MemoryWatch
from bench.own_stack import OwnStack, own_stack

KEYED_AT_ONCE = 20
TOLD = "Co nguoi thu ma rut tien"
CODES_A_CALL = 100
PHONES = 8  # of one point, for a phone has one call at a time
PAGES = {
    "Diem khong co ma nay": "wrong",
    "Ma sai nhieu lan": "not looked at",
    "cho khach dang dung tai diem": "AGREE",
}
LONGEST_LOCK_S = 15 * 60 + 30
PAGE_WITHIN_MS = 2_000


@dataclass(slots=True)
class Trial:
    stack: OwnStack
    guesses: int
    threads: int
    failed: list[str] = field(default_factory=list)

    def show(self, requirement: str, holds: bool, figures: str) -> None:
        print(f"{'yes' if holds else 'NO '} {requirement}: {figures}", flush=True)
        if not holds:
            self.failed.append(requirement)

    def key_in(self, point: str, code: str) -> dict[str, Any]:
        """At the terminal of the point, as its page does."""
        return self.stack.simulator(f"/points/{point}/redeem", {"code": code})

    def wrong_codes(self, right: str) -> list[str]:
        """Each once, in any order, and never the right one."""
        dice = random.Random(8899)
        return [f"{(int(right) + each) % 10**8:08}" for each in dice.sample(range(1, 10**8), self.guesses)]


def at_the_same_instant(trial: Trial, people: list[Villager]) -> None:
    """Each code is keyed in on two terminals of its point at once."""
    answers = list[Counter[int]]()
    for each in people:
        point, code, gate = str(each.order()["point_code"]), each.code(), threading.Barrier(2)

        def agent(_: int, gate: threading.Barrier = gate, point: str = point, code: str = code) -> int:
            gate.wait()
            return int(trial.key_in(point, code)["status"])

        with ThreadPoolExecutor(2) as two:
            answers.append(Counter(two.map(agent, range(2))))
    once = sum(each[200] == 1 for each in answers)
    trial.show("two agents key in one code at the same instant: one wins", once == len(people), f"{once} of {len(people)}")
    for each in people:
        each.is_told("da rut")
    paid = sum(each.order()["state"] == "paid" and len(each.messages("da rut")) == 1 for each in people)
    trial.show("... and its owner is charged and told once", paid == len(people), f"{paid} of {len(people)}")


@contextmanager
def somebody_else_calls(trial: Trial, who: Villager, meanwhile: str) -> Iterator[None]:
    bystander = Bystander(who)
    bystander.start()
    began = time.monotonic()
    try:
        yield
    finally:
        took = time.monotonic() - began
        bystander.stop()
        slow = percentile(bystander.took_ms, 0.99)
        trial.show(
            f"others are served while codes are tried {meanwhile}",
            not bystander.without_page and slow < PAGE_WITHIN_MS,
            f"{len(bystander.took_ms)} calls, a page in {percentile(bystander.took_ms, 0.5):.0f} ms (p99 {slow:.0f} ms),"
            f" {bystander.without_page} without the page; {trial.guesses / took:.0f} guesses a second",
        )


def at_the_terminal(trial: Trial, victim: Villager, bystander: Villager, honest: Villager) -> None:
    code, point = victim.code(), str(victim.order()["point_code"])

    def guess(tried: str) -> int:
        return int(trial.key_in(point, tried)["status"])

    with somebody_else_calls(trial, bystander, "at a terminal"), ThreadPoolExecutor(trial.threads) as crowd:
        answers = Counter(crowd.map(guess, trial.wrong_codes(code)))
        elsewhere = trial.key_in(str(honest.order()["point_code"]), honest.code())["status"]
    trial.show("no guess at a terminal wins", 200 not in answers and sum(answers.values()) == trial.guesses, _said(answers))
    trial.show("no other failure", set(answers) <= {404, 409, 429}, "404 wrong, 429 not looked at")
    trial.show("another point goes on paying", elsewhere == 200, f"status {elsewhere}")
    _owner_is_told(trial, victim)
    _honest_code_afterwards(trial, victim, point, code)


def _honest_code_afterwards(trial: Trial, victim: Villager, point: str, code: str) -> None:
    first = trial.key_in(point, code)
    told = first["status"] == 200 or "Try again in" in first.get("error", "")
    trial.show("the right code is not used up, and the agent is told when it will do", told, str(first))
    began = time.monotonic()
    while first["status"] == 429 and time.monotonic() - began < LONGEST_LOCK_S:
        time.sleep(5)
        first = trial.key_in(point, code)
    waited = time.monotonic() - began
    trial.show("... and then it does", first["status"] == 200, f"after {waited:.0f} s; {first}")
    trial.show("... and is paid", victim.is_told("da rut"), f"the order is {victim.order()['state']}")


def on_the_keepers_phones(trial: Trial, victim: Villager, bystander: Villager) -> None:
    code, point = victim.code(), str(victim.order()["point_code"])
    keepers = [KeepersPhone.given_to(trial.stack, point, f"+8490199900{at}") for at in range(PHONES)]
    wrong, seen, lock = trial.wrong_codes(code), Counter[str](), threading.Lock()

    def guess(at: int) -> None:
        keeper, codes, pages = keepers[at], wrong[at::PHONES], Counter[str]()
        for start in range(0, len(codes), CODES_A_CALL):
            call = keeper.at_the_code()
            for tried in codes[start : start + CODES_A_CALL]:
                pages[_kind(call.press(tried).text)] += 1
        with lock:
            seen.update(pages)

    with somebody_else_calls(trial, bystander, "on a keeper's phones"), ThreadPoolExecutor(PHONES) as crowd:
        list(crowd.map(guess, range(PHONES)))
    redeemed = trial.stack.count("SELECT count(*) FROM redemption WHERE point_code = %s", point)
    trial.show(
        "no guess on a keeper's phones wins", not redeemed and set(seen) <= {"wrong", "not looked at"}, str(dict(seen))
    )
    _owner_is_told(trial, victim)
    page = keepers[0].at_the_code().screen
    trial.show(
        "the keeper is told when codes are looked at again", page is not None and "Xin cho den" in page.text, repr(page)
    )
    unlocked = trial.stack.command("points", "unlock", point, "--as", "gc", "--because", "rehearsal")
    call = keepers[0].at_the_code()
    call.press(code)
    call.press("1")
    paid = victim.is_told("da rut")
    trial.show("once an officer has looked, the right code is paid", paid, f"{unlocked.last_line} {victim.order()}")


def _kind(page: str) -> str:
    return next((kind for words, kind in PAGES.items() if words in page), page)


def _owner_is_told(trial: Trial, victim: Villager) -> None:
    told = victim.is_told(TOLD)
    trial.show("the owner is told, once, and keeps the code", told and victim.order()["state"] == "issued", _words(victim))


def _words(victim: Villager) -> str:
    return f"{len(victim.messages(TOLD))} SMS; {' / '.join(victim.messages(TOLD))}"


def _said(answers: Counter[int]) -> str:
    return ", ".join(f"{number:,} x {status}" for status, number in sorted(answers.items()))


def _go(trial: Trial, room: Path) -> None:
    first, second, third = villagers(trial.stack, room, KEYED_AT_ONCE + 1)
    ordering: list[Callable[[], None]] = [each.order_cash for each in (*first[1:], first[0], second[0], third[0])]
    with ThreadPoolExecutor(4) as some:
        list(some.map(lambda order: order(), ordering))
    at_the_same_instant(trial, first[1:])
    at_the_terminal(trial, second[0], bystander=second[1], honest=first[0])
    on_the_keepers_phones(trial, third[0], bystander=second[1])
    ledger = trial.stack.command("ledger", "check")
    trial.show("the ledger closes", ledger.status == 0, ledger.last_line)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.guessing", description=__doc__)
    parser.add_argument("--guesses", type=int, default=10_000, help="at the terminal, and on the phone (%(default)s)")
    parser.add_argument("--threads", type=int, default=32, help="who guess at once (%(default)s)")
    chosen: Any = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bam-guessing-", ignore_cleanup_errors=True) as directory:
        room = Path(directory)
        room.chmod(0o755)  # the database's own user passes through
        with own_stack(room / "var") as stack, MemoryWatch() as memory:
            trial = Trial(stack, chosen.guesses, chosen.threads)
            _go(trial, room)
            print("peak memory in MB:", memory.peaks_mb())
    return 1 if trial.failed else 0


if __name__ == "__main__":
    sys.exit(main())
