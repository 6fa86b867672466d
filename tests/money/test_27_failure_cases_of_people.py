"""Of the twenty-seven ways to pay twice or lose a payment, those of phones, agents, clocks and machines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from redis import Redis
from rq import Queue
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.money.counter import Counter
from tests.village import Village
from tests.workers.provider import ScriptedMoney
from tests.workers.test_cash_out import Day, office_of
from ussd_app.actions import cash_outs as actions
from ussd_app.actions import restorations
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Role
from ussd_app.store import ledger as ledger_store
from workers import cash_out
from workers.mobile_money.port import Paid, Pending
from workers.sweep import relay


def test_08_success_after_a_person_declared_it_failed(counter: Counter) -> None:
    id = counter.issued()
    before = counter.number("SELECT sum(credits_posted - debits_posted)::bigint FROM account WHERE person_id = :person")
    with counter.database.begin() as db:
        actions.fail(db, counter.house.desk, id, reason="declared", now=counter.now)
        actions.late_success(db, counter.house.desk, id, provider_reference="MM-late", now=counter.now)
    assert (counter.state(id), counter.ledger(id)) == ("failed", "given back")
    owned = counter.number("SELECT sum(credits_posted - debits_posted)::bigint FROM account WHERE person_id = :person")
    assert owned == before, "their owner may have spent it: nothing is taken from them"
    waits = counter.number("SELECT sum(amount)::bigint FROM transfer t JOIN account a ON a.id = t.debit_id"
                           " WHERE journal_id = :id AND a.kind = 'suspense'", id=id)  # fmt: skip
    alarms = counter.number(
        "SELECT count(*) FROM cash_out_finding WHERE kind = 'late_success' AND cash_out_id = :id", id=id
    )
    assert (waits, alarms) == (500_000, 1)


def test_09_reversal_after_success_partial_and_twice(counter: Counter) -> None:
    id = counter.issued()
    counter.redeem(id)
    counter.lives_on(hours=0.5)
    first, rest = uuid4(), uuid4()

    def taken_back(reversal: object, amount: int) -> bool:
        with counter.database.begin() as db:
            what = {"reversal_id": reversal, "amount": Dong(amount), "provider_reference": "R", "now": counter.now}
            return actions.reverse(db, counter.house.desk, id, **what)

    assert [taken_back(first, 200_000), taken_back(first, 200_000)] == [True, False]
    assert [taken_back(uuid4(), 400_000), taken_back(rest, 300_000), taken_back(uuid4(), 1)] == [False, True, False]
    come_back = counter.number(
        "SELECT sum(amount)::bigint FROM transfer t JOIN account a ON a.id = t.credit_id"
        " WHERE journal_id = :id AND t.kind = 'single' AND a.person_id = :person",
        id=id,
    )
    assert (come_back, counter.ledger(id)) == (500_000, "paid"), "new transfers; what was written stays"


def test_15_two_agents_redeem_one_code_at_once(counter: Counter) -> None:
    id = counter.issued()
    with ThreadPoolExecutor(2) as agents:
        said = sorted(agents.map(lambda _: counter.redeem(id), range(2)))
    assert said == ["500,000 đồng handed over", "This code has already been used."]
    assert counter.redeem(id) == "This code has already been used."
    counter.lives_on(hours=0.5)
    assert (counter.paid(id), counter.ledger(id)) == (500_000, "paid")


def test_15_code_expired_in_mid_redemption(counter: Counter) -> None:
    id = counter.issued()
    counter.passes(hours=48)
    assert counter.redeem(id) == "This code has expired."
    counter.settle()
    counter.work()
    assert (counter.paid(id), counter.ledger(id)) == (0, "given back")


def test_17_hold_expiry_while_sent_or_unknown(counter: Counter) -> None:
    id = counter.ask()
    counter.sending = ["answer lost"]
    counter.work()
    with pytest.raises(IntegrityError, match="its hold stays"), counter.database.begin() as db:
        ledger_store.void(db, id, "expired")
    counter.asking = ["answer lost"]
    counter.passes(days=400)
    counter.work()
    assert (counter.state(id), counter.ledger(id)) == ("unknown", "held")


def test_18_ussd_session_drops_after_confirm_and_the_elder_dials_again(counter: Counter) -> None:
    first = counter.ask()
    counter.work()
    assert counter.ask(100_000) == first
    assert [each.id for each in counter.ours] == [first]
    assert counter.ledger(first) == "held"


def test_19_same_menu_choice_pressed_twice_or_posted_again(counter: Counter) -> None:
    with ThreadPoolExecutor(4) as posts:
        ids = set(posts.map(lambda _: counter.ask(), range(4)))
    assert len(ids) == 1 == len(counter.ours)
    assert counter.number("SELECT sum(debits_pending)::bigint FROM account WHERE person_id = :person") >= 500_000


def test_22_provider_float_short_in_mid_batch(counter: Counter) -> None:
    id = counter.ask()
    counter.house.provider.refuse_next()
    counter.work()
    counter.settle()
    counter.passes(seconds=10)
    counter.work()
    assert (counter.state(id), counter.ledger(id)) == ("held", "held")
    assert counter.number("SELECT count(*) FROM provider_pause WHERE reason = 'insufficient_float'") == 1
    assert counter.number("SELECT count(*) FROM sms_message WHERE dedup_key = 'cash-out-failed:' || :id", id=str(id)) == 0
    counter.lives_on(hours=1)
    assert counter.number("SELECT count(*) FROM cash_out WHERE id = :id AND state = 'issued'", id=id) == 1
    assert len(set(counter.sent)) == 2, "a refused id is never sent again"
    counter.redeem(counter.sent[-1])
    counter.lives_on(hours=0.5)
    assert (counter.paid(id), counter.paid(counter.sent[-1]), counter.ledger(id)) == (0, 500_000, "paid")
    counter.paid_elsewhere[id] = counter.sent[-1]


@pytest.mark.parametrize("hours", [-3, 3])
def test_24_clock_skew_between_us_and_the_provider(counter: Counter, hours: int) -> None:
    id = counter.issued()
    counter.skew = timedelta(hours=hours)
    counter.passes(hours=47)
    counter.work()
    assert (counter.state(id), counter.ledger(id)) == ("issued", "held"), "whether it has expired says the provider's clock"
    assert counter.redeem(id) == "500,000 đồng handed over"
    counter.lives_on(hours=4)
    assert counter.ledger(id) == "paid"


def test_26_redis_flushed(counter: Counter, redis_url: str) -> None:
    id = counter.ask()
    redis = Redis.from_url(redis_url)
    redis.flushall()
    relay(counter.office, redis, counter.now)
    assert Queue("cash-out", connection=redis).count == 1
    assert counter.work() == 1
    assert counter.sent == [id]
    redis.flushall()


def test_27_database_restored_from_yesterdays_backup(village: Village) -> None:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    (in_the_backup,) = village.rows("SELECT row_to_json(c)::text FROM cash_out c")
    money, day = ScriptedMoney(enquiries=[Pending()]), Day(village.now)
    cash_out.drain(office_of(village, money, day))
    with village.database.begin() as db:  # the ledger has nothing that is newer than the hold
        db.execute(text("DELETE FROM cash_out"))
        db.execute(text("INSERT INTO cash_out SELECT * FROM json_populate_record(NULL::cash_out, :row)"),
                   {"row": in_the_backup[0]})  # fmt: skip
    day.now += timedelta(hours=20)
    zone, officer = village.desk.zone, village.officer("hoa", Role.RELEASES)
    with village.database.begin() as db:
        assert restorations.begin(db, ["gsma"], day.now - timedelta(days=1), officer, zone, day.now).to_ask == 1
    money.enquiries = [Paid("MM1", day.now)]
    cash_out.drain(office_of(village, money, day))
    assert len(money.orders) == 1, "it was asked about before anything could be sent again"
    assert village.rows("SELECT state FROM cash_out") == [("paid",)]
    assert village.balance(person) == 400_000
    assert village.breaches() == []
