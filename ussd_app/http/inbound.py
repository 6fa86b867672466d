"""What people send us through Africa's Talking: text messages, missed calls, and the wish for no more reminders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask import Blueprint, Response, request

from ussd_app.actions import inbound
from ussd_app.actions.desk import Desk
from ussd_app.domain.phone import read_phone
from ussd_app.http.doorbell import Doorbell
from ussd_app.http.form import BadForm, field, sentence
from ussd_app.store import opt_outs
from ussd_app.store.database import Database
from ussd_app.store.inbound import Received

LONGEST_MESSAGE = 2_000
"""Letters that are kept; ten parts and more are nobody's question."""

HANG_UP = '<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>'
"""Africa's Talking's voice page: not answered, hence free for whoever rings."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """To ring one of these is an answer."""

    received: str = ""
    not_received: str = ""
    region: str = "VN"


def inbound_callbacks(
    database: Database, desk: Desk, doorbell: Doorbell, provider: str, numbers: Numbers, clock: Callable[[], datetime]
) -> Blueprint:
    """Stored once by the provider's own id: it repeats what we do not confirm every minute for twelve hours."""
    pages = Blueprint("inbound", __name__)
    door = _Door(database, desk, doorbell, provider, numbers, clock)

    @pages.errorhandler(BadForm)
    def not_understood(problem: BadForm) -> Response:
        return sentence(str(problem), 400)

    @pages.post("/sms-inbound")
    def message() -> Response:
        return door.take_message(request.form)

    @pages.post("/sms-opt-outs")
    def stop() -> Response:
        return door.stop_reminders(request.form)

    @pages.post("/voice")
    def ring() -> Response:
        return door.take_ring(request.form)

    return pages


@dataclass(frozen=True, slots=True)
class _Door:
    database: Database
    desk: Desk
    doorbell: Doorbell
    provider: str
    numbers: Numbers
    clock: Callable[[], datetime]

    def take_message(self, form: Mapping[str, str]) -> Response:
        received = _message(self.provider, form)
        with self.database.begin() as db:
            answered = inbound.take_message(db, self.desk, received, uuid4(), self.clock(), self.numbers.region)
        self._ring_if(answered)
        return Response("", 200)

    def take_ring(self, form: Mapping[str, str]) -> Response:
        received = _ring(self.provider, form)
        if received:
            meaning = (self.numbers.received, self.numbers.not_received)
            with self.database.begin() as db:
                answered = inbound.take_ring(db, self.desk, received, meaning, uuid4(), self.clock(), self.numbers.region)
            self._ring_if(answered)
        return Response(HANG_UP, 200, content_type="application/xml")

    def stop_reminders(self, form: Mapping[str, str]) -> Response:
        read = read_phone(field(form, "phoneNumber", 40), self.numbers.region)
        if read is None:
            raise BadForm("The field phoneNumber is no phone number.")
        with self.database.begin() as db:
            opt_outs.stop(db, read.phone.e164, via="carrier", now=self.clock())
        return Response("", 200)

    def _ring_if(self, answered: bool) -> None:
        if answered:
            self.doorbell.ring_all()


def _message(provider: str, form: Mapping[str, str]) -> Received:
    return Received(
        provider=provider,
        provider_id=field(form, "id", 200).strip() or _missing("id"),
        channel="sms",
        sender=field(form, "from", 40).strip(),
        sent_to=field(form, "to", 40, default="").strip(),
        text=_sayable(form.get("text", "")),
    )


def _ring(provider: str, form: Mapping[str, str]) -> Received | None:
    """The call as it comes in, and the same call when it has ended, are one; calls that we make are none."""
    session = field(form, "sessionId", 200).strip() or _missing("sessionId")
    if field(form, "direction", 20, default="Inbound").strip().lower() != "inbound":
        return None
    return Received(
        provider=provider,
        provider_id=session,
        channel="ring",
        sender=field(form, "callerNumber", 60, default="").strip(),
        sent_to=field(form, "destinationNumber", 60, default="").strip(),
    )


def _missing(name: str) -> str:
    raise BadForm(f"The field {name} is empty.")


def _sayable(text: str) -> str:
    """What a phone wrote is never refused: it would only come again. Signs that are no text are left out."""
    return "".join(each for each in text[:LONGEST_MESSAGE] if each.isprintable() or each in "\n\r\t")
