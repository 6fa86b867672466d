"""Two carriers: who is called, who is left alone, what is held back, and how fast each may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sms.notices import Lane
from sms.providers.port import Accepted, Busy, Outcome, Unsure
from tests.village import Village
from tests.workers.provider import ScriptedSms
from tests.workers.test_send_sms import office_of, states, write
from ussd_app.domain.breaker import Breaker
from ussd_app.domain.payments import Role
from ussd_app.domain.phone import Phone
from ussd_app.store import carriers, pauses
from workers import send_sms
from workers.office import Office

FIRST, SECOND = "africas_talking", "esms"


def carrier(name: str, says: Callable[[Phone], Outcome] | None = None) -> ScriptedSms:
    return ScriptedSms(says or (lambda phone: Accepted(f"{name}:{phone.e164}")), name=name)


def busy(_: Phone) -> Outcome:
    return Busy("http_503")


class Two:
    """An office with two carriers, at any moment."""

    def __init__(self, village: Village, first: ScriptedSms, second: ScriptedSms, **more: object) -> None:
        self.village, self.first, self.second, self.more = village, first, second, more

    def drain(self, after: timedelta = timedelta(0), lanes: tuple[Lane, ...] = (Lane.MONEY,)) -> int:
        office: Office = office_of(self.village, self.first, self.village.now + after)
        return send_sms.drain(replace(office, other_carriers=(self.second,), **self.more), lanes)  # type: ignore[arg-type]

    def health(self, name: str) -> Breaker:
        with self.village.database.begin() as db:
            return carriers.all_known(db)[name].breaker


def test_the_first_carrier_is_called_while_it_is_well(village: Village) -> None:
    write(village, 5, "each its own")
    two = Two(village, carrier(FIRST), carrier(SECOND))
    assert two.drain() == 5
    assert two.second.calls == []


def test_what_the_first_was_too_busy_for_goes_to_the_second(village: Village) -> None:
    write(village, 3)
    two = Two(village, carrier(FIRST, busy), carrier(SECOND))
    two.drain()
    assert (states(village), two.second.calls) == ({"waiting": 3}, [])
    two.drain(after=timedelta(minutes=1))
    assert states(village) == {"sent": 3}
    assert village.rows("SELECT DISTINCT provider FROM sms_message") == [(SECOND,)]


def test_what_nobody_knows_about_never_goes_to_another_carrier(village: Village) -> None:
    write(village, 3)
    two = Two(village, carrier(FIRST, lambda _: Unsure("reset")), carrier(SECOND))
    two.drain()
    with village.database.begin() as db:  # proved never to have reached the first: it goes once more, and there only
        db.exec_driver_sql("UPDATE sms_message SET state = 'waiting', resent_at = now() WHERE dedup_key = 'event:0'")
    two.drain(after=timedelta(hours=1))
    assert two.second.calls == []
    assert [len(to) for _, to in two.first.calls] == [3, 1]


def different(village: Village, number: int) -> None:
    """So that each is a call of its own."""
    write(village, number)
    with village.database.begin() as db:
        for row in village.rows("SELECT id FROM sms_message"):
            body = village.desk.vault.seal("message", f"ASXH: tien da ve, so {row[0]}")
            db.exec_driver_sql(
                "UPDATE sms_message SET body_sealed = %(body)s WHERE id = %(id)s", {"body": body, "id": row[0]}
            )


def test_a_carrier_that_fails_too_often_is_left_alone_and_tried_with_one_message(village: Village) -> None:
    different(village, 60)
    two = Two(village, carrier(FIRST, busy), carrier(SECOND), calls_at_once=4)
    two.drain()
    assert two.health(FIRST) is Breaker.OPEN
    called = len(two.first.calls)
    assert called < 40, "the others went to the second at once"
    assert states(village)["sent"] == 60 - called
    two.drain(after=timedelta(minutes=2))
    assert (len(two.first.calls), two.health(FIRST)) == (called + 1, Breaker.OPEN)
    assert states(village)["sent"] >= 59


def test_one_good_answer_closes_the_breaker(village: Village) -> None:
    different(village, 40)
    two = Two(village, carrier(FIRST, busy), carrier(SECOND), calls_at_once=4)
    two.drain()
    two.first.rule = lambda phone: Accepted(f"again:{phone.e164}")
    two.drain(after=timedelta(minutes=2))
    assert two.health(FIRST) is Breaker.CLOSED
    assert states(village) == {"sent": 40}


def test_with_nobody_well_messages_wait_and_nothing_is_lost(village: Village) -> None:
    different(village, 40)
    two = Two(village, carrier(FIRST, busy), carrier(SECOND, busy), calls_at_once=4)
    two.drain()
    two.drain(after=timedelta(seconds=3))
    assert states(village) == {"waiting": 40}
    assert village.number("SELECT count(*) FROM sms_message WHERE lease_until IS NOT NULL") == 0


def test_a_paused_carrier_is_not_called_and_a_paused_lane_does_not_move(village: Village) -> None:
    officer = village.officer("hoa", Role.RELEASES)
    write(village, 3)
    with village.database.begin() as db:
        assert pauses.pause(db, officer.id, lane=None, provider=FIRST, now=village.now)
        assert not pauses.pause(db, officer.id, lane=None, provider=FIRST, now=village.now)
        pauses.pause(db, officer.id, lane=Lane.MONEY, provider=None, now=village.now)
    two = Two(village, carrier(FIRST), carrier(SECOND))
    assert two.drain() == 0
    with village.database.begin() as db:
        assert pauses.resume(db, officer.id, lane=Lane.MONEY, provider=None, now=village.now) == 1
    assert two.drain() == 3
    assert two.first.calls == []
    assert states(village) == {"sent": 3}


def test_a_pause_holds_back_even_what_a_worker_had_claimed(village: Village) -> None:
    """It is asked about in the very statement that marks a message as going out."""
    officer = village.officer("hoa", Role.RELEASES)
    different(village, 30)

    def pausing(phone: Phone) -> Outcome:
        with village.database.begin() as db:
            pauses.pause(db, officer.id, lane=None, provider=None, now=village.now)
        return Accepted(f"one:{phone.e164}")

    two = Two(village, carrier(FIRST, pausing), carrier(SECOND), calls_at_once=2)
    assert two.drain() <= 4
    assert states(village)["waiting"] >= 26
    assert village.number("SELECT count(*) FROM sms_message WHERE lease_until IS NOT NULL") == 0


def test_a_measure_is_shared_and_codes_find_their_share_of_it(village: Village) -> None:
    now, rate = village.now, 20.0
    with village.database.begin() as db:
        carriers.look(db, {}, [FIRST], now)

    def take(parts: int, at: datetime, *, urgent: bool = False) -> bool:
        with village.database.begin() as db:
            return carriers.take(db, name=FIRST, parts=parts, parts_a_second=rate, urgent=urgent, now=at)

    later = now + timedelta(seconds=10)
    taken = 0
    while take(5, later):
        taken += 5
    assert taken == 15, "a second's worth, less what is kept for codes"
    assert take(1, later, urgent=True)
    assert sum(take(1, later, urgent=True) for _ in range(10)) == 4
    assert not take(1, later + timedelta(seconds=0.25))
    assert sum(take(5, later + timedelta(seconds=s / 4)) for s in range(1, 41)) * 5 == pytest.approx(200, abs=5)


def test_a_drain_keeps_to_the_measure(village: Village) -> None:
    """The clock stands still, so that no more than one second's worth may go."""
    different(village, 40)
    two = Two(village, carrier(FIRST), carrier(SECOND), parts_a_second={FIRST: 1000.0}, calls_at_once=4)
    with village.database.begin() as db:
        carriers.look(db, {}, [FIRST, SECOND], village.now - timedelta(seconds=10))
    assert two.drain() == 40
    [(left,)] = village.rows(f"SELECT tokens FROM sms_carrier WHERE name = '{FIRST}'")
    assert 900 <= float(str(left)) <= 960
