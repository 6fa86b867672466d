"""Who may go on: actors are threads, one of them moves at a time, and it hands over only where it says so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue

PATIENCE_S = 0.004
"""After so long without a word, an actor may be waiting for a lock that another one holds."""


class Crash(BaseException):
    """The process of this actor ends here and now; no code of ours may catch it."""


@dataclass(eq=False)
class Actor:
    """One process of the play: a worker, a phone, an agent. It lives until its work is done or it crashes."""

    name: str
    number: int = 0
    """How many entered before it in this play."""
    at: str = "the beginning"
    """Where it last handed over."""
    until: datetime | None = None
    """It does nothing before then: an answer is on its way to it."""
    doomed: bool = False
    ended: bool = False
    crashed: bool = False
    locked: bool = False
    """It waits for a row that another actor's open transaction has locked."""
    backend: int = 0
    """Its connection's process in PostgreSQL, while it is in a transaction."""
    trouble: BaseException | None = None
    go: threading.Lock = field(default_factory=threading.Lock)
    back: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.go.acquire()
        self.back.acquire()


class Stage:
    """Gives the word to one actor at a time and takes it back."""

    def __init__(self, waits_for_lock: Callable[[int], bool]) -> None:
        self._waits_for_lock = waits_for_lock
        self._here = threading.local()
        self._free: list[SimpleQueue[tuple[Actor, Callable[[], None]] | None]] = []
        self.overlapping = False
        """Actors may be stopped inside a transaction, so that others may have to wait for their locks."""

    @property
    def actor(self) -> Actor | None:
        """Whose thread this is; none in the director's own."""
        return getattr(self._here, "actor", None)

    def enter(self, name: str, number: int, work: Callable[[], None]) -> Actor:
        """A new actor, standing at its beginning until it is given the word."""
        actor = Actor(name, number)
        inbox = self._free.pop() if self._free else self._new_thread()
        inbox.put((actor, work))
        return actor

    def give_word(self, actor: Actor) -> None:
        """Returns when the actor hands over, ends, or waits for a lock."""
        actor.go.release()
        self._hear(actor)

    def look_after(self, actors: list[Actor]) -> None:
        """Those who waited for a lock that has been given up meanwhile come to their next place."""
        for actor in actors:
            if actor.locked:
                self._hear(actor)

    def hand_over(self, at: str, until: datetime | None = None) -> None:
        """Called in an actor's own thread. Raises Crash when its process ends here."""
        actor = self.actor
        if actor is None:
            return
        actor.at, actor.until = at, until
        actor.back.release()
        actor.go.acquire()
        if actor.doomed:
            raise Crash

    def crash(self) -> None:
        actor = self.actor
        if actor is not None:
            actor.doomed = True
            raise Crash

    def close(self) -> None:
        for inbox in self._free:
            inbox.put(None)

    def _hear(self, actor: Actor) -> None:
        actor.locked = False
        if not self.overlapping:
            actor.back.acquire()
            return
        while not actor.back.acquire(timeout=PATIENCE_S):
            if actor.backend and self._waits_for_lock(actor.backend):
                actor.locked = True
                return

    def _new_thread(self) -> SimpleQueue[tuple[Actor, Callable[[], None]] | None]:
        inbox: SimpleQueue[tuple[Actor, Callable[[], None]] | None] = SimpleQueue()
        threading.Thread(target=self._live, args=(inbox,), daemon=True).start()
        return inbox

    def _live(self, inbox: SimpleQueue[tuple[Actor, Callable[[], None]] | None]) -> None:
        while (role := inbox.get()) is not None:
            actor, work = role
            actor.go.acquire()
            self._here.actor = actor
            try:
                if not actor.doomed:
                    work()
            except Crash:
                actor.crashed = True
            except BaseException as trouble:  # told by whoever gave the word
                actor.trouble = trouble
            actor.ended, self._here.actor = True, None
            self._free.append(inbox)
            actor.back.release()
