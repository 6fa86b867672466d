"""Every message that leaves us: to whom it may go, in which words, and once for each event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from sms.kinds import Notice
from sms.notices import NewsWaiting
from ussd_app.actions.desk import Desk
from ussd_app.store import messages, recipients
from ussd_app.store.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Told:
    """One message to one phone; `event` names what happened, so that a job done twice tells it once."""

    recipient: Recipient
    notice: Notice
    event: str
    expires_at: datetime | None = None
    """After this it says nothing true any more; when not given, its lane decides."""


def tell(db: Connection, desk: Desk, told: Iterable[Told], now: datetime) -> int:
    """Write the messages that may be written. How many were new."""
    return messages.add(db, desk.vault, [written for each in told if (written := write(desk, each))], now)


def tell_all(
    db: Connection, desk: Desk, phones: Sequence[Recipient], notice: Notice, event: str, now: datetime, but: str = ""
) -> int:
    """The same to every number of a person, `but` one."""
    return tell(db, desk, (Told(each, notice, f"{event}:{each.e164}") for each in phones if each.e164 != but), now)


def tell_phone(
    db: Connection,
    desk: Desk,
    person_id: int,
    e164: str,
    notice: Notice,
    event: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> int:
    """To one number of a person; one that must be proved again hears that there is news. Nothing when it is not theirs."""
    to = next((each for each in recipients.of(db, [person_id]).get(person_id, []) if each.e164 == e164), None)
    written = write_or_hint(desk, Told(to, notice, event, expires_at)) if to else None
    return messages.add(db, desk.vault, [written] if written else [], now)


def write(desk: Desk, told: Told) -> messages.Outgoing | None:
    """None for who must not hear it."""
    if not told.recipient.may_hear(told.notice):
        return None
    body = told.recipient.words_of(told.notice, desk.brand, desk.hotline)
    return _outgoing(told, told.notice, body)


def write_or_hint(desk: Desk, told: Told) -> messages.Outgoing | None:
    """As `write`; but a number that must be proved again hears that there is news, and to call."""
    if told.recipient.proven:
        return write(desk, told)
    hint = NewsWaiting()
    return _outgoing(told, hint, hint.text(told.recipient.language, desk.brand, desk.hotline))


def _outgoing(told: Told, notice: Notice, body: str) -> messages.Outgoing:
    to = told.recipient
    return messages.Outgoing(told.event, to.person_id, to.e164, notice.kind, notice.lane, body, told.expires_at)
