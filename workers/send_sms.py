"""Sending what waits in a lane.

A message is claimed, then marked `sending` in a committed transaction, then handed to a carrier, then the answer is
written down. Answers that come together and the marks of the calls that follow share one commit. No transaction is
open while we wait for somebody else's network, and what a killed worker leaves as `sending` (no more than its calls
at once) is not sent again from here: nobody knows whether it went. The carrier's reports decide.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection

from sms.notices import Lane
from ussd_app.store import messages
from ussd_app.store.database import NO_ANSWER
from ussd_app.store.messages import Claimed, Sent
from workers.office import Office
from workers.sms_board import Board
from workers.sms_calls import Call, Callers, groups, results_of

log = logging.getLogger(__name__)

CLAIM_AT_ONCE = 400
LEASE = timedelta(seconds=45)  # longer than the carriers' time-outs, short enough to be taken up within a minute
NOBODY_FOR = timedelta(seconds=2)
"""A message that no carrier may take now is looked at again after this long."""

WAIT_S = 0.05
LOOK_AGAIN_S = 0.2
LONGEST_PAUSE_S = 2.0
LAST_TRIES_S = 10.0
"""A worker that was told to stop tries so long to write down what it has heard."""

Result = TypeVar("Result")


def drain(office: Office, lanes: Sequence[Lane], linger_s: float = 0.0) -> int:
    """Send all that is due in these lanes; how many messages were handed to a carrier.

    With `linger_s` it goes on looking for so long after the last one, and needs no bell meanwhile.
    """
    return _Drain(office, lanes).run(linger_s)


class _Drain:
    def __init__(self, office: Office, lanes: Sequence[Lane]) -> None:
        self._office = office
        self._board = Board(office, lanes)
        self._callers = Callers(office.calls_at_once, office.desk.vault)
        self._ready: deque[list[Claimed]] = deque()
        self._answered: list[Call] = []
        self._claim_after = 0.0
        self._begun = 0

    def run(self, linger_s: float) -> int:
        stop, until = self._office.stop, time.monotonic() + linger_s
        try:
            while True:
                while self._step():
                    until = time.monotonic() + linger_s
                if stop.is_set() or time.monotonic() >= until:
                    break
                stop.wait(LOOK_AGAIN_S)
        finally:
            self._callers.close()
        self._put_back([each for group in self._ready for each in group])
        if self._board.has_heard():
            self._through(self._board.look)
        return self._begun

    def _step(self) -> bool:
        """One round: claim, mark and write in one commit, call, gather. False when there is nothing left to do."""
        if self._board.due():
            self._through(self._board.look)
        if not self._office.stop.is_set():
            self._claim()
        calls = self._next_calls()
        if calls or self._answered:
            self._write_and_begin(calls)
        if self._callers.flying:
            self._answered = self._callers.gather(WAIT_S)
            for call in self._answered:
                self._board.heard(call.carrier.name, call.outcomes)
            return True
        if not self._ready or self._office.stop.is_set():
            return False
        self._office.stop.wait(WAIT_S)  # too soon for the carrier's measure
        return True

    # ---- taking up ---------------------------------------------------------------------------------------

    def _claim(self) -> None:
        """Look for more before the calls run out; when all is quiet, look once more before going home."""
        quiet = not self._ready and not self._callers.flying
        if len(self._ready) >= self._callers.at_once or (time.monotonic() < self._claim_after and not quiet):
            return
        lanes = self._board.lanes()
        if not lanes or not self._board.usable():
            return
        claimed = self._through(lambda db: self._claimed(db, lanes))
        self._ready.extend(groups(claimed))
        if len(claimed) < CLAIM_AT_ONCE:
            self._claim_after = time.monotonic() + WAIT_S

    def _claimed(self, db: Connection, lanes: Sequence[Lane]) -> list[Claimed]:
        office = self._office
        return messages.claim(
            db,
            office.desk.vault,
            lanes=lanes,
            worker=office.worker,
            limit=CLAIM_AT_ONCE,
            now=office.clock(),
            lease=LEASE,
        )

    def _next_calls(self) -> list[Call]:
        calls: list[Call] = []
        nobody: list[Claimed] = []
        while self._ready and len(calls) < self._callers.free and not self._office.stop.is_set():
            group = self._ready.popleft()
            chosen = self._board.choose(group[0], self._office.clock(), self._through)
            if chosen is None:
                nobody += group
                continue
            carrier, on_trial = chosen
            most = 1 if on_trial else carrier.phones_in_a_call
            now, later = _parted(group, most, self._board.most_parts(carrier))
            if later:
                self._ready.appendleft(later)
            if not self._board.measure(carrier, sum(each.parts for each in now), self._through):
                self._ready.appendleft(now)
                break
            calls.append(Call(carrier, tuple(now)))
        self._put_back(nobody, after=NOBODY_FOR)
        return calls

    def _put_back(self, claimed: Sequence[Claimed], after: timedelta | None = None) -> None:
        if claimed:
            ids, worker = [each.id for each in claimed], self._office.worker
            due_at = self._office.clock() + after if after else None
            self._through(lambda db: messages.release(db, ids=ids, worker=worker, due_at=due_at))

    # ---- one commit for what was answered and what goes out next ----------------------------------------------

    def _write_and_begin(self, calls: Sequence[Call]) -> None:
        results = [each for call in self._answered for each in results_of(call, self._office.clock())]
        self._answered = []
        try:
            ours = self._finish_and_begin(results, calls)
        except UniqueViolation:  # a carrier gave two messages the same id
            self._write_one_by_one(results)
            ours = self._finish_and_begin([], calls)
        for each in results:
            if each.state in ("refused", "unsure"):
                log.warning("message %s is %s: %s", each.id, each.state, each.note)
        self._make(calls, ours)

    def _make(self, calls: Sequence[Call], ours: set[int]) -> None:
        held_back: list[Claimed] = []
        for call in calls:
            group = tuple(each for each in call.group if each.id in ours)
            held_back += [each for each in call.group if each.id not in ours]
            if group:
                self._begun += len(group)
                self._callers.start(Call(call.carrier, group))
        if held_back:
            self._put_back(held_back)
            self._board.look_soon()

    def _finish_and_begin(self, results: Sequence[Sent], calls: Sequence[Call]) -> set[int]:
        office, now = self._office, self._office.clock()
        taken = [(each, call.carrier.name) for call in calls for each in call.group]
        return self._until_taken(
            lambda: office.database.one_by_one(
                lambda db: messages.finish_and_begin(
                    db, results=results, taken=taken, worker=office.worker, now=now, lease=LEASE
                )
            )
        )

    def _write_one_by_one(self, results: Sequence[Sent]) -> None:
        for each in results:
            try:
                self._finish_and_begin([each], [])
            except UniqueViolation:
                log.error("message %s was given an id that another message has", each.id)
                self._finish_and_begin([replace(each, provider_id=None, note="its carrier's id is another message's")], [])

    def _through(self, work: Callable[[Connection], Result]) -> Result:
        return self._until_taken(lambda: self._in_one(work))

    def _in_one(self, work: Callable[[Connection], Result]) -> Result:
        with self._office.database.begin() as db:
            return work(db)

    def _until_taken(self, work: Callable[[], Result]) -> Result:
        """Until the database has taken it: what a carrier has answered is never forgotten because of us.

        Done again when nobody knows whether it was committed, and `work` must bear that.
        """
        pause, stopped_at = 0.05, 0.0
        while True:
            try:
                return work()
            except NO_ANSWER as problem:
                if self._office.stop.is_set():
                    stopped_at = stopped_at or time.monotonic()
                    if time.monotonic() - stopped_at > LAST_TRIES_S:
                        raise
                log.warning("the database does not answer (%s); trying again", type(problem).__name__)
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)


def _parted(group: list[Claimed], most: int, most_parts: int) -> tuple[list[Claimed], list[Claimed]]:
    """As many as one call may carry, and the rest; always at least one."""
    parts = 0
    for at, each in enumerate(group):
        parts += each.parts
        if at and (at >= most or parts > most_parts):
            return group[:at], group[at:]
    return group, []
