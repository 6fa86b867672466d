"""Reports of one message in every order, doubled, early, late and about strangers: always the same ending."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sms.notices import Lane
from tests.village import Village
from tests.workers.test_send_sms import PROVIDER, begin, finish, states, write
from ussd_app.store import delivery_reports, messages
from ussd_app.store.messages import Claimed, Sent
from workers import send_sms

OURS, STRANGERS = "ATXid_1", "ATXid_of_a_stranger"
ACCEPTED = ("accepted", OURS)


def being_sent(village: Village) -> Claimed:
    """One message that is in its carrier's hands, and nothing else in the tables."""
    with village.database.begin() as db:
        db.exec_driver_sql("TRUNCATE sms_message, sms_report CASCADE")
    write(village, 1)
    with village.database.begin() as db:
        [claimed] = messages.claim(
            db, village.desk.vault, lanes=[Lane.MONEY], worker="one", limit=1, now=village.now, lease=send_sms.LEASE
        )
        begin(db, village, claimed, worker="one")
    return claimed


def live_through(village: Village, events: list[tuple[str, str]]) -> None:
    claimed = being_sent(village)
    for what, provider_id in events:
        with village.database.begin() as db:
            if what == "accepted":
                sent = Sent(claimed.id, 1, PROVIDER, "sent", provider_id=OURS, cost_millidong=350_000)
                finish(db, village, sent)
            else:
                delivery_reports.keep_report(
                    db,
                    provider=PROVIDER,
                    provider_id=provider_id,
                    outcome=what,
                    failure="AbsentSubscriber" if what == "undelivered" else "",
                    e164=claimed.e164,
                    now=village.now,
                )


def ending(village: Village) -> tuple[object, ...]:
    [row] = village.rows("SELECT state, note, provider_id, cost_millidong, claimed_by FROM sms_message")
    return tuple(row)


def expected(events: list[tuple[str, str]]) -> tuple[object, ...]:
    ours = {what for what, provider_id in events if provider_id == OURS}
    if "delivered" in ours:
        return "delivered", "", OURS, 350_000, None
    if "undelivered" in ours:
        return "undelivered", "AbsentSubscriber", OURS, 350_000, None
    return "sent", "", OURS, 350_000, None


reports = st.lists(
    st.tuples(st.sampled_from(["on_its_way", "undelivered", "delivered"]), st.sampled_from([OURS, OURS, STRANGERS])),
    max_size=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=reports.flatmap(lambda some: st.permutations([ACCEPTED, *some])))
def test_any_reports_in_any_order_end_in_the_same_state(village: Village, events: list[tuple[str, str]]) -> None:
    live_through(village, events)
    assert ending(village) == expected(events)
    unapplied = village.number(f"SELECT count(*) FROM sms_report WHERE applied_at IS NULL AND provider_id = '{OURS}'")
    assert unapplied == 0, "every report of a known message has been taken into account"


@pytest.mark.parametrize(
    "order", sorted(set(permutations(["on_its_way", "undelivered", "delivered", "accepted"]))), ids=" ".join
)
def test_all_orders_of_what_one_message_can_go_through(village: Village, order: tuple[str, ...]) -> None:
    live_through(village, [(what, OURS) for what in order for _ in range(1 if what == "accepted" else 2)])
    assert ending(village)[:2] == ("delivered", "")


def test_a_report_that_crosses_with_our_own_note_of_the_answer_is_joined_to_it_soon(village: Village) -> None:
    """Neither transaction could see the other: afterwards both are there, and nothing was applied."""
    live_through(village, [ACCEPTED])
    with village.database.begin() as db:
        db.exec_driver_sql(
            "INSERT INTO sms_report (provider, provider_id, outcome, received_at)"
            f" VALUES ('{PROVIDER}', '{OURS}', 'delivered', %(now)s)",
            {"now": village.now - 2 * send_sms.LEASE},
        )
        assert delivery_reports.join_overtaken(db, village.now) == 1
    assert states(village) == {"delivered": 1}


def test_an_answer_to_an_earlier_attempt_changes_nothing(village: Village) -> None:
    """A worker that hung for minutes comes back while another one is sending the message again."""
    claimed = being_sent(village)
    with village.database.begin() as db:
        stale = Sent(claimed.id, 0, PROVIDER, "waiting", "503", next_attempt_at=village.now)
        finish(db, village, stale)
    assert states(village) == {"sending": 1}


def test_the_price_a_report_names_is_kept_even_when_it_comes_first(village: Village) -> None:
    claimed = being_sent(village)
    with village.database.begin() as db:
        delivery_reports.keep_report(
            db,
            provider=PROVIDER,
            provider_id=OURS,
            outcome="delivered",
            failure="",
            e164=claimed.e164,
            now=village.now,
            cost_millidong=470_000,
        )
        finish(db, village, Sent(claimed.id, 1, PROVIDER, "sent", provider_id=OURS))
    assert village.rows("SELECT state, cost_millidong FROM sms_message") == [("delivered", 470_000)]
