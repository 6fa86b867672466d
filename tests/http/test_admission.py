"""Who is served when more call than can be: under way before beginning, nobody in vain, and a slow database is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask.testing import FlaskClient

from ussd_app.actions.desk import Desk
from ussd_app.domain.caller import Service
from ussd_app.domain.phone import Phone
from ussd_app.http.admission import PATIENCE_AT_FIRST_S, PATIENCE_S, SLOW_S, Bucket, Fuse, Gate, Turnstile
from ussd_app.http.callback import Callback
from ussd_app.http.turn import Dialogue
from ussd_app.store.database import Database
from ussd_app.store.visit_counts import refusals

NOT_KNOWN = "END So may nay chua dang ky"
BEGINS, UNDER_WAY = True, False

BUSY = "END Dang co nhieu nguoi goi. Tien cua ong/ba khong mat. Xin bam lai sau 5 phut, hoac cho tin nhan."


@dataclass
class Watch:
    """Stands still until it is moved."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


def whole_fuse() -> Fuse:
    return Fuse(lambda: None)


def somebody_waits(turnstile: Turnstile, begins: bool, then: Callable[[], object]) -> threading.Thread:
    """A caller in the line, who does something when their turn has come."""

    def wait() -> None:
        if turnstile.enter(begins):
            then()
            turnstile.leave()

    before = len(turnstile._under_way) + len(turnstile._beginning)
    caller = threading.Thread(target=wait, daemon=True)
    caller.start()
    while len(turnstile._under_way) + len(turnstile._beginning) == before:
        pass
    return caller


def test_those_under_way_go_before_those_who_begin() -> None:
    turnstile, served = Turnstile(clock=Watch()), list[str]()
    assert turnstile.enter(BEGINS)
    line = [
        somebody_waits(turnstile, BEGINS, lambda: served.append("begins")),
        somebody_waits(turnstile, UNDER_WAY, lambda: served.append("under way")),
    ]
    turnstile.leave()
    for each in line:
        each.join()
    assert served == ["under way", "begins"]
    assert turnstile.enter(BEGINS), "and the door is open again"


def test_nobody_stands_in_line_behind_a_turn_that_is_stuck() -> None:
    watch = Watch()
    turnstile = Turnstile(clock=watch)
    assert turnstile.enter(UNDER_WAY)
    watch.at += SLOW_S + 0.1
    assert not turnstile.enter(UNDER_WAY)
    assert not turnstile.enter(BEGINS)
    turnstile.leave()
    assert turnstile.enter(BEGINS)


def test_a_room_full_without_a_break_sends_away_those_who_begin_and_later_everyone() -> None:
    watch = Watch()
    turnstile = Turnstile(room=2, clock=watch)
    assert turnstile.enter(UNDER_WAY)
    waiting = [somebody_waits(turnstile, UNDER_WAY, lambda: None) for _ in range(2)]
    watch.at += PATIENCE_AT_FIRST_S + 0.1
    turnstile._taken_at = watch.at  # turns come and go meanwhile
    assert not turnstile.enter(BEGINS)
    watch.at += PATIENCE_S
    turnstile._taken_at = watch.at
    assert not turnstile.enter(UNDER_WAY)
    turnstile.leave()
    for each in waiting:
        each.join()


def test_a_fuse_is_whole_again_as_soon_as_the_database_answers() -> None:
    answers, looked, mended = threading.Event(), threading.Event(), threading.Event()

    def look() -> None:
        looked.set()
        if not answers.is_set():
            raise OSError("no answer")

    fuse = Fuse(look, wait=lambda _: mended.set() if answers.is_set() else None)
    fuse.blow()
    assert looked.wait(5)
    assert fuse.blown
    answers.set()
    assert mended.wait(5)
    while fuse.blown:
        pass


def test_so_many_new_sessions_a_second_and_no_more() -> None:
    watch = Watch()
    bucket = Bucket(3, clock=watch)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    watch.at += 0.4
    assert [bucket.take() for _ in range(2)] == [True, False]
    assert all(Bucket(0).take() for _ in range(1000))


def test_those_turned_away_are_counted_once() -> None:
    gate = Gate(whole_fuse(), Bucket(1))
    for _ in range(3):
        with gate.turn(BEGINS):
            pass
    with gate.turn(UNDER_WAY) as admitted:
        assert admitted, "the bucket is for those who begin"
    assert gate.turned_away() == {"new_sessions": 2}
    assert gate.turned_away() == {}


def test_the_short_honest_page_of_each_wire(dialogue: Dialogue, gateway_with: Callable[[Gate], FlaskClient]) -> None:
    never = threading.Event()
    gate = Gate(Fuse(lambda: never.wait(5) and None), Bucket(0))
    gate.fuse.blow()
    gateway = gateway_with(gate)
    form = {"phoneNumber": "+84912000101", "serviceCode": "*8899#", "sessionId": "a", "networkCode": "", "text": ""}
    assert gateway.post("/ussd", data=form).get_data(as_text=True) == BUSY
    assert BUSY.startswith("END Dang co nhieu nguoi goi. Tien cua ong/ba khong mat.")
    asked = {"SessionId": "h", "Sequence": 1, "Type": "initiation", "Message": "", "Mobile": "84912000101"}
    said = gateway.post("/ussd/hubtel", json=asked).get_json()
    assert (said["Type"], said["Message"]) == ("release", BUSY[4:])
    never.set()


def test_a_phone_that_dials_again_and_again_is_told_to_wait(database: Database, desk: Desk, clock: Any) -> None:
    dialogue = Dialogue(database, desk, Service("18001234", "*8899#"), clock, calls_a_minute=3)

    def dialled(session: str, phone: str = "+84912000101", text: str = "") -> str:
        return dialogue.answer(Callback(session, Phone(phone), text, "")).body

    assert all(dialled(f"s{n}").startswith(NOT_KNOWN) for n in range(3))
    assert dialled("s3").startswith("END May nay vua goi qua nhieu lan. Xin cho 1 phut")
    assert dialled("s0").startswith(NOT_KNOWN), "a repeat of a session that was taken is answered as before"
    assert dialled("t0", "+84912000102").startswith(NOT_KNOWN), "another phone is served"
    clock.passes(seconds=61)
    assert dialled("s4").startswith(NOT_KNOWN)


def test_what_was_turned_away_is_kept_with_the_first_turn_after_it(
    database: Database, gateway_with: Callable[[Gate], FlaskClient]
) -> None:
    gate = Gate(whole_fuse(), Bucket(1))
    gateway = gateway_with(gate)
    for n in range(3):
        form = {"phoneNumber": "+84912000101", "serviceCode": "*8899#", "sessionId": f"s{n}", "networkCode": "", "text": ""}
        gateway.post("/ussd", data=form)
    gateway.post("/ussd", data=form | {"text": "1"})
    assert gateway.post("/ussd", data=form | {"text": "1"}).status_code == 200, "and when there is nothing to keep"
    with database.begin() as db:
        assert refusals(db, date(2027, 1, 25), date(2027, 1, 25)) == {"new_sessions": 2}
