"""One schedule: who acts in it, what each does, and what is on its way between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any, LiteralString, cast
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import text

from proof import troubles
from proof.backup import Backups
from proof.cast import Errand, Lost, Place
from proof.chance import Chance
from proof.ground import BEGINNING, Clock, WatchedDatabase
from proof.machines import SAFE, Listener, heard_by
from proof.people import People, Someone
from proof.provider import Called, ProviderUnderProof
from proof.stage import Actor, Stage
from proof.story import Story
from proof.wire import Answer, ask
from sms.providers.port import SmsProvider
from ussd_app.actions import cash_outs as actions
from ussd_app.actions.desk import Desk
from ussd_app.actions.dialogue import Press, carry_out
from ussd_app.domain.commands import RequestCashOut, RequestToWallet
from ussd_app.domain.money import Dong
from workers import cash_out, redeem
from workers.mobile_money.port import (
    Codes,
    MobileMoney,
    NotRedeemed,
    Order,
    Redeemed,
    Redemption,
    State,
    Submitted,
    Unsure,
)
from workers.office import Office

POINT = "054431"
CODE_LIVES_S = 172_800
HOLDS_LIVE = timedelta(hours=1)
"""In the one wrong machine where they do."""


@dataclass
class House:
    """What one process opens once and every schedule of it uses."""

    database: WatchedDatabase
    desk: Desk
    clock: Clock
    stage: Stage
    provider: ProviderUnderProof
    people: People
    callbacks: Flask
    sms: SmsProvider
    look: Callable[[LiteralString], tuple[Any, ...]]
    """One row, outside of any transaction."""
    machine: str = SAFE
    backups: Backups | None = None
    """None where nothing can be put back."""
    lives: int = 0
    """How many schedules had a year of their own."""


@dataclass
class Play:
    """The state of one schedule while it runs."""

    house: House
    chance: Chance
    story: Story = field(default_factory=Story)
    people: list[Someone] = field(default_factory=list[Someone])
    severity: float = 1.0
    began: datetime = BEGINNING
    shut: bool = False
    """No worker may start: a backup was put back, and the product has not been told yet."""
    lost: Lost | None = None
    """Only in a schedule whose database is put back."""
    errands: list[Errand] = field(default_factory=list[Errand])
    places: list[Place] = field(default_factory=list[Place])
    actors: list[Actor] = field(default_factory=list[Actor])
    attempts: dict[UUID, str] = field(default_factory=dict[UUID, str])
    """Every id under which something was sent, and the reference of the cash-out it was for."""
    planned: set[UUID] = field(default_factory=set[UUID])
    """Orders for which it is settled who goes to an agent, and when."""
    paid_out: list[UUID] = field(default_factory=list[UUID])
    """Orders that were paid, and of which it is not settled yet whether the provider takes them back."""
    reversed_last: datetime | None = None
    """When the provider was last told to take something back."""
    touched: bool = True
    """Something may have changed at the provider since it was last looked at."""
    committed: bool = True
    """Something may have changed on our side since it was last looked at."""
    changed: bool = True
    """Something may have changed on either side since the promises were last looked at."""
    breaches: list[str] = field(default_factory=list[str])
    old_answers: dict[str, tuple[datetime, Answer]] = field(default_factory=dict[str, tuple[datetime, Answer]])

    _client: MobileMoney | None = None

    # ---- words ------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.house.clock.now

    def say(self, what: str, who: str = "") -> None:
        actor = self.house.stage.actor
        self.story.say(BEGINNING + (self.now - self.began), who or (actor.name if actor else "the director"), what)

    def here(self, place: str) -> str:
        """The place of a draw in this actor's own life: two who move at once do not mix up each other's draws."""
        actor = self.house.stage.actor
        return f"{place} {actor.number}" if actor else place

    def later(self, place: str, seconds: tuple[int, ...]) -> datetime:
        return self.now + timedelta(seconds=self.chance.pick(place, seconds) * (0.5 + self.chance.share(place)))

    def touch(self) -> None:
        self.touched = self.changed = True

    # ---- where something may happen ---------------------------------------------------------------------

    def watch(self, where: str, backend: int) -> None:
        """Called by the database at every place of a transaction, in the thread of whoever makes it."""
        stage = self.house.stage
        if where == "after a commit":
            self.committed = self.changed = True
        actor = stage.actor
        if actor is None:
            return
        if actor.doomed:
            stage.crash()
        if backend:
            actor.backend = backend
            if stage.overlapping and self.chance.strikes(self.here("inside"), troubles.STOPS_INSIDE):
                stage.hand_over(where)
            return
        actor.backend = 0
        if self.chance.strikes(self.here("dies"), troubles.DIES_AT_A_TRANSACTION * self.severity):
            self.say(f"dies {where}")
            stage.crash()
        freed = stage.overlapping and any(each.locked for each in self.actors)
        if freed or self.chance.strikes(self.here("switch"), troubles.SWITCHES):
            stage.hand_over(where)

    # ---- what the actors do -----------------------------------------------------------------------------

    def office(self, place: Place) -> Office:
        house = self.house
        if self._client is None:
            self._client = heard_by(house.machine, _Noted(house.provider.client, self))
        return Office(
            house.database,
            house.desk,
            house.sms,
            self._client,
            lambda: house.clock.now + place.skew,
            place.name,
            CODE_LIVES_S,
            Event(),
        )

    def work(self, place: Place) -> None:
        place.idle_at = None
        if self.house.machine == "hold-expires-while-sent":
            self._expire_holds()
        office = self.office(place)
        if not cash_out.drain(office) + redeem.drain(office):
            place.idle_at = self.now

    def ask_for_cash(self, errand: Errand) -> None:
        someone = errand.someone
        assert someone is not None
        house = self.house
        with house.database.begin() as db:
            press, amount = Press(someone.phone, self.now, uuid4()), Dong(errand.amount)
            to_wallet = RequestToWallet(someone.id, amount)
            wish = to_wallet if errand.into_wallet else RequestCashOut(someone.id, amount, POINT)
            effect = carry_out(db, house.desk, press, wish)
        self.say("the cash-out is asked for and held" if effect.cash_out_id else "nothing is started: no second one")

    def settle(self, errand: Errand | None = None) -> None:
        provider = self.house.provider
        self.touch()
        if provider.settle():
            self.say("settles an order")
        elif provider.lapse():
            self.say("a code's time is over")

    def call_back(self, errand: Errand) -> None:
        called = errand.called
        assert called is not None
        url = f"http://product.proof/mobile-money/{self.house.provider.name}"
        headers = {"Content-Type": "application/json", **called.headers}
        answer = ask(self.house.callbacks, "PUT", url, headers, called.body)
        self.say(f"our page answers it with {answer.status}")
        if self.house.machine == "callback-believed" and answer.status == 204:
            self._believe(called)

    def visit(self, errand: Errand) -> None:
        assert errand.attempt is not None
        self.touch()
        self.say(self.house.provider.hand_over(errand.attempt, POINT) or "there is no such code")
        self.paid_out.append(errand.attempt)

    def take_back(self, errand: Errand) -> None:
        assert errand.attempt is not None and errand.reversal is not None
        self.reversed_last = self.now
        self.touch()
        said = self.house.provider.reverse(errand.attempt, errand.reversal, errand.amount or None)
        self.say(said or "nothing was paid, or nothing is ever taken back")

    def arrive_late(self, errand: Errand) -> None:
        assert errand.request is not None
        self.touch()
        self.house.provider.answer(*errand.request)
        self.say("a request that was given up long ago reaches the provider")

    # ---- the wrong machines -----------------------------------------------------------------------------

    def _believe(self, called: Called) -> None:
        house, body = self.house, called.body.lower()
        with house.database.begin() as db:
            if b"transactionstatus" in body and b"completed" in body:
                actions.pay(
                    db,
                    house.desk,
                    UUID(called.attempt),
                    provider_reference=uuid4().hex,
                    paid_at=self.now,
                    now=self.now,
                )
            elif b"errorcategory" in body:
                actions.fail(db, house.desk, UUID(called.attempt), reason="called back", now=self.now)

    def _expire_holds(self) -> None:
        house = self.house
        with house.database.begin() as db:
            old = db.execute(
                text("""SELECT id FROM cash_out WHERE person_id = ANY(:people) AND asked_at < :before
                        AND state IN ('sent', 'unknown', 'issued')"""),
                {"people": [each.id for each in self.people], "before": self.now - HOLDS_LIVE},
            ).all()
            for row in old:
                actions.fail(db, house.desk, row.id, reason="expired by ourselves", now=self.now)
                self.say("gives back a hold that is an hour old")


class _Noted(Listener):
    """What the client was asked and what it understood goes into the story."""

    def __init__(self, client: MobileMoney, play: Play) -> None:
        super().__init__(client)
        self._play = play

    def submit(self, order: Order) -> Submitted:
        play = self._play
        play.attempts[order.attempt_id] = order.reference
        said = super().submit(order)
        play.say(f"sends {order.reference} and understands: {_short(said)}")
        return said

    def enquire(self, order: Order) -> State:
        said = super().enquire(order)
        self._play.say(f"asks about {order.reference} and understands: {_short(said)}")
        return said

    def redeem(self, redemption: Redemption) -> Redeemed | NotRedeemed | Unsure:
        said = cast(Codes, self._client).redeem(redemption)
        self._play.say(f"takes a code there that was keyed in, and understands: {_short(said)}")
        return said


def _short(said: object) -> str:
    """The answer's name, and its reason if it has one."""
    reason = getattr(said, "reason", "")
    return type(said).__name__ + (f" ({reason})" if reason else "")
