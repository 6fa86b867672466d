"""Who goes next in a schedule, when the clock moves, and when everything has come to rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from proof import checks, plans, restoring, troubles
from proof.cast import Errand, Place
from proof.chance import Chance
from proof.line import carry
from proof.play import House, Play
from proof.provider import Called
from proof.putting_away import put_away
from proof.stage import Actor
from proof.story import Story
from proof.stumbling import overheard
from proof.wire import line_to_provider

WILD_STEPS = 90
MOST_STEPS = 1_500
NOBODY_KNOWS_AFTER = timedelta(days=6)
"""Of calm: what is unknown then is left to a person, and the provider must never have heard of it."""
LOOKED_AT_FOR = timedelta(days=8)
"""So long what has ended is looked at again, and what the provider took back must be known."""

_DUE = """
    SELECT min(at) FILTER (WHERE state NOT IN ('issued', 'paid', 'failed')),
           min(at) FILTER (WHERE state = 'issued'), min(at) FILTER (WHERE state IN ('paid', 'failed', 'reversed'))
    FROM (SELECT c.state, greatest(c.next_step_at, c.lease_until, p.until) AS at
          FROM cash_out c LEFT JOIN provider_pause p
               ON p.provider = c.provider AND (c.state = 'held' OR p.reason = 'not_authorised')
          WHERE c.state IN ('held', 'sent', 'unknown', 'issued') AND c.next_step_at < 'infinity'
          UNION ALL
          SELECT 'keyed in', greatest(next_step_at, lease_until) FROM redemption WHERE state IN ('asked', 'sent', 'unsure')
          UNION ALL
          SELECT state, greatest(watch_at, lease_until) FROM cash_out
          WHERE state IN ('paid', 'failed', 'reversed') AND watch_at IS NOT NULL) AS due
"""
"""When our side has something to do: for certain; to look again at a code; to look again at what has ended."""


def perform(
    house: House,
    seed: int,
    spared: frozenset[str] = frozenset(),
    after_each_step: Callable[[Play], None] | None = None,
) -> Play:
    """Run one schedule to its rest; what it breached stands in the play."""
    play = Play(house, Chance(seed, spared), Story())
    house.provider.begin(seed)
    house.database.watch = play.watch
    restoring.choose(play)
    house.clock.set(play.began)
    plans.cast(play)
    director = _Director(play, after_each_step)
    with line_to_provider(lambda request: carry(play, request)), overheard(play.breaches):
        director.direct()
        house.stage.overlapping = False
        restoring.close_the_days(play)
    play.breaches.extend(checks.at_rest(play))
    put_away(house, play.people, play.now)
    return play


class _Director:
    def __init__(self, play: Play, after_each_step: Callable[[Play], None] | None) -> None:
        self._after_each_step = after_each_step
        self._play, self._house, self._chance = play, play.house, play.chance
        self._steps = self._entered = 0
        self._calm_since: datetime | None = None
        self._polls = 1
        """How often a code nobody redeems is looked at; a worker that is down for a day does no harm."""
        self._watched = play.chance.share("watched") < 0.1
        self._provider_actor: Actor | None = None
        self._due_there: datetime | None = None
        self._ours: tuple[datetime | None, ...] = None, None, None

    def direct(self) -> None:
        while self._steps < MOST_STEPS:
            self._steps += 1
            if self._steps == WILD_STEPS or self._play.now > self._play.began + timedelta(days=3):
                self._calm_down()
            choices = self._choices()
            if choices:
                self._go(self._chance.pick("next", choices) if not self._chance.calm else choices[0])
            elif not self._wait():
                return
        self._play.breaches.append(f"after {MOST_STEPS} steps it has still not come to rest")

    # ---- one step ---------------------------------------------------------------------------------------

    def _choices(self) -> list[Callable[[], Actor | None]]:
        now = self._play.now
        going = [each for each in self._play.actors if not each.locked and (each.until is None or each.until <= now)]
        choices: list[Callable[[], Actor | None]] = [lambda each=each: each for each in going]
        choices += [lambda each=each: self._start(each) for each in self._play.errands if each.at <= now]
        ready = [each for each in self._play.places if self._may_work(each)]
        if ready and (not choices or self._chance.share("looks") < 0.4):
            due = min((each for each in self._due() if each), default=None)
            choices += [lambda each=each: self._staff(each) for each in ready if due and due <= now + each.skew]
        if self._provider_actor is None:
            due = self._provider_due()
            if due is not None and due <= now:
                choices.append(self._open_the_provider)
        return choices

    def _may_work(self, place: Place) -> bool:
        now = self._play.now
        return not self._play.shut and place.actor is None and place.down_until <= now and place.idle_at != now

    def _go(self, choice: Callable[[], Actor | None]) -> None:
        actor = choice()
        if actor is not None:
            self._go_on(actor)
        if self._after_each_step:
            self._after_each_step(self._play)
        if self._watched and self._play.changed and not self._house.stage.overlapping:
            self._play.changed = False
            if found := checks.at_every_moment(self._play):
                self._play.breaches.extend(found)
                self._watched = False

    def _go_on(self, actor: Actor) -> None:
        self._house.stage.give_word(actor)
        self._house.stage.look_after(self._play.actors)
        for each in [each for each in self._play.actors if each.ended]:
            self._end(each)

    def _stop_us(self) -> None:
        """Whoever is on the stage is in the middle of something of ours: what the others do, they do at once."""
        for each in self._play.actors:
            each.doomed = True
        while self._play.actors:
            free = [each for each in self._play.actors if not each.locked]
            self._go_on(free[0]) if free else self._house.stage.look_after(self._play.actors)

    def _enter(self, name: str, work: Callable[[], None]) -> Actor:
        self._entered += 1
        actor = self._house.stage.enter(name, self._entered, work)
        self._play.actors.append(actor)
        return actor

    def _start(self, errand: Errand) -> Actor | None:
        play = self._play
        play.errands.remove(errand)
        play.say(errand.what, errand.who)
        if errand.stops_us:
            self._stop_us()
        if errand.act is not None and errand.alone:
            return errand.act()
        if errand.act is not None:
            return self._enter(errand.who, errand.act)
        if errand.someone is not None:
            return self._enter(errand.who, lambda: play.ask_for_cash(errand))
        if errand.called is not None:
            return self._enter(errand.who, lambda: play.call_back(errand))
        if errand.request is not None:
            return self._enter(errand.who, lambda: play.arrive_late(errand))
        if errand.reversal is not None:
            return self._enter(errand.who, lambda: play.take_back(errand))
        return self._enter(errand.who, lambda: play.visit(errand))

    def _staff(self, place: Place) -> Actor:
        place.actor = self._enter(place.name, lambda: self._play.work(place))
        return place.actor

    def _open_the_provider(self) -> Actor:
        self._provider_actor = self._enter("the provider", self._play.settle)
        return self._provider_actor

    def _end(self, actor: Actor) -> None:
        play = self._play
        play.actors.remove(actor)
        if actor is self._provider_actor:
            self._provider_actor = None
        for place in play.places:
            if place.actor is actor:
                place.actor = None
                if actor.crashed or actor.trouble:
                    place.down_until = play.later("down", troubles.DOWN_S)
        if actor.trouble is not None:
            play.say(f"is ended by {type(actor.trouble).__name__}", actor.name)
            play.breaches.append(f"{actor.name} raised {type(actor.trouble).__name__}: {actor.trouble}")

    # ---- what the provider owes, and who goes to an agent -----------------------------------------------

    def _hear_the_provider(self) -> None:
        for called in self._house.provider.callbacks():
            self._send(called)
        while self._play.paid_out:
            plans.take_back(self._play, self._play.paid_out.pop())
        for attempt in [each for each in self._play.attempts if each not in self._play.planned]:
            entry = self._house.provider.book([attempt]).get(attempt)
            if entry is not None and entry.may_still_pay and entry.words == "active":
                self._play.planned.add(attempt)
                plans.go_to_agents(self._play, attempt)
            elif entry is not None and entry.paid:  # into a wallet: nobody goes anywhere
                self._play.planned.add(attempt)
                plans.take_back(self._play, attempt)

    def _send(self, called: Called) -> None:
        play, chance = self._play, self._chance
        fate = chance.fault("called back", troubles.CALLED_BACK, play.severity)
        if fate == "lost":
            play.say("a callback is lost", "the network")
            return
        at = play.later("late callback", troubles.LATE_S) if fate == "late" else play.now
        if fate == "with another body":
            unhashed = {name: value for name, value in called.headers.items() if name.lower() != "x-content-hash"}
            called = Called(called.attempt, unhashed, b'{"transactionStatus": "completed", "amount": "1"}')
        for _ in range(2 if fate == "twice" else 1):
            play.errands.append(Errand(at, "the network", f"carries a callback {fate}".rstrip(), called=called))
        if chance.strikes("forged", troubles.FORGED * play.severity):
            made_up = chance.pick("forged body", self._house.provider.forged(UUID(called.attempt)))
            play.errands.append(Errand(play.now, "a stranger", "forges a callback", called=made_up))

    # ---- the clock --------------------------------------------------------------------------------------

    def _provider_due(self) -> datetime | None:
        if self._play.touched:
            self._play.touched = False
            self._due_there = self._house.provider.next_due()
            self._hear_the_provider()
        return self._due_there

    def _due(self) -> tuple[datetime | None, ...]:
        if self._play.committed:
            self._play.committed = False
            row = self._house.look(_DUE)
            self._ours = row[0], row[1], row[2]
        return self._ours

    def _wait(self) -> bool:
        """Let time go by until something is due. False when nothing ever will be."""
        play = self._play
        ours, issued, watched = self._due()
        times = [each.at for each in play.errands] + [each.until for each in play.actors if each.until]
        if (due := self._provider_due()) is not None:
            times.append(due)
        if ours is not None:
            times.append(ours)
        if issued is not None and (self._polls > 0 or not times):
            self._polls -= 1
            times.append(issued)
        elif watched is not None and self._looks_again():
            self._polls -= 1
            times.append(watched)
        down = [place.down_until for place in play.places if place.down_until > play.now]
        waiting = (ours is not None or issued is not None) and bool(down)
        if waiting:
            times += down
        if play.actors and not times:
            play.breaches.append("actors wait for each other for ever: " + ", ".join(each.name for each in play.actors))
            return False
        if not times or self._has_come_to_rest():
            return False
        later = [each for each in times if each > play.now]
        self._house.clock.set(min(later) if later else play.now + timedelta(seconds=1))
        return True

    def _looks_again(self) -> bool:
        last = self._play.reversed_last
        return self._polls > 0 or (last is not None and self._play.now <= last + LOOKED_AT_FOR)

    def _has_come_to_rest(self) -> bool:
        if self._calm_since is None or self._play.now <= self._calm_since + NOBODY_KNOWS_AFTER:
            return False
        last = self._play.reversed_last
        return last is None or self._play.now > last + LOOKED_AT_FOR

    def _calm_down(self) -> None:
        self._chance.calm, self._calm_since = True, self._calm_since or self._play.now
        for place in self._play.places:
            place.skew = timedelta(0)
            place.down_until = min(place.down_until, self._play.now)
