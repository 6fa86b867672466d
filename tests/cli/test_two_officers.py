"""At an officer's terminal: a wrong entry taken back, suspense carried, a returned payment sent again; always by two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import Result
from sqlalchemy import text

from tests.close_days import Days
from tests.village import Village
from ussd_app.actions import cash_outs, restorations
from ussd_app.actions.statement_check import INVARIANT
from ussd_app.domain.payments import Role
from ussd_app.store import cash_outs as cash_out_store

Terminal = Callable[[str], Result]
Say = Callable[..., str]
JANUARY = datetime(2024, 1, 25, 5, 0, tzinfo=UTC)


@pytest.fixture
def say(terminal: Terminal) -> Say:
    """A line typed, and what both streams said; the status must be as it is expected."""

    def typed(line: str, status: int = 0) -> str:
        said = terminal(line)
        assert said.exit_code == status, said.output
        return said.output

    return typed


@pytest.fixture
def person(village: Village) -> int:
    person = village.person()
    with village.database.begin() as db:
        db.execute(text("UPDATE person SET person_code = 'TN-1'"))
    village.pay(person)
    return person


def entry(village: Village, reason: str) -> str:
    return str(village.rows(f"SELECT id FROM transfer WHERE reason = '{reason}' ORDER BY created_at DESC")[0][0])[:8]


@pytest.mark.parametrize("amount", ["-5", "0", "1.5", "500000.5", "900001", "99999999999999999999", "abc", "''"])
def test_an_amount_that_is_none_moves_nothing(village: Village, say: Say, person: int, amount: str) -> None:
    heard = say(f"ledger correct --payment 1 --amount {amount} --because x --as an", 2)
    assert "is not an amount in whole đồng" in heard or "Only 900.000đ of this entry is left" in heard
    assert village.balance(person) == 900_000


def test_a_wrong_credit_is_taken_back_by_two_and_given_again_by_two(village: Village, say: Say, person: int) -> None:
    for wrong, why in (
        ("ledger correct --because x --as an", "Say which entry"),
        ("ledger correct zz --because x --as an", "is not the beginning of an entry's id"),
        ("ledger correct ffffffff --because x --as an", "There is no entry"),
        ("ledger correct --payment 99 --because x --as an", "There is no payment 99"),
        ("ledger correct --payment 1 --because ' ' --as an", "needs a few words"),
        ("ledger correct --payment 1 --because x --as binh", "binh is not an officer who enters"),
        ("adjustments agree 7 --as binh", "Nobody has asked for anything under number 7"),
        ("ledger entries", "Say which"),
    ):
        assert why in say(wrong, 2)
    assert say("ledger correct --payment 1 --amount 300.000 --because 'two months' --as an").endswith("\n1\n")
    assert village.balance(person) == 900_000
    assert "waits for another officer" in say("ledger correct --payment 1 --because x --as an", 2)
    say("users add an --role approves")
    assert "somebody else must agree" in say("adjustments agree 1 --as an", 2)
    assert "300.000đ" in say("adjustments show 1")
    assert "1 adjustments wait for an officer" in say("close open")
    assert "1 done, 300.000đ" in say("adjustments agree 1 --as binh")
    assert "nothing moves twice" in say("adjustments agree 1 --as binh")
    assert "is done" in say("adjustments refuse 1 --because x --as binh", 2)
    assert village.balance(person) == 600_000
    assert "two months" in say("ledger entries --person TN-1")
    say(f"ledger correct {entry(village, 'two months')} --because 'it was right' --as an")
    say("adjustments agree 2 --as binh")
    assert village.balance(person) == 900_000
    assert "gave again" in say(f"ledger correct {entry(village, 'it was right')} --because x --as an", 2)
    village.ask_for_cash(person, 800_000)
    assert "its owner has taken it out" in say("ledger correct --payment 1 --because x --as an", 2)
    assert "A cash-out moves only by its provider's word" in say(
        f"ledger correct {entry(village, 'cash-out asked')} --because x --as an", 2
    )
    told = village.rows("SELECT kind FROM sms_message WHERE kind LIKE 'balance%' ORDER BY id")
    assert told == [("balance_lowered",), ("balance_raised",)]
    assert "The ledger closes." in say("ledger check")


def test_who_thinks_better_of_it_takes_it_back_for_good(village: Village, say: Say, person: int) -> None:
    say("ledger correct --payment 1 --because 'too much' --as an")
    assert "needs a few words" in say("adjustments refuse 1 --because '' --as an", 2)
    say("adjustments refuse 1 --because 'the wrong Phương' --as an")
    assert "has refused number 1" in say("adjustments agree 1 --as binh", 2)
    assert "has refused number 1 already" in say("adjustments refuse 1 --because x --as binh", 2)
    assert "0 wait for an officer" in say("adjustments list")
    assert "the wrong Phương" in say("adjustments list --all")
    assert village.balance(person) == 900_000


def paid_after_all(village: Village, person: int) -> str:
    """500.000đ that the provider paid after they had been given back; the reference of the cash-out."""
    village.ask_for_cash(person)
    (id, reference) = village.rows("SELECT id, reference FROM cash_out")[0]
    assert isinstance(id, UUID)
    with village.database.begin() as db:
        cash_outs.fail(db, village.desk, id, reason="other", now=village.now)
        assert cash_outs.late_success(db, village.desk, id, provider_reference="W1", now=village.now)
        assert cash_out_store.lock(db, village.desk.vault, id) is not None
    return str(reference)


def test_cash_paid_after_it_was_given_back_is_carried_by_whoever_had_it(village: Village, say: Say, person: int) -> None:
    reference = paid_after_all(village, person)
    assert "500.000đ are in suspense" in say("close open")
    for wrong, why in (
        ("carry R0 --by person", "Nothing of R0 is in suspense"),
        (f"carry {reference} --by person --amount 500001", "Only 500.000đ of"),
        (f"carry {reference} --by person --amount -1", "is not an amount"),
        (f"carry {reference} --by person --person TN-9", "Nobody on the list"),
        (f"carry {reference} --by programme --programme merit", "no other programme carries it"),
    ):
        assert why in say(f"suspense {wrong} --because x --as an", 2)
    say(f"suspense carry {reference.lower()} --by person --amount 300000 --because 'her receipt' --as an")
    say(f"suspense carry {reference} --by programme --because 'she denies the rest' --as an")
    assert "waits for another officer" in say(f"suspense carry {reference} --by person --because x --as an", 2)
    assert "1 done, 300.000đ" in say("suspense agree 1 --as binh")
    assert "1 done, 200.000đ" in say("suspense agree 2 --as binh")
    assert "0 in suspense, 0đ." in say("suspense list")
    assert village.balance(person) == 600_000
    assert "fees carried by the programme -200,000" in say("ledger periods")
    assert "The ledger closes." in say("ledger check")


def test_under_a_lost_order_somebody_must_say_whose_it_was(village: Village, say: Say) -> None:
    days = Days(village)
    days.it_is(JANUARY)
    person = village.person()
    with village.database.begin() as db:
        db.execute(text("UPDATE person SET person_code = 'TN-1'"))
    village.pay(person)
    days.read(days.line(uuid4(), 300_000, JANUARY), now=JANUARY)
    zone, an = village.desk.zone, village.officer("an", Role.ENTERS)
    with village.database.begin() as db:
        restorations.begin(db, "gsma", datetime(2024, 1, 24, tzinfo=UTC), an, zone, datetime(2024, 1, 26, tzinfo=UTC))
        (foreign,) = restorations.end(db, "gsma", an, datetime(2024, 1, 26, tzinfo=UTC), "from a file").foreign
    assert "Say whose cash" in say(f"suspense carry {foreign.line_id} --by person --because x --as an", 2)
    assert "say which programme" in say(f"suspense carry {foreign.line_id} --by programme --because x --as an", 2)
    say(f"suspense carry {foreign.line_id} --by person --person TN-1 --because 'her receipt' --as an")
    say("suspense agree 1 --as binh")
    assert village.balance(person) == 600_000
    wrong = entry(village, "her receipt")
    say(f"ledger correct {wrong} --because 'another woman of that name' --as an")
    say("adjustments agree 2 --as binh")
    assert village.balance(person) == 900_000
    say(f"suspense carry {foreign.line_id} --by programme --programme tet_gift --because 'nobody knows' --as an")
    say("suspense agree 3 --as binh")
    assert "0 in suspense" in say("suspense list")
    assert "paid out 300,000" in say("ledger periods")
    assert not village.breaches()


def test_a_payment_that_a_bank_sent_back_goes_out_again_once(village: Village, say: Say, tmp_path: Path) -> None:
    person = village.person(method="bank")
    with village.database.begin() as db:
        db.execute(text("UPDATE person SET person_code = 'TN-1'"))
    village.pay(person)
    returned = tmp_path / "back.csv"
    returned.write_text("person_code,programme,cycle,amount,reason\nTN-1,tet_gift,2027-01,900000,account_closed\n", "utf-8")
    again = "payments send-again 1 --because 'the bank asks for it' --as an"
    assert "nothing of it came back" in say(again, 2)
    say(f"payments came-back {returned} --as an")
    assert "1 payments came back and are here, 900.000đ." in say("payments returned")
    assert "is still the one it came back from" in say(again, 2)
    with village.database.begin() as db:
        db.execute(text("UPDATE person SET payout_account_lookup = 'another'"))
    assert "payment 77: nothing of it" in say("payments send-again 1 77 1 --because 'mended' --as an", 1)
    assert "asked for already: number 1" in say(again, 2)
    assert village.balance(person) == 900_000
    assert "1 done, 900.000đ" in say("adjustments agree 1 --as binh")
    assert "nothing of it came back, or it went out again" in say(again, 2)
    assert village.balance(person) == 0
    assert "0 came back, 0đ; 0 as they were; 1 rows rejected." in say(f"payments came-back {returned} --as an", 1)
    returned.write_text(
        "person_code,programme,cycle,amount,reason,reference\nTN-1,tet_gift,2027-01,900000,wrong_name,B2\n", "utf-8"
    )
    say(f"payments came-back {returned} --as an")
    with village.database.begin() as db:
        db.execute(text("UPDATE person SET payout_method = 'cash'"))
    assert "can draw it here" in say(again, 2)
    with village.database.begin() as db:
        db.execute(text("UPDATE person SET payout_method = 'bank', deceased_on = '2027-01-20'"))
    assert "waits for the heirs" in say(again, 2)
    assert "The ledger closes." in say("ledger check")


def test_ledger_check_holds_the_books_against_the_statements_that_are_here(village: Village, say: Say) -> None:
    days = Days(village)
    days.it_is(JANUARY)
    person = village.person()
    village.pay(person)
    assert INVARIANT not in say("ledger check"), "there is none"
    paid = days.paid(person, 300_000, JANUARY)
    days.read(days.line(paid, 300_000, JANUARY), now=JANUARY)
    assert "gsma, 1 days: paid out less came back 300,000 đ by statement, 300,000 đ by our books" in say("ledger check")
    stranger = days.line(None, 70_000, JANUARY)
    days.read(stranger, now=JANUARY)
    assert f"line {stranger.line_key}: paid out (+70,000 đồng; `close day 2024-01-25`)" in say("ledger check", 1)
    say("close day 2024-01-25")
    assert f"line {stranger.line_key}: paid out (+70,000 đồng, open)" in say("ledger check", 1)
    (number,) = village.rows("SELECT id FROM close_item WHERE state = 'open'")[0]
    say(f"close settle {number} --because 'the provider takes it back tomorrow' --as an")
    assert "The ledger closes." in say("ledger check")
    with village.database.begin() as db:  # as if somebody had made it up, behind every command
        db.execute(text("UPDATE daily_close SET by_books = by_books - 1"))
    assert "have no name" in say("ledger check", 1)


def test_what_was_adjusted_stands_in_its_days_close_and_its_export(village: Village, say: Say, tmp_path: Path) -> None:
    village.pay(village.person())
    say("ledger correct --payment 1 --amount 1000 --because 'a thousand too much' --as an")
    say("adjustments agree 1 --as binh")
    with village.database.begin() as db:
        db.execute(text("ALTER TABLE adjustment_line DISABLE TRIGGER USER"))
        db.execute(text("UPDATE adjustment_line SET done_at = :then"), {"then": JANUARY})
    said = say("close day 2024-01-25")
    assert "1.000đ under number 1, correction of an entry, by an and binh: a thousand too much" in said
    file = tmp_path / "january.jsonl"
    say(f"close export 2024-01-25 2024-01-25 {file}")
    assert '"what": "adjustment", "number": 1, "kind": "correct", "reason": "a thousand too much"' in file.read_text(
        "utf-8"
    )
