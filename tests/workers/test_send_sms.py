"""Messages through every outcome, every order of reports, and a worker killed in the middle."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import Connection

from sms.notices import Lane
from sms.providers.port import Accepted, Busy, Outcome, Refused, Unsure
from tests.village import Village
from tests.workers.provider import ScriptedMoney, ScriptedSms
from ussd_app.domain.phone import Phone
from ussd_app.store import messages
from ussd_app.store.messages import Claimed, Sent
from ussd_app.store.quick import InTransaction
from workers import send_sms, sms_calls
from workers.office import Office

PROVIDER = "africas_talking"


def office_of(village: Village, sms: ScriptedSms, now: datetime | None = None, worker: str = "one") -> Office:
    moment = now or village.now
    return Office(village.database, village.desk, sms, ScriptedMoney(), lambda: moment, worker, 172_800, Event())


def write(village: Village, number: int, body: str = "ASXH: tien da ve.", lane: Lane = Lane.MONEY) -> None:
    outgoing = [
        messages.Outgoing(f"event:{each}", None, f"+8491200{each:04d}", "payment_arrived", lane, body)
        for each in range(number)
    ]
    with village.database.begin() as db:
        messages.add(db, village.desk.vault, outgoing, village.now)


def begin(db: Connection, village: Village, *taken: Claimed, worker: str) -> set[int]:
    return messages.finish_and_begin(
        InTransaction(db),
        results=[],
        taken=[(each, PROVIDER) for each in taken],
        worker=worker,
        now=village.now,
        lease=send_sms.LEASE,
    )


def finish(db: Connection, village: Village, *results: Sent) -> None:
    messages.finish_and_begin(
        InTransaction(db), results=results, taken=[], worker="one", now=village.now, lease=send_sms.LEASE
    )


def states(village: Village) -> dict[str, int]:
    return {str(s): int(str(n)) for s, n in village.rows("SELECT state, count(*) FROM sms_message GROUP BY state")}


@pytest.mark.parametrize(
    ("provider_says", "message_is"),
    [
        (Accepted("ATXid_1"), "sent"),
        (Refused("UserInBlacklist"), "refused"),
        (Busy("503"), "waiting"),
        (Unsure("reset"), "unsure"),
    ],
)
def test_the_four_fates(village: Village, provider_says: Outcome, message_is: str) -> None:
    write(village, 1)
    send_sms.drain(office_of(village, ScriptedSms(lambda _: provider_says)), [Lane.MONEY])
    assert states(village) == {message_is: 1}


def test_what_was_busy_goes_later_and_what_was_unsure_never_again(village: Village) -> None:
    write(village, 2)
    first = ScriptedSms(lambda phone: Busy("503") if phone.e164.endswith("0") else Unsure("reset"))
    send_sms.drain(office_of(village, first), [Lane.MONEY])
    later = ScriptedSms()
    send_sms.drain(office_of(village, later, village.now + timedelta(hours=1)), [Lane.MONEY])
    assert [phone for _, to in later.calls for phone in to] == [Phone("+84912000000")]
    assert states(village) == {"sent": 1, "unsure": 1}


def test_the_same_words_share_a_call_and_a_phone_is_named_once_in_it(village: Village) -> None:
    same = [messages.Claimed(number, f"+8491200{number % 60:04d}", "the same", 0) for number in range(120)]
    other = [messages.Claimed(500, "+84912000000", "another", 0)]
    made = list(sms_calls.groups(same + other))
    assert sorted(len(group) for group in made) == [1, 60, 60]
    assert all(len({each.e164 for each in group}) == len(group) for group in made)


def test_one_event_gives_one_message_however_often_it_is_written(village: Village) -> None:
    write(village, 3)
    write(village, 3)
    assert states(village) == {"waiting": 3}


def test_two_workers_never_take_the_same_message(village: Village) -> None:
    write(village, 50)
    with village.database.begin() as one, village.database.begin() as two:
        taken = [
            messages.claim(
                db,
                village.desk.vault,
                lanes=[Lane.MONEY],
                worker=worker,
                limit=30,
                now=village.now,
                lease=send_sms.LEASE,
            )
            for db, worker in ((one, "one"), (two, "two"))
        ]
    ids = [[each.id for each in some] for some in taken]
    assert (len(ids[0]), len(ids[1])) == (30, 20)
    assert not set(ids[0]) & set(ids[1])


def test_a_worker_killed_while_sending_leaves_unsure_and_before_it_waiting(village: Village) -> None:
    write(village, 2)

    class Killed(BaseException):
        pass

    with village.database.begin() as db:
        claimed = messages.claim(
            db, village.desk.vault, lanes=[Lane.MONEY], worker="dead", limit=2, now=village.now, lease=send_sms.LEASE
        )
        begin(db, village, claimed[0], worker="dead")
    within_a_minute = village.now + timedelta(seconds=60)
    with village.database.begin() as db:
        assert messages.sweep(db, within_a_minute) == {"freed": 1, "unsure": 1, "expired": 0}
    again = ScriptedSms()
    send_sms.drain(office_of(village, again, within_a_minute), [Lane.MONEY])
    assert sum(len(to) for _, to in again.calls) == 1
    assert states(village) == {"sent": 1, "unsure": 1}


def test_a_message_that_says_nothing_true_any_more_is_not_sent(village: Village) -> None:
    write(village, 1, lane=Lane.CODE)
    after = village.now + timedelta(hours=49)
    sms = ScriptedSms()
    send_sms.drain(office_of(village, sms, after), [Lane.CODE])
    with village.database.begin() as db:
        messages.sweep(db, after)
    assert sms.calls == []
    assert states(village) == {"expired": 1}
