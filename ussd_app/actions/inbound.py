"""What people write and ring to us, taken once: kept, done if it can be done without a PIN, and answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from sms.keywords import Understood, Wish, understand
from sms.kinds import Notice
from sms.replies import (
    CashNeedsThePin,
    Keywords,
    NeverSendAPin,
    NobodyHere,
    ProveThisNumber,
    RemindersBack,
    RemindersStopped,
    SeveralPeople,
)
from ussd_app.actions import answers
from ussd_app.actions.desk import Desk
from ussd_app.actions.dialogue import Press
from ussd_app.domain.caller import Person
from ussd_app.domain.people import Language
from ussd_app.domain.phone import Phone, read_phone
from ussd_app.store import callers, inbound, messages, opt_outs, recipients
from ussd_app.store.cash_out_rules import Since
from ussd_app.store.inbound import Received
from ussd_app.store.quick import InTransaction
from ussd_app.store.recipients import Recipient

MOST_REPLIES_A_DAY = 20
"""To one phone: two machines that answer each other come to an end."""

ONCE_A_DAY = frozenset({Keywords.kind, NobodyHere.kind, ProveThisNumber.kind, SeveralPeople.kind})
"""Replies that say nothing of what was asked: whoever does not understand them is not told again and again."""

DAY = timedelta(days=1)

RUNG = {"received": Understood(Wish.RECEIVED), "not_received": Understood(Wish.NOT_RECEIVED)}


def take_message(db: Connection, desk: Desk, received: Received, id: UUID, now: datetime, region: str = "VN") -> bool:
    """A text message. Whether there is something to send now; the same message again does nothing."""
    return _take(db, desk, received, understand(received.text), id, now, region)


def take_ring(
    db: Connection, desk: Desk, received: Received, numbers: tuple[str, str], id: UUID, now: datetime, region: str = "VN"
) -> bool:
    """A missed call to the number that means `received` or the one that means `not`; any other means nothing."""
    rung = _phone(received.sent_to, region)
    meanings = dict(zip((_phone(each, region) for each in numbers), RUNG.values(), strict=True))
    understood = meanings.get(rung) if rung else None
    return _take(db, desk, received, understood or Understood(Wish.UNKNOWN), id, now, region)


def _take(
    db: Connection, desk: Desk, received: Received, understood: Understood, id: UUID, now: datetime, region: str
) -> bool:
    phone = _phone(received.sender, region)
    if phone:
        inbound.lock_phone(db, phone.e164)
    if not inbound.keep(db, desk.vault, received, phone.e164 if phone else None, understood, now):
        return False
    if phone is None or phone == _phone(received.sent_to, region):
        return False  # a short code, a name, or ourselves: nobody there reads
    if received.channel == "ring" and understood.wish is Wish.UNKNOWN:
        return False
    line = Line(db, desk, received, Press(phone, now, id))
    reply = line.answer(understood)
    return reply is not None and line.send(reply, asked_for=understood.wish is not Wish.UNKNOWN)


def _phone(written: str, region: str) -> Phone | None:
    read = read_phone(written, region)
    return read.phone if read else None


class Line:
    """One message's sender: who surely has this phone, and what may be said to it."""

    def __init__(self, db: Connection, desk: Desk, received: Received, press: Press) -> None:
        self._db, self._desk, self._received, self._press = db, desk, received, press
        people = callers.people_on(InTransaction(db), desk.vault, press.phone.e164, Since.of(desk.local(press.now)))
        self._reached = {each.person_id: each for each in recipients.on(db, press.phone.e164)}
        self._own = [each for each in people if each.id in self._reached and not each.helped]
        self._helps = any(each.helped for each in people)

    def answer(self, understood: Understood) -> Notice | None:
        """What is said to this wish, once it is done; None where silence is the answer."""
        match understood.wish:
            case Wish.SECRET:
                return NeverSendAPin(ussd_code=self._desk.ussd_code)
            case Wish.STOP:
                opt_outs.stop(self._db, self._press.phone.e164, via="sms", now=self._press.now)
                return RemindersStopped()
            case Wish.START:
                opt_outs.start(self._db, self._press.phone.e164, now=self._press.now)
                return RemindersBack()
            case Wish.HELP:
                return Keywords()
            case Wish.UNKNOWN | Wish.BALANCE | Wish.CASH | Wish.RECEIVED | Wish.NOT_RECEIVED | Wish.WRONG_AMOUNT:
                return self._private(understood)

    def _private(self, understood: Understood) -> Notice | None:
        """Only who has the phone alone hears what is theirs; shared phones are asked on the screen who it is."""
        if not self._own:
            return self._to_nobody()
        if understood.wish is Wish.CASH:
            return CashNeedsThePin(ussd_code=self._desk.ussd_code)
        if understood.wish is Wish.UNKNOWN:
            return Keywords()
        if len(self._own) > 1:
            return SeveralPeople(ussd_code=self._desk.ussd_code)
        (person,) = self._own
        if understood.wish is Wish.BALANCE:
            return answers.balance(self._desk, person, self._press.now)
        return answers.of_a_payment(self._db, self._desk, self._received, self._press, person, understood)

    def _to_nobody(self) -> Notice:
        if self._helps:
            return SeveralPeople(ussd_code=self._desk.ussd_code)
        unproven = recipients.someone_unproven_on(self._db, self._press.phone.e164)
        return ProveThisNumber() if unproven else NobodyHere()

    def send(self, reply: Notice, *, asked_for: bool) -> bool:
        """Write the reply, unless this phone has heard enough today."""
        e164, now = self._press.phone.e164, self._press.now
        said = inbound.replies_since(self._db, e164, now - DAY)
        repeated = reply.kind in said and reply.kind in ONCE_A_DAY and not (asked_for and reply.kind == Keywords.kind)
        if repeated or len(said) >= MOST_REPLIES_A_DAY:
            return False
        person = self._own[0] if len(self._own) == 1 else None
        event = f"inbound:{self._received.provider}:{self._received.channel}:{self._received.provider_id}"
        body = self._words(reply, person)
        outgoing = messages.Outgoing(event, person.id if person else None, e164, reply.kind, reply.lane, body)
        inbound.note_reply(self._db, self._received, reply.kind)
        return messages.add(self._db, self._desk.vault, [outgoing], now) > 0

    def _words(self, reply: Notice, person: Person | None) -> str:
        to: Recipient | None = self._reached.get(person.id) if person else None
        if to:
            return to.words_of(reply, self._desk.brand, self._desk.hotline)
        languages = {each.language for each in self._own}
        language = languages.pop() if len(languages) == 1 else Language.VIETNAMESE
        return reply.text(language, self._desk.brand, self._desk.hotline)
