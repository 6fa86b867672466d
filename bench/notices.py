"""Money notices by the ten thousand while everything is hurt, held against the carrier's own inbox.

`python -m bench.notices --messages 110000 --kills 60` prints one line for each requirement; exit status 1 when one does
not hold. The carrier is busy for 5 of 100 calls, refuses 2, and takes 1 without being able to say so; its reports come
in any order, nearly all of them twice, many with an interim one. Meanwhile codes are asked for at random.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import psutil

from bench.figures import percentile
from bench.own_stack import OwnStack, own_stack, wait_for
from bench.payment_day import arrived, meant
from sms.notices import Lane
from ussd_app.settings import HOME
from ussd_app.store import messages
from ussd_app.store.database import NO_ANSWER, Database
from ussd_app.store.messages import Outgoing
from ussd_app.store.vault import Vault

FAULTS = {
    "sms_busy": 0.05,
    "sms_refuse": 0.02,
    "sms_cut_after_accept": 0.01,
    "sms_report_twice": 0.98,
    "sms_report_interim": 0.5,
}
CODE_EVERY_S = 0.6
CODES_WAIT_AT_MOST_S = 2.0
TAKEN_UP_WITHIN_S = 60.0
HURT = ("spare", "sms-bulk", "spare", "clock", "spare", "spare", "web", "spare", "cash-out", "spare")
_UNSETTLED = "SELECT count(*) FROM sms_message WHERE state IN ('waiting', 'sending', 'sent')"
_NOTICES_LEFT = _UNSETTLED + " AND lane = 1"
_UNSURE = "SELECT count(*) FROM sms_message WHERE state = 'unsure'"
_STATES = "SELECT state, count(*) AS n FROM sms_message GROUP BY state ORDER BY state"
_CODES = """SELECT extract(epoch FROM sending_at - created_at)::float8 AS waited, attempts FROM sms_message
    WHERE dedup_key LIKE 'code:%' AND sending_at IS NOT NULL"""
_ARRIVED = "SELECT count(*) FROM networks.messages"
_HANDED_OVER = "SELECT count(*) FROM sms_message WHERE sending_at > %s"


@dataclass(slots=True)
class Run:
    stack: OwnStack
    database: Database
    vault: Vault
    failed: list[str] = field(default_factory=list)

    def show(self, requirement: str, holds: bool, figures: str) -> None:
        print(f"{'yes' if holds else 'NO '} {requirement}: {figures}", flush=True)
        if not holds:
            self.failed.append(requirement)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.notices", description=__doc__)
    parser.add_argument("--messages", type=int, default=110_000)
    parser.add_argument("--kills", type=int, default=60, help="processes killed with -9")
    parser.add_argument("--patience", type=float, default=400, help="seconds given to what is unsure at the end")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bam-notices-", ignore_cleanup_errors=True) as room:
        Path(room).chmod(0o755)
        with own_stack(Path(room) / "var") as stack:
            run = Run(stack, Database(stack.facts()["database_url"]), Vault(stack.data_key()))
            stack.faults(**FAULTS)
            wait_for(lambda: _count(run, _UNSETTLED) == 0, 120, "the demonstration's own messages", step_s=1)
            began = time.monotonic()
            with _codes_meanwhile(run), _spare_worker(stack) as spare:
                _write(run, chosen.messages)
                print(f"{chosen.messages:,} notices written after {time.monotonic() - began:.0f} s", flush=True)
                _hurt(run, spare, chosen.messages, chosen.kills)
                wait_for(lambda: _count(run, _NOTICES_LEFT) == 0, 3600, "every notice to be settled", step_s=1)
            took = time.monotonic() - began
            _wait_for_the_unsure(run, chosen.patience)
            _verify(run, chosen.messages, took)
            run.database.close()
        return 1 if run.failed else 0


def _write(run: Run, number: int) -> None:
    for first in range(0, number, 5000):
        some = [_notice(each) for each in range(first, min(first + 5000, number))]
        with run.database.begin() as db:
            messages.add(db, run.vault, some, datetime.now(UTC))


def _notice(number: int) -> Outgoing:
    said = f"ASXH: ky 01/2027 ba nhan {400_000 + number}d. Hoi: 18001234"
    return Outgoing(f"notice:{number}", None, f"+8491{number:07d}", "payment_arrived", Lane.MONEY, said)


@contextmanager
def _codes_meanwhile(run: Run) -> Iterator[None]:
    """Codes that are asked for at random, as rows like any other; the clock or a bell finds them."""
    stop, number = Event(), 0

    def ask() -> None:
        nonlocal number
        while not stop.wait(random.expovariate(1 / CODE_EVERY_S)):
            code = Outgoing(
                f"code:{number}", None, f"+8498{number:07d}", "cash_out_code", Lane.CODE, f"ASXH: ma {number:08d}"
            )
            with suppress(*NO_ANSWER), run.database.begin() as db:
                messages.add(db, run.vault, [code], datetime.now(UTC))
                number += 1

    asking = Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        stop.set()
        asking.join()


# ---- hurting it ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Spare:
    """A second worker for the notices, as a province would run; it is started again at once."""

    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process = _start(self.environment)


def _start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "workers", "work", "sms-bulk"]
    return subprocess.Popen(command, cwd=HOME, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def _spare_worker(stack: OwnStack) -> Iterator[Spare]:
    facts = stack.facts()
    urls = {name.upper(): facts[name] for name in ("database_url", "redis_url", "networks_url")}
    environment = {**os.environ, **stack.environment(), **urls}
    spare = Spare(environment, _start(environment))
    try:
        yield spare
    finally:
        spare.process.kill()
        spare.process.wait()


def _hurt(run: Run, spare: Spare, number: int, kills: int) -> None:
    """Spread evenly over the messages; Redis is emptied twice and PostgreSQL restarted once."""
    slowest = 0.0
    for done in range(kills):
        share = number * done // (kills + 1)
        wait_for(lambda: _count(run, _ARRIVED) > share, 600, "more messages to arrive")  # noqa: B023 - called at once
        if done in (kills // 3, 2 * kills // 3):
            run.stack.redis().flushall()
        if done == kills // 2:
            _restart_postgres(run.stack)
        hurt_at, when = time.monotonic(), datetime.now(UTC)
        part = HURT[done % len(HURT)]
        if part == "spare":
            spare.kill()
        else:
            run.stack.kill(part)
        wait_for(lambda: _handed_over(run, when), 120, "work to go on")  # noqa: B023 - called at once
        slowest = max(slowest, time.monotonic() - hurt_at)
    what = f"{kills} processes killed with -9, Redis emptied twice, PostgreSQL restarted once"
    run.show(
        "work goes on after each kill", slowest <= TAKEN_UP_WITHIN_S, f"{what}; at most {slowest:.1f} s without a message"
    )


def _restart_postgres(stack: OwnStack) -> None:
    """PostgreSQL's fast shutdown; its supervisor starts it again."""
    pids = {each.pid for each in stack.processes()["postgres"]}
    for each in stack.processes()["postgres"]:
        with suppress(psutil.Error):
            if each.ppid() not in pids:
                each.send_signal(signal.SIGINT)


def _count(run: Run, statement: str, *values: object) -> int:
    """-1 while the database is away."""
    with suppress(*NO_ANSWER):
        return run.stack.count(statement, *values)
    return -1


def _handed_over(run: Run, since: datetime) -> bool:
    return _count(run, _HANDED_OVER, since) > 0


# ---- what became of it ------------------------------------------------------------------------------------------


def _wait_for_the_unsure(run: Run, patience_s: float) -> None:
    before, limit = _count(run, _UNSURE), time.monotonic() + patience_s
    while _count(run, _UNSURE) + _count(run, _UNSETTLED) and time.monotonic() < limit:
        time.sleep(3)
    again = run.stack.count("SELECT count(*) FROM sms_message WHERE resent_at IS NOT NULL")
    left = _count(run, _UNSURE)
    run.show("the unsure are settled", left == 0, f"{before} when all was handed over, {again} sent once more, {left} left")


def _verify(run: Run, number: int, took: float) -> None:
    states = {row["state"]: row["n"] for row in run.stack.rows(_STATES)}
    total = sum(states.values())
    final = total - sum(states.get(each, 0) for each in ("waiting", "sending", "sent"))
    run.show("every message is in one final state", final == total, f"{states}; {took:.0f} s, {total / took:.0f}/s")
    wanted, came = meant(run.stack), arrived(run.stack)
    twice = came - Counter(wanted.elements())
    run.show("nobody has a second message", not twice, f"duplicates = {sum(twice.values())} of {sum(came.values())}")
    missing = sum((wanted - came).values())
    unsure = states.get("unsure", 0)
    run.show("nothing is lost", missing <= unsure, f"{missing} did not arrive, {unsure} rows say `unsure`")
    untrue = _untrue(run)
    run.show("each row says what the carrier's book says", not untrue, f"{untrue} rows say something else")
    waits = [(row["waited"], row["attempts"]) for row in run.stack.rows(_CODES)]
    first = [waited for waited, attempts in waits if attempts == 1]
    slow = percentile(first, 0.99)
    run.show(
        "codes do not wait behind notices",
        slow < CODES_WAIT_AT_MOST_S,
        f"{len(first)} codes at their first attempt waited {percentile(first, 0.5):.2f} s in the median,"
        f" {slow:.2f} s at the 99th percentile (at most {max(first, default=0):.2f} s)",
    )


def _untrue(run: Run) -> int:
    """Delivered means that it lies in the inbox under the id that the row has; refused, that it does not lie there."""
    rows = run.stack.rows("""
        SELECT m.state, m.provider, m.note, m.attempts, m.resent_at, m.provider_id, o.id AS in_the_book
        FROM sms_message m LEFT JOIN networks.messages n ON n.id = m.provider_id
        LEFT JOIN networks.messages o ON o.phone = m.e164
        WHERE (m.dedup_key LIKE 'notice:%' OR m.dedup_key LIKE 'code:%')
          AND ((m.state = 'delivered' AND (n.id IS NULL OR n.phone <> m.e164))
               OR (m.state IN ('refused', 'expired', 'waiting') AND o.id IS NOT NULL))""")
    for each in rows[:5]:
        print(f"    {each}")
    return len(rows)


if __name__ == "__main__":
    sys.exit(main())
