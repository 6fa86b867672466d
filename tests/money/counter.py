"""One person, one worker, the real GSMA client, the simulator's provider, and troubles on the line in a given order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID, uuid4

import requests
from sqlalchemy import text

from proof import checks, wire
from proof.ground import WatchedDatabase
from proof.people import Someone
from proof.play import CODE_LIVES_S, POINT, House
from proof.provider import Called
from proof.putting_away import put_away
from proof.wire import Answer, ask, line_to_provider
from ussd_app.actions.dialogue import Press, carry_out
from ussd_app.domain.commands import RequestCashOut
from ussd_app.domain.money import Dong
from workers import cash_out
from workers.office import Office


class Killed(BaseException):
    """The worker's process ends here."""


@dataclass
class Counter:
    house: House
    someone: Someone
    sending: list[str] = field(default_factory=list[str])
    """What befalls the next orders on the line, one after the other; then nothing more does."""
    asking: list[str] = field(default_factory=list[str])
    """The same for enquiries; a last `always …` befalls all that follow."""
    sent: list[UUID] = field(default_factory=list[UUID])
    """The id of every order that left us."""
    skew: timedelta = timedelta()
    paid_elsewhere: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    """Cash-outs that were paid under a later attempt's id."""

    @property
    def database(self) -> WatchedDatabase:
        return self.house.database

    @property
    def now(self) -> datetime:
        return self.house.clock.now

    @property
    def office(self) -> Office:
        client = self.house.provider.client
        clock = lambda: self.now + self.skew  # noqa: E731
        return Office(self.database, self.house.desk, self.house.sms, client, clock, "worker", CODE_LIVES_S, Event())

    # ---- what people and processes do -------------------------------------------------------------------

    def ask(self, amount: int = 500_000) -> UUID:
        """Confirms a cash-out; its id, or that of the one which is under way already."""
        with self.database.begin() as db:
            press = Press(self.someone.phone, self.now, uuid4())
            carry_out(db, self.house.desk, press, RequestCashOut(self.someone.id, Dong(amount), POINT))
        return self.ours[-1].id

    def work(self) -> int:
        return cash_out.drain(self.office)

    def passes(self, **much: float) -> None:
        self.house.clock.passes(timedelta(**much))

    def lives_on(self, hours: float, step_minutes: float = 10) -> None:
        """Time goes by, and both sides do what is due."""
        for _ in range(int(hours * 60 / step_minutes)):
            self.passes(minutes=step_minutes)
            self.settle()
            self.work()

    def settle(self) -> None:
        self.passes(seconds=1)
        while self.house.provider.settle() or self.house.provider.lapse():
            pass

    def callbacks(self) -> list[Called]:
        self.house.provider.next_due()
        return self.house.provider.callbacks()

    def call_back(self, called: Called) -> int:
        url = "http://product.proof/mobile-money/gsma"
        return ask(self.house.callbacks, "PUT", url, dict(called.headers), called.body).status

    def redeem(self, id: UUID) -> str:
        return self.house.provider.hand_over(id, POINT)

    def issued(self) -> UUID:
        """A cash-out whose code is with its owner."""
        id = self.ask()
        self.work()
        self.settle()
        self.passes(minutes=1)
        self.work()
        assert self.state(id) == "issued"
        return id

    # ---- what can be seen -------------------------------------------------------------------------------

    @property
    def ours(self) -> list[checks.Kept]:
        with self.database.begin() as db:
            order = [row.id for row in db.execute(text("SELECT id FROM cash_out ORDER BY asked_at, reference"))]
            kept = checks.kept(db, [self.someone])
        return sorted(kept, key=lambda each: order.index(each.id))

    def one(self, id: UUID) -> checks.Kept:
        return next(each for each in self.ours if each.id == id)

    def state(self, id: UUID) -> str:
        return self.one(id).state

    def paid(self, id: UUID) -> int:
        """By the provider's own book."""
        entry = self.house.provider.book([id]).get(id)
        return entry.paid if entry else 0

    def ledger(self, id: UUID) -> str:
        """What the ledger says of it: `held`, `paid` or `given back`, all of it."""
        each = self.one(id)
        match each.held - each.posted - each.voided, each.posted, each.voided:
            case each.amount, 0, 0:
                return "held"
            case 0, each.amount, 0:
                return "paid"
            case 0, 0, each.amount:
                return "given back"
            case other:
                return f"neither: {other}"

    def number(self, sql: str, **values: object) -> int:
        with self.database.begin() as db:
            return int(db.execute(text(sql), {"person": self.someone.id, **values}).scalar_one())

    def disagreements(self) -> list[str]:
        """Where our ledger and the provider's book say two things of this person's money."""
        return [
            f"{each.reference}: {self.paid(each.id)} paid there, {each.posted} posted here"
            for each in self.ours
            if not each.live and each.posted != self.paid(self.paid_elsewhere.get(each.id, each.id))
        ]

    def put_away(self) -> None:
        put_away(self.house, [self.someone], self.house.clock.now)

    # ---- the line ---------------------------------------------------------------------------------------

    def carry(self, request: requests.PreparedRequest) -> requests.Response:
        posts = request.method == "POST"
        beat = str(request.url).endswith("/heartbeat")
        script = self.sending if posts else [] if beat else self.asking
        trouble = (script[0] if script and script[0].startswith("always ") else script.pop(0)) if script else ""
        trouble = trouble.removeprefix("always ")
        if posts:
            self.sent.append(UUID(request.headers["X-CorrelationID"]))
        match trouble:
            case "killed before":
                raise Killed
            case "lost":
                raise wire.timed_out(request)
            case "503":
                return Answer(503, {}, b"").as_response(request)
            case _:
                pass
        body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        said = self.house.provider.answer(str(request.method), str(request.url), dict(request.headers), body)
        match trouble:
            case "killed after":
                raise Killed
            case "answer lost":
                raise wire.timed_out(request)
            case "reset":
                raise wire.reset(request)
            case "half":
                said = replace(said, body=said.body[: len(said.body) // 2])
            case "called back before":
                self.settle()
                for called in self.callbacks():
                    assert self.call_back(called) == 204
            case word if word.startswith("reword "):
                _, old, new = word.split(" ")
                said = replace(said, body=said.body.replace(old.encode(), new.encode()))
            case "":
                pass
            case unknown:
                raise AssertionError(f"there is no trouble called {unknown}")
        return said.as_response(request)


@contextmanager
def counter_in(house: House) -> Iterator[Counter]:
    counter = Counter(house, house.people.take(1)[0])
    house.provider.begin(27)
    house.database.watch = lambda where, backend: None
    with line_to_provider(counter.carry):
        yield counter
