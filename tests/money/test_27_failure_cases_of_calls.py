"""Of the twenty-seven ways to pay twice or lose a payment, those between us and a provider: 1 to 7, 10 to 14."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest

from tests.money.counter import Counter, Killed
from ussd_app.store import cash_outs
from workers.mobile_money import port
from workers.orders import order_of


def orders_there(counter: Counter, id: UUID) -> int:
    return counter.number("SELECT count(*) FROM networks.requests WHERE client_id = :id", id=id)


def test_01_crash_after_provider_accepted_before_our_commit(counter: Counter) -> None:
    id = counter.ask()
    counter.sending = ["killed after"]
    with pytest.raises(Killed):
        counter.work()
    assert (counter.state(id), orders_there(counter, id)) == ("sent", 1)
    counter.settle()
    counter.passes(minutes=2)
    counter.work()
    counter.redeem(id)
    counter.lives_on(hours=1)
    assert (counter.sent, counter.paid(id), counter.ledger(id)) == ([id], 500_000, "paid")


def test_02_crash_between_hold_and_send(counter: Counter) -> None:
    id = counter.ask()
    counter.sending = ["killed before"]
    with pytest.raises(Killed):
        counter.work()
    assert (counter.ledger(id), orders_there(counter, id)) == ("held", 0)
    counter.lives_on(hours=0.5)
    assert orders_there(counter, id) == 1
    counter.redeem(id)
    counter.lives_on(hours=0.5)
    assert (set(counter.sent), counter.paid(id), counter.ledger(id)) == ({id}, 500_000, "paid")


@pytest.mark.parametrize("trouble", ["lost", "answer lost", "reset", "half"])
def test_03_request_lost_response_lost_reset_in_mid_body(counter: Counter, trouble: str) -> None:
    id = counter.ask()
    counter.sending = [trouble]
    counter.work()
    assert (counter.state(id), counter.ledger(id)) == ("unknown", "held")
    counter.lives_on(hours=0.5)
    counter.redeem(id)
    counter.lives_on(hours=0.5)
    assert (set(counter.sent), counter.paid(id), counter.ledger(id)) == ({id}, 500_000, "paid")


def test_04_duplicate_callback_in_parallel_and_with_a_different_body(counter: Counter) -> None:
    id = counter.issued()
    counter.callbacks()
    counter.redeem(id)
    (paid,) = counter.callbacks()
    unhashed = {name: value for name, value in paid.headers.items() if name.lower() != "x-content-hash"}
    other = replace(paid, headers=unhashed, body=paid.body.replace(b'"500000"', b'"900000"'))
    with ThreadPoolExecutor(6) as crowd:
        assert set(crowd.map(counter.call_back, [paid, paid, other, paid, other, paid])) == {204}
    counter.work()
    assert (counter.paid(id), counter.one(id).posted) == (500_000, 500_000)
    kept = counter.number("SELECT count(*) FROM provider_callback WHERE cash_out_id = :id", id=id)
    assert kept == 2, "each body is kept once, so that the one which differs can be shown"


def test_05_callback_before_the_202(counter: Counter) -> None:
    id = counter.ask()
    counter.sending = ["called back before"]
    counter.work()
    assert counter.state(id) == "issued", "what was called back meanwhile is asked about at once"
    counter.work()
    assert (counter.sent, counter.state(id)) == ([id], "issued")


def test_06_callback_never_comes(counter: Counter) -> None:
    id = counter.issued()
    counter.redeem(id)
    counter.callbacks()
    counter.lives_on(hours=0.5)
    assert (counter.state(id), counter.ledger(id)) == ("paid", "paid")


def test_07_time_out_then_success_a_day_later(counter: Counter) -> None:
    id = counter.ask()
    counter.sending, counter.asking = ["answer lost"], ["always 503"]
    counter.work()
    counter.lives_on(hours=25, step_minutes=60)
    assert (counter.state(id), counter.ledger(id)) == ("unknown", "held")
    counter.redeem(id)
    counter.asking = []
    counter.lives_on(hours=2, step_minutes=60)
    assert (counter.sent, counter.ledger(id)) == ([id], "paid")


def test_10_provider_says_unknown_inside_and_outside_the_dedup_window(counter: Counter) -> None:
    id = counter.ask()
    counter.sending = ["lost", "lost"]
    counter.work()
    counter.passes(seconds=10)
    counter.work()
    counter.passes(seconds=10)
    counter.work()
    assert counter.sent == [id, id], "inside the window the same id goes again"
    counter.passes(hours=25)
    counter.lives_on(hours=5, step_minutes=60)
    assert counter.sent == [id, id], "outside of it nothing is sent: a person decides"
    assert (counter.state(id), counter.ledger(id)) == ("unknown", "held")


def test_11_provider_says_duplicate_request(counter: Counter) -> None:
    id = counter.ask()
    counter.sending = ["answer lost"]
    counter.work()
    with counter.database.begin() as db:
        row = cash_outs.lock(db, counter.house.desk.vault, id)
    assert row is not None
    order = order_of(counter.office, row)
    assert counter.office.mobile_money.submit(order) == port.Unsure("duplicate: ask")
    assert counter.ledger(id) == "held"
    counter.lives_on(hours=0.5)
    assert counter.state(id) == "issued"


def test_12_status_answer_lost(counter: Counter) -> None:
    id = counter.ask()
    counter.work()
    counter.asking = ["answer lost", "503", "half"]
    counter.lives_on(hours=1)
    assert (counter.sent, counter.state(id), counter.ledger(id)) == ([id], "issued", "held")


@pytest.mark.parametrize("word", ["codeState", "transactionStatus"])
def test_13_status_not_in_our_map(counter: Counter, word: str) -> None:
    id = counter.issued()
    if word == "transactionStatus":
        counter.redeem(id)
    old, new = ("completed", "settled?") if word == "transactionStatus" else ("active", "frozen")
    counter.asking = [f"always reword {old} {new}"]
    counter.lives_on(hours=3)
    assert (counter.state(id), counter.ledger(id)) == ("issued", "held")
    counter.asking = []
    counter.lives_on(hours=1)
    assert counter.ledger(id) == ("paid" if word == "transactionStatus" else "held")


@pytest.mark.parametrize("made_up", [0, 1])
def test_14_forged_callback_right_id_wrong_amount(counter: Counter, made_up: int) -> None:
    id = counter.issued()
    assert counter.call_back(counter.house.provider.forged(id)[made_up]) == 204
    counter.work()
    assert (counter.state(id), counter.ledger(id)) == ("issued", "held")
    counter.redeem(id)
    counter.call_back(counter.house.provider.forged(id)[made_up])
    counter.lives_on(hours=0.2)
    assert (counter.ledger(id), counter.one(id).posted) == ("paid", 500_000), "what it says when asked decides"
