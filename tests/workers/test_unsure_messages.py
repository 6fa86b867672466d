"""A message nobody knows about: settled by its report, sent again only when it surely never arrived, else left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sms.notices import Lane
from sms.providers.port import Accepted, Outcome, Unsure
from tests.village import Village
from tests.workers.provider import ScriptedSms
from tests.workers.test_send_sms import PROVIDER, begin, office_of, states, write
from ussd_app.domain.phone import Phone
from ussd_app.store import delivery_reports, messages, unsure_messages
from workers import send_sms

LOST = Phone("+84912000000")
LATER = timedelta(minutes=3)


def send_with_one_lost(village: Village, number: int = 30) -> None:
    """All but one are accepted; of that one nobody knows."""
    write(village, number)

    def says(phone: Phone) -> Outcome:
        return Unsure("reset") if phone == LOST else Accepted(f"ATXid_{phone.e164}")

    send_sms.drain(office_of(village, ScriptedSms(says)), [Lane.MONEY])


def report(village: Village, provider_id: str, phone: str) -> None:
    with village.database.begin() as db:
        delivery_reports.keep_report(
            db, provider=PROVIDER, provider_id=provider_id, outcome="delivered", failure="", e164=phone, now=village.now
        )


def report_on(village: Village, number: int) -> None:
    for each in range(1, number):
        report(village, f"ATXid_+8491200{each:04d}", f"+8491200{each:04d}")


def settle_and_send_again(village: Village) -> tuple[int, int]:
    with village.database.begin() as db:
        db.exec_driver_sql("UPDATE sms_report SET received_at = %(now)s", {"now": village.now})
        later = village.now + LATER
        return unsure_messages.settle(db, later), unsure_messages.send_again(db, later)


def test_its_report_says_that_it_arrived(village: Village) -> None:
    send_with_one_lost(village)
    report_on(village, 30)
    report(village, "ATXid_of_an_answer_that_never_came", LOST.e164)
    assert settle_and_send_again(village) == (1, 0)
    assert states(village) == {"delivered": 30}


def test_all_others_are_reported_on_and_it_is_not_so_it_goes_once_more(village: Village) -> None:
    send_with_one_lost(village)
    report_on(village, 30)
    assert settle_and_send_again(village) == (0, 1)
    assert states(village) == {"delivered": 29, "waiting": 1}
    still_silent = ScriptedSms(lambda _: Unsure("reset"))
    send_sms.drain(office_of(village, still_silent, village.now + LATER), [Lane.MONEY])
    assert [to for _, to in still_silent.calls] == [(LOST,)]
    assert settle_and_send_again(village) == (0, 0), "the first proof is no proof of the second sending"
    assert states(village) == {"delivered": 29, "unsure": 1}


def test_hit_again_it_goes_again_on_a_proof_of_its_own(village: Village) -> None:
    send_with_one_lost(village)
    report_on(village, 30)
    sendings = 0
    for number in range(1, unsure_messages.MOST_SENDINGS + 2):
        sendings, later = number, replace(village, now=village.now + number * LATER)
        if settle_and_send_again(replace(later, now=later.now - LATER)) == (0, 0):
            break
        others = [
            messages.Outgoing(f"{number}:{each}", None, f"+8491201{each:04d}", "payment_arrived", Lane.MONEY, "ASXH: tien.")
            for each in range(30)
        ]
        with village.database.begin() as db:
            messages.add(db, village.desk.vault, others, later.now)

        def says(phone: Phone, number: int = number) -> Outcome:
            return Unsure("reset") if phone == LOST else Accepted(f"{number}_{phone.e164}")

        send_sms.drain(office_of(later, ScriptedSms(says)), [Lane.MONEY])
        for each in range(30):
            report(later, f"{number}_+8491201{each:04d}", f"+8491201{each:04d}")
    assert sendings == unsure_messages.MOST_SENDINGS
    assert states(village)["unsure"] == 1


@pytest.mark.parametrize(
    ("sent", "reported"), [(30, 29), (30, 1), (10, 10)], ids=["one report missing", "no reports", "too few witnesses"]
)
def test_where_nothing_is_proved_nothing_is_sent(village: Village, sent: int, reported: int) -> None:
    send_with_one_lost(village, sent)
    report_on(village, reported)
    assert settle_and_send_again(village) == (0, 0)
    assert states(village)["unsure"] == 1


def test_a_report_whose_answer_is_still_on_its_way_is_nobody_elses(village: Village) -> None:
    """The phone has an old unsure message, and another that is being handed over at this moment."""
    send_with_one_lost(village, 1)
    with village.database.begin() as db:
        outgoing = messages.Outgoing("another", None, LOST.e164, "payment_arrived", Lane.MONEY, "ASXH: another")
        messages.add(db, village.desk.vault, [outgoing], village.now)
        [claimed] = messages.claim(
            db, village.desk.vault, lanes=[Lane.MONEY], worker="one", limit=1, now=village.now, lease=send_sms.LEASE
        )
        begin(db, village, claimed, worker="one")
    report(village, "ATXid_new", LOST.e164)
    assert settle_and_send_again(village) == (0, 0)
    assert states(village) == {"unsure": 1, "sending": 1}
