"""The USSD gateways' callbacks, each on its own wire: one page out for each turn in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from ussd_app.http.admission import Bucket, Fuse, Gate
from ussd_app.http.callback import Callback, Ending
from ussd_app.http.doorbell import Doorbell
from ussd_app.http.form import BadForm, sentence
from ussd_app.http.turn import Answer, Dialogue
from ussd_app.http.wires.africas_talking import AfricasTalking
from ussd_app.http.wires.port import Wire
from ussd_app.store.database import NO_ANSWER, Database
from ussd_app.store.visit_counts import add_refusals
from ussd_app.store.visits import keep_ending

log = logging.getLogger(__name__)


def gate_before(database: Database, new_sessions_a_second: int = 0) -> Gate:
    def look() -> None:
        database.quick(lambda db: db.say("SELECT 1 FROM visit LIMIT 1", {}))

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
    door = _Door(dialogue, database, doorbell, gate or gate_before(database))
    africas_talking = AfricasTalking()
    known: dict[str, Wire] = {africas_talking.name: africas_talking, **(wires or {})}

    @pages.post("/ussd")
    def turn() -> Response:
        return door.answer(africas_talking)

    @pages.post("/ussd/<wire>")
    def turn_on(wire: str) -> Response:
        found = known.get(wire)
        return door.answer(found) if found else sentence("There is no such wire.", 404)

    @pages.post("/ussd-events")
    def ended() -> Response:
        try:
            return door.note(africas_talking.read_ending(request))
        except BadForm as problem:
            return sentence(str(problem), 400)

    return pages


@dataclass(frozen=True, slots=True)
class _Door:
    """Through which every wire's turns come in."""

    dialogue: Dialogue
    database: Database
    doorbell: Doorbell
    gate: Gate

    def answer(self, wire: Wire) -> Response:
        try:
            call = wire.read(request)
        except BadForm as problem:
            return sentence(str(problem), 400)
        if isinstance(call, Ending):
            return self.note(call)
        with self.gate.turn(call.begins) as admitted:
            try:
                said = self._said(call) if admitted else self._turned_away(call)
            except BadForm as problem:
                return sentence(str(problem), 400)
        if admitted:
            self._keep_count_of_refusals()
        if said.commanded:
            self.doorbell.ring_all()
        return wire.write(call, said.body, said.screen)

    def note(self, ending: Ending) -> Response:
        with self.database.begin() as db:
            keep_ending(
                db,
                session_id=ending.session_id,
                status=ending.status,
                network_code=ending.network_code,
                duration_ms=ending.duration_ms,
                hops=ending.hops,
                now=self.dialogue.now(),
            )
        if self.dialogue.tell_after_cut(ending.session_id, ending.status):
            self.doorbell.ring_all()
        return Response("", 200)

    def _turned_away(self, call: Callback) -> Answer:
        """There is no place for another caller; but a repeat of what was answered is not another caller."""
        if self.gate.fuse.blown:
            return self.dialogue.apology(call)
        try:
            return self.dialogue.said_before(call) or self.dialogue.apology(call)
        except NO_ANSWER:
            return self.dialogue.apology(call)

    def _said(self, call: Callback) -> Answer:
        try:
            return self.dialogue.answer(call)
        except NO_ANSWER:
            self.gate.fuse.blow()
            log.error("the database did not answer a turn of %s", call.phone.masked())
            return self.dialogue.apology(call)

    def _keep_count_of_refusals(self) -> None:
        """When it is over; in a rush there is something better to do."""
        turned_away = self.gate.turned_away() if self.gate.count_is_due() else {}
        if not turned_away:
            return
        try:
            with self.database.begin() as db:
                add_refusals(db, self.dialogue.today(), turned_away)
        except SQLAlchemyError:  # the turn is done: nothing may undo its answer
            log.warning("how many turns were turned away could not be kept")
