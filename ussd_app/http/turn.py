"""One key press: read once, decide purely, do and keep in one transaction, or answer what was answered before."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Connection

from menus import engine
from menus.engine import Page, Turn
from menus.shut import shut_page
from ussd_app.actions.cuts import tell_after_cut
from ussd_app.actions.desk import Desk
from ussd_app.actions.dialogue import Press, carry_out
from ussd_app.domain.caller import ClosedHours, ClosedUntil, Crowded, CutVisit, Line, Service
from ussd_app.domain.phone import Phone
from ussd_app.domain.points import PointDirectory
from ussd_app.store import callers, points, visits
from ussd_app.store.callers import PAGE, Seen, StoredVisit
from ussd_app.store.database import Database

RESUME_WITHIN = timedelta(minutes=10)
SILENT_FOR = timedelta(seconds=25)  # the network's clock gives 30 s for a key; a redial after less is a hang-up
POINTS_KEPT_S = 60  # the directory of points changes a few times a day


@dataclass(frozen=True, slots=True)
class Callback:
    """What the gateway sends for one turn. `text` is everything keyed so far, joined by `*`: it holds the PIN."""

    session_id: str
    phone: Phone
    text: str
    network_code: str

    def __repr__(self) -> str:
        return f"Callback({self.phone.masked()}, {len(self.text)} characters)"


@dataclass(frozen=True, slots=True)
class Answer:
    """The page for the phone, the name of its screen, and whether a worker should be woken."""

    body: str
    screen: str
    commanded: bool = False


class Dialogue:
    """Answers turns. One for each web process."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        service: Service,
        clock: Callable[[], datetime],
        hours: ClosedHours | None = None,
    ) -> None:
        self._database, self._desk, self._service, self._clock = database, desk, service, clock
        self._hours = hours
        self._points = PointDirectory()
        self._points_read_at = float("-inf")

    def answer(self, call: Callback) -> Answer:
        now = self._clock()
        with self._database.quick() as db:
            seen = self._look(db, call, now)
            if (said := self._said_before(call, seen.visit)) is not None:
                return said
            turn = self._decide(call, seen, self._line(db, call, seen, now))
            if not turn.commands:
                return self._keep_quickly(db, call, seen, turn, now)
        return self._command(call, now)

    def apology(self, call: Callback) -> Answer:
        """What is said when the database does not answer: that the money is safe, and when to press again."""
        now = self._clock()
        shut = self._closed(now) or Crowded()
        page = shut_page(Line(call.phone, self._desk.local(now), self._service, shut=shut))
        return Answer(_body(page), page.screen)

    def tell_after_cut(self, session_id: str, status: str) -> bool:
        """The gateway says that a session ended; whether its owner is now told by SMS what became of it."""
        with self._database.begin() as db:
            return tell_after_cut(db, self._desk, session_id, status, self._clock())

    # ---- reading ------------------------------------------------------------------------------------

    def _look(self, db: Connection, call: Callback, now: datetime) -> Seen:
        return callers.look(
            db,
            self._desk.vault,
            session_id=call.session_id,
            phone=call.phone.e164,
            resume_since=now - RESUME_WITHIN,
            silent_since=now - SILENT_FOR,
        )

    def _line(self, db: Connection, call: Callback, seen: Seen, now: datetime) -> Line:
        cut = CutVisit(seen.cut_standing, seen.cut_cash_out, seen.cut_timed_out) if seen.cut_standing else None
        return Line(
            phone=call.phone,
            now=self._desk.local(now),
            service=self._service,
            people=seen.people,
            points=self._directory(db),
            cut_visit=cut,
            unproven=seen.unproven,
            shut=self._closed(now),
        )

    def _closed(self, now: datetime) -> ClosedUntil | None:
        return ClosedUntil(self._hours.until) if self._hours and self._hours.since <= now < self._hours.until else None

    def _directory(self, db: Connection) -> PointDirectory:
        if time.monotonic() - self._points_read_at > POINTS_KEPT_S:
            self._points = points.directory(db)
            self._points_read_at = time.monotonic()
        return self._points

    def _said_before(self, call: Callback, visit: StoredVisit | None) -> Answer | None:
        """The stored page, when this callback is a repeat, comes late, or the session has ended."""
        if visit is None:
            return None
        grew_by = len(call.text) - visit.text_length
        went_on = grew_by > 0 and (visit.text_length == 0 or call.text[visit.text_length] == "*")
        if visit.state != "ended" and went_on and self._mark(call, visit.text_length) == visit.text_mark:
            return None
        screen, body = json.loads(self._desk.vault.open(PAGE, visit.page_sealed))
        return Answer(body, screen)

    def _mark(self, call: Callback, length: int) -> bytes:
        """The text so far as a keyed fingerprint: enough to know a repeat, nothing to read a PIN from."""
        return self._desk.vault.fingerprint("text of " + call.session_id, call.text[:length])

    # ---- deciding -----------------------------------------------------------------------------------

    def _decide(self, call: Callback, seen: Seen, line: Line) -> Turn:
        if seen.visit is None:
            return engine.dial(line, call.text)
        standing = engine.thaw(seen.visit.standing)
        if standing is None:  # a release that no longer knows this screen: start again, politely
            return engine.dial(replace(line, cut_visit=None), "")
        if seen.visit.state == "superseded":
            return engine.gone_on_elsewhere(standing, line)
        start = seen.visit.text_length
        # A reply of nothing at the first page gives no text at all: the star after it is not part of the next reply.
        typed = call.text[start + 1 :] if start else call.text.lstrip("*")
        return engine.press(standing, typed, line)

    # ---- doing and keeping --------------------------------------------------------------------------

    def _keep_quickly(self, db: Connection, call: Callback, seen: Seen, turn: Turn, now: datetime) -> Answer:
        page = engine.show(turn, self._line(db, call, seen, now))
        if visits.keep(db, self._kept(call, seen.visit, turn, page, now, None)):
            return Answer(_body(page), page.screen)
        return self._told_by_another(db, call, now)

    def _command(self, call: Callback, now: datetime) -> Answer:
        """Again from the start, under the session's lock: what is decided here is done, or nothing is."""
        with self._database.begin() as db:
            visits.lock_session(db, call.session_id)
            seen = self._look(db, call, now)
            if (said := self._said_before(call, seen.visit)) is not None:
                return said
            line = self._line(db, call, seen, now)
            turn = self._decide(call, seen, line)
            cash_out_id = self._carry_out(db, call, turn, now)
            people = callers.people_on(db, self._desk.vault, call.phone.e164)
            page = engine.show(turn, replace(line, people=people))
            kept = self._kept(call, seen.visit, turn, page, now, cash_out_id)
            visits.keep(db, replace(kept, commanded=bool(turn.commands)))
        return Answer(_body(page), page.screen, commanded=True)

    def _carry_out(self, db: Connection, call: Callback, turn: Turn, now: datetime) -> UUID | None:
        started: UUID | None = None
        for command in turn.commands:
            effect = carry_out(db, self._desk, Press(call.phone, now, uuid4(), call.session_id), command)
            started = effect.cash_out_id or started
        return started

    def _told_by_another(self, db: Connection, call: Callback, now: datetime) -> Answer:
        """Another process answered the same callback a moment earlier: its page is the page."""
        said = self._said_before(call, self._look(db, call, now).visit)
        return said if said is not None else self.answer(call)

    def _kept(
        self,
        call: Callback,
        before: StoredVisit | None,
        turn: Turn,
        page: Page,
        now: datetime,
        cash_out_id: UUID | None,
    ) -> visits.Kept:
        return visits.Kept(
            session_id=call.session_id,
            phone=call.phone.e164,
            turn=before.turn + 1 if before else 1,
            text_length=len(call.text),
            text_mark=self._mark(call, len(call.text)),
            page_sealed=self._desk.vault.seal(PAGE, json.dumps([page.screen, _body(page)])),
            ended=page.kind == "END",
            standing=engine.freeze(turn.visit),
            screen=page.screen,
            person_id=turn.visit.person_id,
            cash_out_id=cash_out_id,
            network_code=call.network_code,
            now=now,
        )


def _body(page: Page) -> str:
    return f"{page.kind} {page.text}"
