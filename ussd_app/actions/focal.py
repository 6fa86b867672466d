"""Pay-out sessions of a commune: opened by one officer, handed out person by person, closed by another who counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ussd_app.actions.payments import NotAllowed, require
from ussd_app.domain import ledger
from ussd_app.domain.ledger import Transfer, TransferKind, leg_id
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle, Role
from ussd_app.lists.errors import Reject
from ussd_app.lists.hand_outs import HandOut
from ussd_app.store import ledger as ledger_store
from ussd_app.store import trust
from ussd_app.store.officers import Officer
from ussd_app.store.transfers import write
from ussd_app.store.trust import Part, Session, Share


@dataclass(frozen=True, slots=True)
class Closed:
    """How a session ended: what should be left of the cash, what was counted, and who came for several people."""

    expected: Dong
    counted: Dong
    not_there: int
    came_for_several: tuple[tuple[str, int], ...]

    @property
    def difference(self) -> int:
        return self.counted.amount - self.expected.amount


def open_session(
    db: Connection, key: UUID, commune_code: str, cycle: Cycle, place: str, officer: Officer, now: datetime
) -> Session:
    """Write the list of who gets what, and hold every part, so that no other session counts on it. Raises NotAllowed."""
    require(officer, Role.ENTERS)
    if wrong := trust.unexplained(db, commune_code):
        raise NotAllowed(
            f"Session {wrong.id} was closed with a wrong count: explain it first (`focal explain {wrong.id}`)."
        )
    shares = trust.shares(db, commune_code, cycle.code)
    if not shares:
        raise NotAllowed(f"Commune {commune_code} keeps nothing for anybody up to {cycle.code}.")
    try:
        with db.begin_nested():
            session = trust.open_session(db, key, commune_code, cycle.code, place, officer.id, now)
    except IntegrityError as refused:
        raise NotAllowed(f"Commune {commune_code} has a session that is still open: close it first.") from refused
    by_person: dict[int, list[Share]] = {}
    for each in shares:
        by_person.setdefault(each.person_id, []).append(each)
    every = list(by_person.items())
    trust.add_parts(db, session, [(person, Dong(sum(s.amount.amount for s in own))) for person, own in every])
    write(db, [leg for number, (_, own) in enumerate(every, start=1) for leg in _held(session, number, own)])
    return session


def _held(session: Session, number: int, own: Sequence[Share]) -> list[Transfer]:
    journal = session.journal(number)
    return [
        Transfer(
            leg_id(journal, "hold", at), each.account, ledger.handed_over("focal", each.account.programme or ""),
            each.amount, journal, f"on the list of session {session.id}", TransferKind.PENDING,
        )
        for at, each in enumerate(own)
    ]  # fmt: skip


class Hands:
    """One session's hand-outs on their way in, in one transaction of the caller's."""

    def __init__(self, db: Connection, session_id: int, officer: Officer, now: datetime) -> None:
        require(officer, Role.ENTERS)
        self._db, self._officer, self._now = db, officer, now
        self._session = _open(db, session_id)
        self._parts = {each.number: each for each in trust.parts(db, session_id)}
        self.handed = self.unchanged = self.not_there = self.total = 0

    def enter(self, rows: Sequence[HandOut]) -> list[Reject]:
        """Hand out row by row. The same row again changes nothing; a row that cannot be is a reject in words."""
        return [reject for row in rows if (reject := self._one(row))]

    def _one(self, row: HandOut) -> Reject | None:
        part = self._parts.get(row.number)
        if row.session != self._session.id:
            return Reject(row.line, "session", str(row.session), f"this is not the list of session {self._session.id}")
        if part is None:
            return Reject(row.line, "number", str(row.number), "no line of this session's list has this number")
        amount = part.amount if row.paid is None else row.paid
        if part.handed == amount or (not amount and part.handed is None):
            self.unchanged += part.handed is not None
            self.not_there += part.handed is None
            return None
        if part.handed is not None:
            return Reject(row.line, "paid", str(amount), f"{part.handed} is written down already, by an officer")
        if amount > part.amount:
            return Reject(row.line, "paid", str(amount), f"the list says {part.amount}")
        self._hand(part, amount, row.received_by)
        return None

    def _hand(self, part: Part, amount: Dong, received_by: str) -> None:
        trust.hand_out(self._db, self._session.id, part.number, amount, received_by.strip(), self._officer.id, self._now)
        ledger_store.post(self._db, self._session.journal(part.number), "handed out in cash by the commune", amount)
        self.handed += 1
        self.total += amount.amount


def close_session(db: Connection, session_id: int, counted: Dong, officer: Officer, now: datetime) -> Closed:
    """The second officer counts what is left. Who was not there keeps their part; a wrong count must be explained.

    Raises NotAllowed; whoever opened the session or handed out is refused by the database itself.
    """
    require(officer, Role.APPROVES)
    session = _open(db, session_id)
    every = trust.parts(db, session_id)
    expected = Dong(sum(each.amount.amount - (each.handed.amount if each.handed else 0) for each in every))
    try:
        with db.begin_nested():
            trust.close_session(db, session, expected, counted, officer.id, now)
    except IntegrityError as refused:
        raise NotAllowed(
            f"{officer.name} opened session {session_id} or handed out: somebody else must close it."
        ) from refused
    missing = [each for each in every if each.handed is None]
    for each in missing:
        ledger_store.void(db, session.journal(each.number), f"not at session {session_id}")
    return Closed(expected, counted, len(missing), _proxies(every))


def _proxies(every: Sequence[Part]) -> tuple[tuple[str, int], ...]:
    came: dict[str, int] = {}
    for each in every:
        if each.received_by:
            came[each.received_by] = came.get(each.received_by, 0) + 1
    return tuple((name, times) for name, times in sorted(came.items()) if times > 1)


def explain(db: Connection, session_id: int, words: str, officer: Officer, now: datetime) -> None:
    """Why a count was wrong, from somebody who did not open the session. Raises NotAllowed."""
    require(officer, Role.APPROVES)
    try:
        with db.begin_nested():
            explained = trust.explain(db, session_id, words, officer.id, now)
    except IntegrityError as refused:
        raise NotAllowed(f"{officer.name} opened session {session_id}: somebody else must explain it.") from refused
    if not explained:
        raise NotAllowed(f"Session {session_id} has nothing to explain.")


def _open(db: Connection, session_id: int) -> Session:
    session = trust.lock_session(db, session_id)
    if session is None:
        raise NotAllowed(f"There is no session {session_id}.")
    if session.closed_by is not None:
        raise NotAllowed(f"Session {session_id} is closed.")
    return session
