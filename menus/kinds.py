"""The kinds of screen a dialogue is made of, and the things a screen may answer: Go, Do, Again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, ClassVar, Generic, TypeVar, dataclass_transform

from ussd_app.domain.caller import Line, Person

Target = TypeVar("Target", covariant=True)
Order = TypeVar("Order", covariant=True)


# ---- what a screen is shown and told ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a screen speaks to: the phone in hand and, once that is known, which of its people."""

    line: Line
    person: Person | None = None
    proved: bool = False
    """The right PIN was given in this session."""

    @property
    def me(self) -> Person:
        if self.person is None:
            raise LookupError("nobody has been greeted on this line yet")
        return self.person

    @property
    def shared(self) -> bool:
        """Several people call this phone theirs: nothing of anyone before their own PIN."""
        return len(self.line.own) > 1


@dataclass(frozen=True, slots=True)
class Say:
    """A text inside a text, by its key: the name of a place, one line of a list."""

    key: str
    words: Mapping[str, object] = field(default_factory=dict[str, object])
    to: Person | None = None
    """Whom it names, where that is not the caller."""


Words = Mapping[str, object]
"""What fills a text's placeholders: values that know how to print themselves, a Say, or a tuple of Says, one a line."""


# ---- what a screen may answer ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Go(Generic[Target]):
    """Stand there now. A `note` is said above the page."""

    to: Target
    note: str | None = None
    speaking_as: int | None = None
    """The id of the person who, from here on, is the one speaking."""


@dataclass(frozen=True, slots=True)
class Do(Generic[Order, Target]):
    """Have this done, and stand there now."""

    command: Order
    to: Target
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Stay, and say why in words. Never an ending."""

    note: str


Outcome = Go[Any] | Do[Any, Any] | Again

NOT_IN_THE_LIST = Again("again.key")


# ---- the kinds -------------------------------------------------------------------------------------------


class Zero(Enum):
    """What the key 0 does on a screen, as its text says."""

    HOME = auto()
    BACK = auto()
    LEAVE = auto()
    ANSWER = auto()
    """Here 0 is something a person may mean: no đồng at all."""


class Screen:
    """One page and what may be pressed on it. Its fields are all that is kept of it between two keys."""

    __slots__ = ()
    name: ClassVar[str]
    """For ever: stored visits know the screen by it, and so do its texts."""
    zero: ClassVar[Zero] = Zero.HOME
    public: ClassVar[bool] = False
    """May be shown on a shared phone before the PIN: it tells nothing of anyone's money."""
    helper_may: ClassVar[bool] = False
    """May be shown to a helper who has its owner's consent: to read and to confirm, nothing else."""
    for_keeper: ClassVar[bool] = False
    """Shown on a pay point's own phone, after its PIN, and nowhere else."""
    samples: ClassVar[tuple[str, ...]] = ()
    """Answers worth trying, for the checker."""

    def text(self, caller: Caller) -> str:
        """The key of the text to show."""
        return self.name

    def words(self, caller: Caller) -> Words:
        return {}

    def sealed(self, caller: Caller) -> bool:
        """True when the page itself is a secret and may only be kept encrypted."""
        return False

    def pages(self, caller: Caller) -> int:
        return 1

    def answer(self, typed: str, caller: Caller) -> Outcome:
        return NOT_IN_THE_LIST


class Menu(Screen):
    """Numbered choices. A menu with a field `page` is a list that the key 9 turns over."""

    __slots__ = ()


class Question(Screen):
    """Free text."""

    __slots__ = ()


class Secret(Screen):
    """Free text that is never stored, logged or echoed, nor taken from a dialled string. A note replaces its page."""

    __slots__ = ()


class Goodbye(Screen):
    """Ends the session."""

    __slots__ = ()

    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


@dataclass(frozen=True, slots=True)
class ToHome:
    """The way home, for the journeys that home itself leads to; the engine knows which screen that is."""


HOME = ToHome()


# ---- the register ----------------------------------------------------------------------------------------

SCREENS: dict[str, type[Screen]] = {}

_S = TypeVar("_S", bound=type[Screen])


@dataclass_transform(frozen_default=True)
def screen(name: str) -> Callable[[_S], _S]:
    """Makes a class a screen: frozen, and known for ever by this name."""

    def register(cls: _S) -> _S:
        cls.name = name
        made: _S = dataclass(frozen=True, slots=True)(cls)  # pyright: ignore[reportAssignmentType] - slots make a new class of the same shape
        if name in SCREENS:
            raise ValueError(f"two screens are called {name}")
        SCREENS[name] = made
        return made

    return register
