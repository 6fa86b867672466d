"""Who is served when more call than can be: those under way before those who begin, and nobody waits in vain."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Seconds = Callable[[], float]

WAITING_ROOM = 128
"""Threads of a web process: one works, the others wait their turn and know for how long."""

PATIENCE_S = 4.0
"""A gateway hangs up after ten seconds and a person sooner: whoever cannot be served by then is told so."""

PATIENCE_AT_FIRST_S = 2.0
"""Nothing is lost by somebody who has only dialled; they make room for those in the middle of something."""

SLOW_S = 2.0
"""A turn takes a few milliseconds. One that takes so long says that the database is in trouble."""

LOOK_AGAIN_S = 0.25
COUNTED_EVERY_S = 10.0


@dataclass(slots=True)
class Turnstile:
    """One turn at a time in each process, which is faster than several; a line for those under way, and one behind it.

    While the room has space, nobody waits before its door, and each wait is known. A room that has been full without a
    break may have people before its door for just as long.
    """

    room: int = WAITING_ROOM
    clock: Seconds = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _taken_at: float | None = None
    _full_since: float | None = None
    _under_way: deque[threading.Lock] = field(default_factory=deque[threading.Lock])
    _beginning: deque[threading.Lock] = field(default_factory=deque[threading.Lock])

    @property
    def stuck(self) -> bool:
        taken_at = self._taken_at
        return taken_at is not None and self.clock() - taken_at > SLOW_S

    def enter(self, begins: bool) -> bool:
        """False as soon as it can be seen that the wait is, or will be, too long."""
        patience = PATIENCE_AT_FIRST_S if begins else PATIENCE_S
        with self._lock:
            now = self.clock()
            if self._taken_at is None:
                self._taken_at = now
                return True
            if self._full_for(now) > patience or now - self._taken_at > SLOW_S:
                return False
            line = self._beginning if begins else self._under_way
            called = threading.Lock()  # an Event costs ten times as much
            called.acquire()
            line.append(called)
        return self._wait(called, line, now + patience)

    def _full_for(self, now: float) -> float:
        waiting = len(self._under_way) + len(self._beginning)
        if waiting < self.room * 3 // 4:
            self._full_since = None
        elif self._full_since is None:
            self._full_since = now
        return now - self._full_since if self._full_since is not None else 0.0

    def _wait(self, called: threading.Lock, line: deque[threading.Lock], until: float) -> bool:
        while not called.acquire(timeout=LOOK_AGAIN_S):
            if self.clock() > until or self.stuck:
                with self._lock:
                    if called.locked():
                        line.remove(called)
                        return False
        return True

    def leave(self) -> None:
        with self._lock:
            line = self._under_way or self._beginning
            if line:
                self._taken_at = self.clock()
                line.popleft().release()
            else:
                self._taken_at = None


@dataclass(slots=True)
class Fuse:
    """Blows when a turn was slow or the database did not answer; meanwhile somebody else looks whether it does again.

    The look is made at once and beside the turns: a fuse that blew for nothing is whole again within milliseconds.
    """

    look: Callable[[], None]
    """Asks the database something small; may raise, and may take long."""
    clock: Seconds = time.monotonic
    wait: Callable[[float], None] = time.sleep
    _blown: threading.Event = field(default_factory=threading.Event)

    @property
    def blown(self) -> bool:
        return self._blown.is_set()

    def blow(self) -> None:
        if not self._blown.is_set():
            self._blown.set()
            threading.Thread(target=self._mend, name="fuse", daemon=True).start()

    def _mend(self) -> None:
        quick, needed = 0, 1
        while quick < needed:
            if self._answers_quickly():
                quick += 1
            else:
                quick, needed = 0, 3
            if quick < needed:
                self.wait(LOOK_AGAIN_S)
        self._blown.clear()

    def _answers_quickly(self) -> bool:
        began = self.clock()
        try:
            self.look()
        except Exception:  # whatever it is, it is no answer
            return False
        return self.clock() - began < LOOK_AGAIN_S


@dataclass(slots=True)
class Bucket:
    """So many new sessions a second, and as many at once; none means any number."""

    a_second: int
    clock: Seconds = time.monotonic
    _left: float = 0.0
    _filled_at: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        if not self.a_second:
            return True
        with self._lock:
            now = self.clock()
            self._left = min(self.a_second, self._left + (now - self._filled_at) * self.a_second)
            self._filled_at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


@dataclass(slots=True)
class Gate:
    """What a turn passes before the database is asked anything."""

    fuse: Fuse
    bucket: Bucket
    turnstile: Turnstile = field(default_factory=Turnstile)
    _counted_at: float = float("-inf")
    _turned_away: dict[str, int] = field(default_factory=dict[str, int])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def turn(self, begins: bool) -> Iterator[bool]:
        """True when this turn may be taken; whoever is turned away is counted with the reason."""
        reason = self._refusal(begins)
        if reason:
            self._count(reason)
            yield False
            return
        try:
            yield True
        finally:
            if self.turnstile.stuck:
                self.fuse.blow()
            self.turnstile.leave()

    def _refusal(self, begins: bool) -> str:
        if self.fuse.blown:
            return "database"
        if begins and not self.bucket.take():
            return "new_sessions"
        if not self.turnstile.enter(begins):
            if not self.turnstile.stuck:
                return "waiting"
            self.fuse.blow()
            return "database"
        if not self.fuse.blown:
            return ""
        self.turnstile.leave()  # it blew while we waited
        return "database"

    def _count(self, reason: str) -> None:
        with self._lock:
            self._turned_away[reason] = self._turned_away.get(reason, 0) + 1

    def count_is_due(self) -> bool:
        return bool(self._turned_away) and self.turnstile.clock() - self._counted_at > COUNTED_EVERY_S

    def turned_away(self) -> dict[str, int]:
        """How many since this was asked last, by reason."""
        with self._lock:
            counted, self._turned_away = self._turned_away, {}
            self._counted_at = self.turnstile.clock()
        return counted
