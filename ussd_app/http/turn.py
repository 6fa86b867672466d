"""One key press: read once, decide purely, do and keep in one transaction, or answer what was answered before."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import Connection

from menus import engine
from menus.engine import Page, Turn
from menus.shut import shut_page
from menus.signs import too_often_page
from ussd_app.actions.cuts import tell_after_cut
from ussd_app.actions.desk import Desk
from ussd_app.actions.dialogue import Press, carry_out
from ussd_app.domain.caller import ClosedHours, ClosedUntil, Crowded, CutVisit, Line, Service
from ussd_app.domain.cash_out_rules import CashOutRules
from ussd_app.domain.points import PointDirectory
from ussd_app.http.callback import Callback, Fingerprint
from ussd_app.http.form import BadForm
from ussd_app.store import callers, cash_out_rules, points, visits
from ussd_app.store.callers import PAGE, Seen, StoredVisit
from ussd_app.store.cash_out_rules import Since
from ussd_app.store.database import Database
from ussd_app.store.quick import InTransaction, Speaker

LATELY = timedelta(minutes=1)
RESUME_WITHIN = timedelta(minutes=10)
POINTS_KEPT_S = 60  # the directory of points changes a few times a day


@dataclass(frozen=True, slots=True)
class Answer:
    """The page for the phone, the name of its screen, and whether a worker should be woken."""

    body: str
    screen: str
    commanded: bool = False


class TakenByAnother(Exception):
    """The turn was stored by another process while we were doing what it commands."""


class Dialogue:
    """Answers turns. One for each web process."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        service: Service,
        clock: Callable[[], datetime],
        hours: ClosedHours | None = None,
        calls_a_minute: int = 0,
    ) -> None:
        self._database, self._desk, self._service, self._clock = database, desk, service, clock
        self._hours, self._calls_a_minute = hours, calls_a_minute
        self._points, self._rules, self._wallet_rules = PointDirectory(), CashOutRules(), CashOutRules()
        self._points_read_at = float("-inf")

    def answer(self, call: Callback) -> Answer:
        now = self._clock()
        try:
            return self._database.quick(lambda db: self._quickly(db, call, now)) or self._command(call, now)
        except TakenByAnother:  # what was done is undone with its transaction; the other's page is the page
            return self.answer(call)

    def said_before(self, call: Callback) -> Answer | None:
        """The stored page of a callback that was answered before; nothing is decided, nothing is done."""
        now = self._clock()
        return self._database.quick(lambda db: self._said_before(call, self._look(db, call, now).visit))

    def _quickly(self, db: Speaker, call: Callback, now: datetime) -> Answer | None:
        """None when there is something to be done, for which one transaction is needed."""
        seen = self._look(db, call, now)
        if (said := self._said_before(call, seen.visit)) is not None:
            return said
        if 0 < self._calls_a_minute <= seen.begun_lately and seen.visit is None:
            page = too_often_page(self._service.hotline)
            return Answer(_body(page), page.screen)
        line = self._line(call, seen, now)
        turn = self._decide(call, seen, line)
        if turn.commands:
            return None
        page = engine.show(turn, line)
        if visits.keep(db, self._kept(call, seen.visit, turn, page, now, None)):
            return Answer(_body(page), page.screen)
        # Another process answered the same callback a moment earlier: its page is the page.
        return self._said_before(call, self._look(db, call, now).visit) or self._quickly(db, call, now)

    def now(self) -> datetime:
        return self._clock()

    def today(self) -> date:
        return self._desk.local(self._clock()).date()

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

    def _look(self, db: Speaker, call: Callback, now: datetime) -> Seen:
        return callers.look(
            db,
            self._desk.vault,
            session_id=call.session_id,
            phone=call.phone.e164,
            begins=call.begins,
            since=self._since(now),
            resume_since=now - RESUME_WITHIN,
            lately=now - LATELY,
        )

    def _line(self, call: Callback, seen: Seen, now: datetime) -> Line:
        cut = CutVisit(seen.cut_standing, seen.cut_cash_out, seen.cut_timed_out) if seen.cut_standing else None
        return Line(
            phone=call.phone,
            now=self._desk.local(now),
            service=self._service.on(call.network_code),
            people=seen.people,
            points=self._directory(),
            rules=self._rules,
            wallet_rules=self._wallet_rules,
            keeper=seen.keeper,
            cut_visit=cut,
            unproven=seen.unproven,
            shut=self._closed(now),
        )

    def _closed(self, now: datetime) -> ClosedUntil | None:
        return ClosedUntil(self._hours.until) if self._hours and self._hours.since <= now < self._hours.until else None

    def _directory(self) -> PointDirectory:
        if time.monotonic() - self._points_read_at > POINTS_KEPT_S:
            with self._database.begin() as db:
                self._points = points.directory(db)
                self._rules = cash_out_rules.on(db, self._desk.pays(into_wallet=False), self.today())
                self._wallet_rules = cash_out_rules.on(db, self._desk.pays(into_wallet=True), self.today())
            self._points_read_at = time.monotonic()
        return self._points

    def _since(self, now: datetime) -> Since:
        return Since.of(self._desk.local(now))

    def _said_before(self, call: Callback, visit: StoredVisit | None) -> Answer | None:
        """The stored page, when this callback is a repeat, comes late, or the session has ended."""
        if visit is None:
            return None
        if visit.phone != call.phone.e164:
            raise BadForm("This session belongs to another phone.")
        mine = self._fingerprint(call)
        if visit.state != "ended" and call.follows(visit.text_length, visit.text_mark, mine, self._clock):
            return None
        screen, body = json.loads(self._desk.vault.open(PAGE, visit.page_sealed))
        return Answer(body, screen)

    def _fingerprint(self, call: Callback) -> Fingerprint:
        return partial(self._desk.vault.fingerprint, "text of " + call.session_id)

    # ---- deciding -----------------------------------------------------------------------------------

    def _decide(self, call: Callback, seen: Seen, line: Line) -> Turn:
        if seen.visit is None:
            return engine.dial(line, call.dialled)
        standing = engine.thaw(seen.visit.standing)
        if standing is None:  # a release that no longer knows this screen: start again, politely
            return engine.dial(replace(line, cut_visit=None), "")
        if seen.visit.state == "superseded":
            return engine.gone_on_elsewhere(standing, line)
        return engine.press(standing, call.typed_since(seen.visit.text_length), line)

    # ---- doing and keeping --------------------------------------------------------------------------

    def _command(self, call: Callback, now: datetime) -> Answer:
        """Again from the start, under the session's lock: what is decided here is done, or nothing is."""
        with self._database.begin() as db:
            visits.lock_session(db, call.session_id)
            speaker = InTransaction(db)
            seen = self._look(speaker, call, now)
            if (said := self._said_before(call, seen.visit)) is not None:
                return said
            line = self._line(call, seen, now)
            turn = self._decide(call, seen, line)
            cash_out_id = self._carry_out(db, call, turn, now)
            people, keeper = callers.on_the_line(speaker, self._desk.vault, call.phone.e164, self._since(now))
            page = engine.show(turn, replace(line, people=people, keeper=keeper))
            kept = self._kept(call, seen.visit, turn, page, now, cash_out_id)
            if not visits.keep(speaker, {**kept, "commanded": True}):
                raise TakenByAnother
        return Answer(_body(page), page.screen, commanded=True)

    def _carry_out(self, db: Connection, call: Callback, turn: Turn, now: datetime) -> UUID | None:
        started: UUID | None = None
        for command in turn.commands:
            effect = carry_out(db, self._desk, Press(call.phone, now, uuid4(), call.session_id), command)
            started = effect.cash_out_id or started
        return started

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
            text_length=call.length_after(before.text_length if before else 0),
            text_mark=call.mark_after(before.text_mark if before else b"", self._fingerprint(call), self._clock),
            page_sealed=self._desk.vault.seal(PAGE, json.dumps([page.screen, _body(page)])),
            state="ended" if page.kind == "END" else "open",
            standing=engine.freeze(turn.visit),
            screen=page.screen,
            person_id=turn.visit.person_id,
            cash_out_id=cash_out_id,
            network_code=call.network_code,
            commanded=False,
            now=now,
        )


def _body(page: Page) -> str:
    return f"{page.kind} {page.text}"
