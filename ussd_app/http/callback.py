"""What a gateway sends for one turn, and how we know whether it is a new key or one that was answered before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ussd_app.domain.phone import Phone

Fingerprint = Callable[[str], bytes]
"""Keyed, and another one for each session: enough to know a repeat, nothing to read a PIN from."""

Clock = Callable[[], datetime]

SAME_KEY_IS_A_REPEAT_WITHIN = timedelta(seconds=3)
"""Nobody sees a page, reads it and presses in less. Counted from our answer, so that the repeat of a slow turn counts."""

_SHORT = 8  # bytes of a fingerprint kept for each message id
_TIME = 8


@dataclass(frozen=True, slots=True)
class Callback:
    """One turn. `text` is everything keyed so far, joined by `*`: it holds the PIN."""

    session_id: str
    phone: Phone
    text: str
    network_code: str

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.phone.masked()}, {len(self.text)} characters)"

    @property
    def begins(self) -> bool:
        return not self.text

    @property
    def dialled(self) -> str:
        """What was keyed with the short code, when we have never heard of this session."""
        return self.text

    def follows(self, length: int, mark: bytes, fingerprint: Fingerprint, clock: Clock) -> bool:
        """Is this the next key after the turn kept with `length` and `mark`? If not it is a repeat, or comes late."""
        went_on = len(self.text) > length and (length == 0 or self.text[length] == "*")
        return went_on and fingerprint(self.text[:length]) == mark

    def typed_since(self, length: int) -> str:
        # A reply of nothing at the first page gives no text at all: the star after it is not part of the next reply.
        return self.text[length + 1 :] if length else self.text.lstrip("*")

    def length_after(self, length: int) -> int:
        return len(self.text)

    def mark_after(self, mark: bytes, fingerprint: Fingerprint, clock: Clock) -> bytes:
        return fingerprint(self.text)


@dataclass(frozen=True, slots=True, repr=False)
class LastKey(Callback):
    """One turn of a gateway that sends only what was keyed last, in `text`.

    With a number that grows by turns, or an id for each message, every repeat is known. With neither, the same key
    again within a moment of our answer is a repeat.
    """

    first: bool
    number: int | None = None
    message_id: str = ""

    @property
    def begins(self) -> bool:
        return self.first

    @property
    def dialled(self) -> str:
        """A key for a session we do not know belongs to a page we do not know: nothing is done with it."""
        return self.text if self.first else ""

    def follows(self, length: int, mark: bytes, fingerprint: Fingerprint, clock: Clock) -> bool:
        if self.number is not None:
            return self.number > length
        if self.message_id:
            seen = {mark[at : at + _SHORT] for at in range(0, len(mark), _SHORT)}
            return self._mine(fingerprint) not in seen
        key, kept_at = mark[:-_TIME], int.from_bytes(mark[-_TIME:], "big")
        moment = SAME_KEY_IS_A_REPEAT_WITHIN // timedelta(milliseconds=1)
        return self._mine(fingerprint) != key or _milliseconds(clock()) - kept_at > moment

    def typed_since(self, length: int) -> str:
        return self.text

    def length_after(self, length: int) -> int:
        return self.number if self.number is not None else length + 1

    def mark_after(self, mark: bytes, fingerprint: Fingerprint, clock: Clock) -> bytes:
        if self.number is not None:
            return b""
        if self.message_id:
            return mark + self._mine(fingerprint)
        return self._mine(fingerprint) + _milliseconds(clock()).to_bytes(_TIME, "big")

    def _mine(self, fingerprint: Fingerprint) -> bytes:
        """The first callback is told from a key that is the same as what was dialled."""
        named = self.message_id or ("first " if self.first else "key ") + self.text
        return fingerprint(named)[:_SHORT]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a session ended, as its gateway tells it: for counting and for the truth by SMS, never for correctness."""

    session_id: str
    status: str
    network_code: str = ""
    duration_ms: int | None = None
    hops: int | None = None


def keys_dialled(code: str, dialled: str) -> str:
    """`1*2` of `*8899*1*2#`, for the short code `*8899#`: what was keyed with the code, if anything."""
    stem = code.strip().rstrip("#").lstrip("*")
    rest = dialled.strip().rstrip("#").lstrip("*")
    return rest.removeprefix(stem + "*") if rest.startswith(stem + "*") else ""


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
