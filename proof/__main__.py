"""`python -m proof`: so many schedules of faults; exit status 1 when one of them breaches a promise."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from proof import job
from proof.ground import TEMPLATE, make_template, own_postgres
from proof.job import Done, Unsound
from proof.machines import MACHINES, SAFE
from proof.telling import Tale

MOST_SENTENCES = 120
ENOUGH = 10
"""So many breaches are no accident; there is no need to look for more."""


def main(arguments: list[str] | None = None) -> int:
    chosen = _chosen(arguments)
    job.quietly()
    jobs = max(1, min(chosen.jobs, chosen.schedules))
    with own_postgres() as url:
        make_template(url)
        return _Run(chosen, jobs).all(url)


def _chosen(arguments: list[str] | None) -> Any:
    parser = argparse.ArgumentParser(prog="python -m proof", description=__doc__)
    parser.add_argument("--schedules", type=int, default=2_000, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, help="of the first; the next have the next numbers (default: by the clock)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (%(default)s)")
    parser.add_argument("--machine", choices=sorted(MACHINES), default=SAFE, help="a wrong one, to prove the proof")
    parser.add_argument("--provider", default="gsma", help="gsma, mtn_momo, or package.module:factory (%(default)s)")
    chosen = parser.parse_args(arguments)
    if chosen.seed is None:
        chosen.seed = int(time.time()) * 1_000
    return chosen


class _Run:
    def __init__(self, chosen: Any, jobs: int) -> None:
        self._chosen, self._jobs = chosen, jobs
        self._done, self._breaches, self._began = 0, 0, time.monotonic()
        self._said_at = 0.0

    def all(self, server_url: str) -> int:
        """0 when every promise was kept, 1 when one was not, 2 when the proof itself could not be carried out."""
        chosen = self._chosen
        many = multiprocessing.get_context("spawn")
        reports: Any = many.SimpleQueue()
        processes = [
            many.Process(target=job.work, args=(server_url, TEMPLATE, vars(chosen), number, self._jobs, reports))
            for number in range(self._jobs)
        ]
        for each in processes:
            each.start()
        try:
            for report in _heard(reports, processes):
                self._hear(report)
                if self._breaches >= ENOUGH:
                    break
        finally:
            for each in processes:
                each.terminate()
                each.join()
        self._progress(last=True)
        cut_short = self._done < chosen.schedules and self._breaches < ENOUGH
        print(f"schedules: {self._done:,}, breaches: {self._breaches:,}, seed {chosen.seed}")
        return 1 if self._breaches else 2 if cut_short else 0

    def _hear(self, report: object) -> None:
        match report:
            case Done(schedules):
                self._done += schedules
                self._progress()
            case Tale():
                self._breaches += 1
                self._tell(report)
            case Unsound(sentences):
                self._breaches += 1
                print("\nThe ledger as a whole does not close:", *sentences, sep="\n  ")
            case _:
                print(report, file=sys.stderr)

    def _tell(self, tale: Tale) -> None:
        print(
            f"\nSeed {tale.seed} breaches a promise"
            + (f"; faults that are needed for it: {tale.faults}" if tale.sentences else ":")
        )
        for each in tale.breaches:
            print(f"  {each}")
        if tale.sentences:
            print(*_cut(tale.sentences), sep="\n")
        machine = "" if self._chosen.machine == SAFE else f" MACHINE={self._chosen.machine}"
        provider = "" if self._chosen.provider == "gsma" else f" PROVIDER={self._chosen.provider}"
        print(f"Again: make check-money SEED={tale.seed} SCHEDULES=1{machine}{provider}", flush=True)

    def _progress(self, *, last: bool = False) -> None:
        now = time.monotonic()
        if not last and now - self._said_at < (0.5 if sys.stdout.isatty() else 20):
            return
        self._said_at = now
        rate = self._done / max(now - self._began, 0.001)
        left = (self._chosen.schedules - self._done) / rate if rate else 0
        line = f"{self._done:,} of {self._chosen.schedules:,} schedules, {rate:,.1f} a second, {left / 60:.1f} min to go"
        print(
            f"\r\033[K{line}" if sys.stdout.isatty() else line,
            end="\n" if last or not sys.stdout.isatty() else "",
            flush=True,
        )


def _cut(sentences: tuple[str, ...]) -> tuple[str, ...]:
    """A long story without its middle."""
    if len(sentences) <= MOST_SENTENCES:
        return sentences
    half = MOST_SENTENCES // 2
    return (*sentences[:half], f"     … and {len(sentences) - 2 * half} more …", *sentences[-half:])


def _heard(reports: Any, processes: list[Any]) -> Iterator[object]:
    """What the processes say, until all of them have ended."""
    while True:
        if not reports.empty():
            yield reports.get()
        elif not any(each.is_alive() for each in processes) and reports.empty():
            return
        else:
            time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
