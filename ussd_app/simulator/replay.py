"""Playing a transcript against a service that speaks Africa's Talking's form, and saying where it answers otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ussd_app.simulator.gateway import NETWORK_CODE, Screen, UssdSession
from ussd_app.simulator.likeness import Likeness, compare
from ussd_app.simulator.screens import dialled_behind
from ussd_app.simulator.transcript import BadTranscript, Dials, Drops, Presses, Step, Transcript


@dataclass(frozen=True, slots=True)
class Service:
    """Where the turns go, where ends are told of (nowhere when empty), and the code that is dialled."""

    ussd_url: str = field(repr=False)
    code: str
    events_url: str = field(default="", repr=False)
    network_code: str = NETWORK_CODE


@dataclass(frozen=True, slots=True)
class Played:
    """One step as it went. `difference` is empty when it went as it is written; `why` names the network's trouble."""

    step: Step
    screen: Screen | None = None
    difference: tuple[str, ...] = ()
    why: str = ""


@dataclass(slots=True)
class Player:
    """Keys one transcript in. `repeat`: every callback is sent twice, and must be answered with the same bytes."""

    service: Service
    phone: str
    secrets: Mapping[str, str] = field(repr=False)
    repeat: bool = False
    drop_after: int = 0
    _session: UssdSession | None = field(default=None, init=False)
    _words: Mapping[str, str] = field(default_factory=dict, init=False)

    def play(self, transcript: Transcript) -> Iterator[Played]:
        """Stops at the first difference: keys meant for one page must not be pressed on another."""
        pages = 0
        for step in transcript.steps:
            if isinstance(step, Drops):
                self.hang_up()
                yield Played(step)
                continue
            played = self._take(step)
            yield played
            if played.difference:
                return
            pages += 1
            if pages == self.drop_after:
                yield from self._drop_here(step)
                return

    def hang_up(self) -> None:
        if self._session is not None:
            self._session.hang_up()

    def _take(self, step: Dials | Presses) -> Played:
        match step:
            case Dials():
                self.hang_up()
                self._session = self._new_session()
                screen = self._session.dial(self._behind(step))
            case Presses():
                if self._session is None or self._session.ended:
                    return Played(step, difference=("- a line that is open", "+ the line is over"))
                screen = self._session.press(self.secrets[step.secret] if step.secret else step.keys)
        likeness = compare(step.page, screen.kind, screen.text, self._words)
        self._words = likeness.words
        return Played(step, screen, self._twice(screen, likeness), self._session.error)

    def _twice(self, screen: Screen, likeness: Likeness) -> tuple[str, ...]:
        if not (self.repeat and likeness.same and self._session):
            return likeness.difference
        again = self._session.repeat()
        if (again.kind, again.text) == (screen.kind, screen.text):
            return ()
        return ("  the same callback once more was answered otherwise:", *_both(screen, again))

    def _drop_here(self, step: Step) -> Iterator[Played]:
        """The line drops and the person dials again. What a service says then is shown; that it answers is demanded."""
        self.hang_up()
        yield Played(Drops(step.line))
        yield self._take(Dials(step.line, self.service.code))

    def _new_session(self) -> UssdSession:
        where = self.service
        return UssdSession(
            "",
            self.phone,
            where.code,
            where.network_code,
            ussd_url=where.ussd_url,
            events_url=where.events_url,
        )

    def _behind(self, step: Dials) -> str:
        behind = dialled_behind(self.service.code, step.dialled)
        if behind is None:
            raise BadTranscript(f"Line {step.line}: {step.dialled} is not the code {self.service.code}.")
        return behind


def _both(first: Screen, second: Screen) -> tuple[str, ...]:
    return (
        *(f"- | {line}" for line in f"{first.kind} {first.text}".split("\n")),
        *(f"+ | {line}" for line in f"{second.kind} {second.text}".split("\n")),
    )
