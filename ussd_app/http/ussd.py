"""The USSD gateway's callbacks, in Africa's Talking's form: one page out for each turn in."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, request
from sqlalchemy.exc import OperationalError

from ussd_app.domain.phone import Phone
from ussd_app.http.doorbell import Doorbell
from ussd_app.http.form import BadForm, field, sentence
from ussd_app.http.turn import Callback, Dialogue
from ussd_app.store.database import Database
from ussd_app.store.visits import keep_ending

log = logging.getLogger(__name__)

MOST_TEXT = 1_000  # characters in one session's keys: four times what 180 seconds of pressing give


def ussd_callbacks(dialogue: Dialogue, database: Database, doorbell: Doorbell) -> Blueprint:
    pages = Blueprint("ussd", __name__)

    @pages.post("/ussd")
    def turn() -> Response:
        try:
            call = _callback()
        except BadForm as problem:
            return sentence(str(problem), 400)
        try:
            answer = dialogue.answer(call)
        except OperationalError:
            log.error("the database did not answer a turn of %s", call.phone.masked())
            answer = dialogue.apology(call)
        if answer.commanded:
            doorbell.ring_all()
        page = Response(answer.body, content_type="text/plain; charset=utf-8")
        page.headers["at-ussd-hop-metadata"] = answer.screen
        return page

    @pages.post("/ussd-events")
    def ended() -> Response:
        try:
            session_id, status = _keep_event(database)
        except BadForm as problem:
            return sentence(str(problem), 400)
        if dialogue.tell_after_cut(session_id, status):
            doorbell.ring_all()
        return Response("", 200)

    return pages


def _callback() -> Callback:
    form = request.form
    try:
        phone = Phone(field(form, "phoneNumber", 20))
    except ValueError as problem:
        raise BadForm("The field phoneNumber is not a number like +84912345678.") from problem
    field(form, "serviceCode", 40)
    session_id = field(form, "sessionId", 100)
    if not session_id:
        raise BadForm("The field sessionId is empty.")
    text = field(form, "text", MOST_TEXT)
    return Callback(session_id, phone, text, field(form, "networkCode", 20, default=""))


def _keep_event(database: Database) -> tuple[str, str]:
    """Keep how a session ended. The fields `input` and `lastAppResponse` hold PINs and codes: they are not read."""
    form = request.form
    session_id, status = field(form, "sessionId", 100), field(form, "status", 20)
    with database.begin() as db:
        keep_ending(
            db,
            session_id=session_id,
            status=status,
            network_code=field(form, "networkCode", 20, default=""),
            duration_ms=_whole(form.get("durationInMillis")),
            hops=_whole(form.get("hopsCount")),
        )
    return session_id, status


def _whole(written: str | None) -> int | None:
    return int(written) if written and written.isascii() and written.isdigit() and len(written) < 10 else None
