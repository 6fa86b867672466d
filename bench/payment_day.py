"""A whole payment day on real parts: lists in, three signatures, every message out, while workers are killed.

`python -m bench.payment_day --people 36700` prints one line for each requirement; exit status 1 when one does not hold.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.memory_watch import MemoryWatch
from bench.own_stack import OwnStack, Said, own_stack, wait_for
from ussd_app.simulator.networks.sealing import Seal
from ussd_app.store.messages import BODY
from ussd_app.store.vault import Vault

MOST_MEMORY_MB = 400
SETTLED_WITHIN_S = 1800
HURT = ("sms-bulk", "clock", "sms-bulk", "sms-code", "sms-bulk", "cash-out", "sms-bulk", "web")
OFFICERS = {"thu": ("enters", "releases"), "duyet": ("approves", "releases"), "chi": ("releases",)}

_TO_BE_TOLD = """
    SELECT count(*) FROM payment y WHERE y.batch_id = %s
    AND EXISTS (SELECT FROM recipient r WHERE r.person_id = y.person_id)"""
_TOLD = """
    SELECT count(*) FROM payment y JOIN sms_message m ON m.dedup_key = 'payment-arrived:' || y.id WHERE y.batch_id = %s"""
_ARRIVED = "SELECT count(*) FROM networks.messages"
_UNSETTLED = "SELECT count(*) FROM sms_message WHERE state IN ('waiting', 'sending', 'sent')"
_STATES = "SELECT state, count(*) AS n FROM sms_message GROUP BY state ORDER BY state"


@dataclass(slots=True)
class Day:
    """What the day has shown so far."""

    stack: OwnStack
    lists: Path
    failed: list[str] = field(default_factory=list)
    took: dict[str, float] = field(default_factory=dict)
    began: float = 0.0
    """When the release began."""
    batch: int = 0

    def show(self, requirement: str, holds: bool, figures: str) -> None:
        print(f"{'yes' if holds else 'NO '} {requirement}: {figures}", flush=True)
        if not holds:
            self.failed.append(requirement)

    def timed(self, what: str, *words: str) -> Said:
        began = time.monotonic()
        said = self.stack.command(*words)
        self.took[what] = time.monotonic() - began
        return said


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.payment_day", description=__doc__)
    parser.add_argument("--people", type=int, default=36_700)
    parser.add_argument("--kills", type=int, default=len(HURT), help="processes killed with -9, each with a FLUSHALL")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bam-day-", ignore_cleanup_errors=True) as room:
        Path(room).chmod(0o755)
        with MemoryWatch() as memory, own_stack(Path(room) / "var") as stack:
            day = Day(stack, Path(room) / "lists")
            begin(day, chosen.people, chosen.kills)
            finish(day, patience_s=300)
            _memory(day, memory)
        return 1 if day.failed else 0


def begin(day: Day, people: int, kills: int) -> None:
    """Up to the moment when every message has been taken up and the last process was killed."""
    for name, roles in OFFICERS.items():
        day.stack.command("users", "add", name, *(word for role in roles for word in ("--role", role)))
    day.stack.command("demo", "lists", "--people", str(people), "--directory", str(day.lists))
    _people_in(day, people)
    day.batch = _payments_in(day)
    _signatures(day)
    _hurt_while_sending(day, kills)


def finish(day: Day, patience_s: float = 0) -> None:
    """What became of it, when all is settled; with patience, also what the carrier's reports say of the unsure."""
    _settle(day)
    if patience_s:
        _hear_the_witnesses(day, patience_s)
    _messages(day)
    check = day.timed("check", "ledger", "check")
    day.show("the ledger closes", check.status == 0, f"{check.last_line} {day.took['check']:.1f} s")


# ---- lists in, signatures ----------------------------------------------------------------------------


def _people_in(day: Day, people: int) -> None:
    said = day.timed("people", "people", "import", str(day.lists / "people.csv"), "--as", "thu")
    rejects = _rejects(day.lists / "people.csv")
    good = said.status in (0, 1) and all(each["reason"] for each in rejects)
    rows = people / day.took["people"]
    day.show("the people list is in", good, f"{said.last_line} {day.took['people']:.1f} s, {rows:.0f} rows/s")
    day.show("each reject is explained", good, f"{len(rejects)} rows in the reject file, each with line, column and reason")


def _payments_in(day: Day) -> int:
    said = day.timed("payments", "payments", "import", str(day.lists / "payments.csv"), "--as", "thu")
    rejects = _rejects(day.lists / "payments.csv")
    told = next(line for line in said.out.splitlines() if "payments added" in line)
    good = said.status in (0, 1) and all(each["reason"] for each in rejects)
    day.show("the payment list is in", good, f"{told} {day.took['payments']:.1f} s; {len(rejects)} rejects explained")
    return int(said.last_line)


def _signatures(day: Day) -> None:
    said = day.timed("approve", "payments", "approve", str(day.batch), "--as", "duyet")
    day.show("a second officer approves", said.status == 0, f"{said.last_line} {day.took['approve']:.1f} s")
    for who, name in (("the one who approved", "duyet"), ("the one who entered", "thu")):
        said = day.stack.command("payments", "release", str(day.batch), "--as", name)
        day.show(f"{who} may not release, whatever the roles", said.status == 2, said.err.strip())


def _rejects(path: Path) -> list[dict[str, str]]:
    file = path.with_name(path.name + ".rejects.csv")
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as rows:
        return list(csv.DictReader(rows))


# ---- the release and its messages, hurt on purpose -----------------------------------------------------


def _hurt_while_sending(day: Day, kills: int) -> None:
    """The kills are spread evenly over the messages; the first one takes the officer's own terminal with it."""
    day.began = time.monotonic()
    already, to_come = day.stack.count(_ARRIVED), day.stack.count(_TO_BE_TOLD, day.batch)
    terminal = day.stack.begin("payments", "release", str(day.batch), "--as", "chi")
    for done in range(kills):
        part = HURT[done % len(HURT)]
        share = already + to_come * done // (kills + 1)
        wait_for(lambda: day.stack.count(_ARRIVED) > share, 300, "more messages to arrive")  # noqa: B023 - called at once
        wait_for(lambda: day.stack.runs(part), 60, f"{part} to run again")  # noqa: B023 - called at once
        day.stack.redis().flushall()
        day.stack.kill(part)
        terminal.kill()
    terminal.wait()
    day.show("hurt on purpose", True, f"{kills} processes killed with -9, each after a FLUSHALL of Redis; the release too")
    said = day.timed("release", "payments", "release", str(day.batch), "--as", "chi")
    released = day.stack.count("SELECT count(*) FROM payment_batch WHERE id = %s AND state = 'released'", day.batch) == 1
    went_on = said.status == 0 or "is released" in said.err  # the clock may have gone on with it by itself
    by_whom = "the same command, given again, ended it" if said.status == 0 else "the clock had ended it meanwhile"
    day.show("a third officer releases, though the terminal was killed", released and went_on, by_whom)


def _settle(day: Day) -> None:
    wait_for(lambda: day.stack.count(_UNSETTLED) == 0, SETTLED_WITHIN_S, "every message to be settled", step_s=1)
    took = time.monotonic() - day.began
    states = {row["state"]: row["n"] for row in day.stack.rows(_STATES)}
    day.show(
        "every message is settled", True, f"{took:.0f} s from the release, {sum(states.values()) / took:.0f}/s; {states}"
    )


def _hear_the_witnesses(day: Day, patience_s: float) -> None:
    unsure = "SELECT count(*) FROM sms_message WHERE state = 'unsure'"
    before, limit = day.stack.count(unsure), time.monotonic() + patience_s
    while day.stack.count(unsure) + day.stack.count(_UNSETTLED) and time.monotonic() < limit:
        time.sleep(2)
    again = day.stack.count("SELECT count(*) FROM sms_message WHERE resent_at IS NOT NULL")
    left = day.stack.count(unsure)
    day.show(
        "the unsure are settled",
        left == 0,
        f"{before} were unsure at first; {again} messages in all were sent once more; {left} are left",
    )


def _messages(day: Day) -> None:
    """What was to be said, what the rows say, and what really arrived on the phones, against one another."""
    reachable = day.stack.count(_TO_BE_TOLD, day.batch)
    told = day.stack.count(_TOLD, day.batch)
    day.show("every reachable person has a message", told == reachable, f"{told} of {reachable}")
    wanted, came = meant(day.stack), arrived(day.stack)
    twice = came - Counter(wanted.elements())
    day.show("nobody has a second message", not twice, f"duplicates = {sum(twice.values())} of {sum(came.values())}")
    missing = sum((wanted - came).values())
    unsure = day.stack.count("SELECT count(*) FROM sms_message WHERE state = 'unsure'")
    day.show("nothing is lost unsaid", missing <= unsure, f"{missing} did not arrive, {unsure} rows say `unsure`")


def meant(stack: OwnStack) -> Counter[tuple[str, str]]:
    vault = Vault(stack.data_key())
    rows = stack.rows("SELECT e164, body_sealed FROM sms_message WHERE state <> 'refused'")
    return Counter((row["e164"], vault.open(BODY, bytes(row["body_sealed"]))) for row in rows)


def arrived(stack: OwnStack) -> Counter[tuple[str, str]]:
    seal = Seal.of(stack.data_key())
    rows = stack.rows("SELECT phone, sealed_text FROM networks.messages")
    return Counter((row["phone"], seal.open(bytes(row["sealed_text"]))) for row in rows)


def _memory(day: Day, memory: MemoryWatch) -> None:
    peaks = memory.peaks_mb()
    figures = ", ".join(f"{name} {peak}" for name, peak in sorted(peaks.items(), key=lambda each: -each[1]))
    day.show(f"no process needs {MOST_MEMORY_MB} MB", max(peaks.values()) < MOST_MEMORY_MB, f"peak MB: {figures}")


if __name__ == "__main__":
    sys.exit(main())
