"""The USSD gateways' callbacks, each on its own wire: one page out for each turn in."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from flask import Blueprint, Response, request

from menus.drawing import busy_page
from ussd_app.http.admission import Bucket, Fuse, Gate
from ussd_app.http.callback import Callback, Ending
from ussd_app.http.doorbell import Doorbell
from ussd_app.http.form import BadForm, sentence
from ussd_app.http.turn import Answer, Dialogue
from ussd_app.http.wires.africas_talking import AfricasTalking
from ussd_app.http.wires.port import Wire
from ussd_app.store.database import NO_ANSWER, Database
from ussd_app.store.visits import keep_ending

log = logging.getLogger(__name__)

_BUSY = busy_page()
BUSY = Answer(f"{_BUSY.kind} {_BUSY.text}", _BUSY.screen)


def gate_before(database: Database, new_sessions_a_second: int = 0) -> Gate:
    def look() -> None:
        database.quick(lambda db: db.execute("SELECT 1 FROM visit LIMIT 1").fetchone())

    return Gate(Fuse(look), Bucket(new_sessions_a_second))


def ussd_callbacks(
    dialogue: Dialogue,
    database: Database,
    doorbell: Doorbell,
    wires: Mapping[str, Wire] | None = None,
    gate: Gate | None = None,
) -> Blueprint:
    """Africa's Talking on `/ussd`, every other wire on `/ussd/<its name>`."""
    pages = Blueprint("ussd", __name__)
    africas_talking = AfricasTalking()
    at_the_gate = gate or gate_before(database)
    known: dict[str, Wire] = {africas_talking.name: africas_talking, **(wires or {})}

    @pages.post("/ussd")
    def turn() -> Response:
        return answer(africas_talking)

    @pages.post("/ussd/<wire>")
    def turn_on(wire: str) -> Response:
        found = known.get(wire)
        return answer(found) if found else sentence("There is no such wire.", 404)

    @pages.post("/ussd-events")
    def ended() -> Response:
        try:
            return noted(africas_talking.read_ending(request))
        except BadForm as problem:
            return sentence(str(problem), 400)

    def answer(wire: Wire) -> Response:
        try:
            call = wire.read(request)
        except BadForm as problem:
            return sentence(str(problem), 400)
        if isinstance(call, Ending):
            return noted(call)
        with at_the_gate.turn(call.begins) as admitted:
            said = _answered(dialogue, call, at_the_gate) if admitted else BUSY
        if said.commanded:
            doorbell.ring_all()
        return wire.write(call, said.body, said.screen)

    def noted(ending: Ending) -> Response:
        with database.begin() as db:
            keep_ending(
                db,
                session_id=ending.session_id,
                status=ending.status,
                network_code=ending.network_code,
                duration_ms=ending.duration_ms,
                hops=ending.hops,
            )
        return Response("", 200)

    return pages


def _answered(dialogue: Dialogue, call: Callback, gate: Gate) -> Answer:
    try:
        return dialogue.answer(call)
    except NO_ANSWER:
        gate.fuse.blow()
        log.error("the database did not answer a turn of %s", call.phone.masked())
        return BUSY
