"""A USSD gateway's side of one call: what Africa's Talking posts for each turn, and how it takes the answer."""

from __future__ import annotations

import gzip
import http.client
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Protocol
from urllib.parse import urlencode, urlsplit

NETWORK_CODE = "99999"
ANSWER_WITHIN_S = 10
NETWORK_MESSAGE = "Network connection problem or invalid MMI code. Please try again later."
"""What the phone shows when the application did not answer as it must."""

LINE_DROPPED = "The line dropped before the page reached the phone"
TIMED_OUT_MESSAGE = "Session timed out. Please try again."
"""What the phone shows when the network's patience ran out."""

_HOP_METADATA = "at-ussd-hop-metadata"
_LONGEST_METADATA = 99

Ending = Literal["Success", "Incomplete", "Failed"]


@dataclass(frozen=True, slots=True)
class Screen:
    """What the phone shows. CON asks for keys, END is the last page, ERROR is the network's own message."""

    kind: Literal["CON", "END", "ERROR"]
    text: str
    took_s: float


@dataclass(frozen=True, slots=True)
class _Answer:
    screen: Screen
    problem: str
    metadata: str


class Line(Protocol):
    """What stands between the gateway and the product for the length of a call."""

    def repeats(self) -> bool: ...
    def reorders(self) -> bool: ...
    def loses(self, hop: int) -> bool: ...
    def delays(self) -> float:
        """Seconds that the answer is under way; it has waited for them already."""
        ...


class GoodLine:
    def repeats(self) -> bool:
        return False

    def reorders(self) -> bool:
        return False

    def loses(self, hop: int) -> bool:
        return False

    def delays(self) -> float:
        return 0


def new_session_id() -> str:
    return f"ATUid_{uuid.uuid4().hex}"


@dataclass(slots=True)
class UssdSession:
    """One call from one phone. `callbacks_url` is the product's `http://host:port/callbacks/TOKEN`.

    Any other service that speaks the form is reached at its `ussd_url`; it is told of the end where `events_url` says.
    """

    callbacks_url: str = field(repr=False)
    phone: str
    service_code: str
    network_code: str = NETWORK_CODE
    session_id: str = field(default_factory=new_session_id)
    ussd_url: str = field(default="", repr=False)
    events_url: str = field(default="", repr=False)
    line: Line = field(default_factory=GoodLine, repr=False)
    notes: tuple[str, ...] = field(default=(), init=False)
    """What the network did on the last turn that the phone did not ask for."""
    screen: Screen | None = field(default=None, init=False)
    ended: Ending | None = field(default=None, init=False)
    error: str = field(default="", init=False)
    hops: int = field(default=0, init=False)
    _typed: list[str] = field(default_factory=list, init=False, repr=False)
    _hop_metadata: list[str] = field(default_factory=list, init=False, repr=False)
    _last_metadata: str = field(default="", init=False, repr=False)
    _began: float = field(default=0.0, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.ussd_url:
            self.ussd_url, self.events_url = f"{self.callbacks_url}/ussd", f"{self.callbacks_url}/ussd-events"

    def dial(self, text: str = "") -> Screen:
        """Begin. `text` is what was dialled behind the code, as in *8899*1*2#."""
        if self._began:
            raise ValueError("this call has begun already")
        self._began = time.monotonic()
        self._typed = text.split("*") if text else []
        return self._turn()

    def press(self, keys: str) -> Screen:
        if self.ended or not self._began:
            raise ValueError("this call is not open")
        self._typed.append(keys)
        return self._turn()

    def repeat(self) -> Screen:
        """Post the last turn's very form once more, as a network that doubts its own line does. Changes nothing here."""
        return self._post().screen

    @property
    def screen_name(self) -> str:
        """As the application called its last page; empty when it did not."""
        return self._last_metadata

    def time_out(self, why: str) -> None:
        """The network ends a call that has lasted too long, or on which nobody presses a key."""
        if not self.ended and self._began:
            self.screen = Screen("ERROR", TIMED_OUT_MESSAGE, 0)
            self._end("Incomplete", why)

    def hang_up(self) -> None:
        """The person ends the call while the application still expects keys."""
        if not self.ended and self._began:
            self._end("Incomplete", "")

    def _turn(self) -> Screen:
        self.hops += 1
        self.notes = ()
        answer = self._carried(self._post())
        self.screen, self._last_metadata = answer.screen, answer.metadata
        if answer.metadata:
            self._hop_metadata.append(answer.metadata)
        match answer.screen.kind:
            case "END":
                self._end("Success", "")
            case "ERROR":
                self._end("Incomplete" if answer.problem == LINE_DROPPED else "Failed", answer.problem)
            case "CON":
                pass
        return answer.screen

    def _carried(self, answer: _Answer) -> _Answer:
        """The answer as it reaches the phone, after all that the line does to it."""
        if self.line.repeats():
            self.notes += (_compared("The turn was sent twice", answer, self._post()),)
        if self.hops > 1 and self.line.reorders():
            self.notes += (_compared("The turn before came once more", answer, self._post(self._typed[:-1])),)
        late_s = self.line.delays()
        took_s = answer.screen.took_s + late_s
        if late_s and took_s > ANSWER_WITHIN_S:
            return _broken(f"The answer was {late_s:.0f} s under way; the network waits {ANSWER_WITHIN_S} s", took_s)
        if self.line.loses(self.hops):
            return _broken(LINE_DROPPED, took_s)
        return _Answer(Screen(answer.screen.kind, answer.screen.text, took_s), answer.problem, answer.metadata)

    def _post(self, typed: list[str] | None = None) -> _Answer:
        form = {
            "phoneNumber": self.phone,
            "serviceCode": self.service_code,
            "text": "*".join(self._typed if typed is None else typed),
            "sessionId": self.session_id,
            "networkCode": self.network_code,
        }
        headers = {_HOP_METADATA: self._last_metadata} if self._last_metadata else {}
        began = time.monotonic()
        try:
            status, body, metadata = post_form(self.ussd_url, form, headers)
        except (OSError, http.client.HTTPException, EOFError, UnicodeDecodeError) as problem:
            return _broken(f"The application could not be reached: {type(problem).__name__}", time.monotonic() - began)
        took_s = time.monotonic() - began
        if took_s > ANSWER_WITHIN_S:
            return _broken("The application took too long to respond", took_s)
        if status != 200:
            return _broken(f"Received unexpected response code: {status}", took_s)
        if not body.startswith(("CON ", "END ")):
            return _broken("The response must start with CON or END", took_s)
        if len(metadata) > _LONGEST_METADATA or "|" in metadata:
            metadata = ""
        return _Answer(Screen("CON" if body.startswith("CON ") else "END", body[4:], took_s), "", metadata)

    def _end(self, status: Ending, problem: str) -> None:
        self.ended, self.error = status, problem
        event = {
            "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
            "sessionId": self.session_id,
            "serviceCode": self.service_code,
            "networkCode": self.network_code,
            "phoneNumber": self.phone,
            "status": status,
            "cost": "VND 0.0000",
            "durationInMillis": str(round((time.monotonic() - self._began) * 1000)),
            "hopsCount": str(self.hops),
            "hopsMetadata": "|".join(self._hop_metadata),
            "input": "*".join(self._typed),
            "lastAppResponse": f"{self.screen.kind} {self.screen.text}" if self.screen else "",
        }
        if problem:
            event["errorMessage"] = problem
        if not self.events_url:
            return
        try:
            post_form(self.events_url, event, {})
        except (OSError, http.client.HTTPException, EOFError, UnicodeDecodeError):
            return  # the real network does not try again either


def _compared(what: str, first: _Answer, second: _Answer) -> str:
    same = (first.screen.kind, first.screen.text) == (second.screen.kind, second.screen.text)
    return f"{what}; the answer was {'the same' if same else 'another'}."


def _broken(problem: str, took_s: float) -> _Answer:
    return _Answer(Screen("ERROR", NETWORK_MESSAGE, took_s), problem, "")


def post_form(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, str, str]:
    """Post as the gateway does; gives status, text, and the metadata that the application sent along."""
    where = urlsplit(url)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    line = kind(where.netloc, timeout=ANSWER_WITHIN_S)
    try:
        line.request(
            "POST",
            (where.path or "/") + (f"?{where.query}" if where.query else ""),
            urlencode(form).encode(),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "User-Agent": "at-ussd-api/1.0",
                "Accept-Encoding": "gzip",
                **headers,
            },
        )
        answer = line.getresponse()
        body = answer.read()
        if answer.headers.get("Content-Encoding", "") == "gzip":
            body = gzip.decompress(body)
        return answer.status, body.decode(), answer.headers.get(_HOP_METADATA, "")
    finally:
        line.close()
