"""Every day closes to zero, or names each đồng; nothing is closed in silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.close_days import Days
from tests.village import Village
from ussd_app.actions import cash_outs, closing
from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.payments import Role
from ussd_app.domain.statements import LineKind, StatementLine
from ussd_app.store import close_items

DAY = date(2027, 1, 25)
NEXT = date(2027, 1, 26)
NOON = datetime(2027, 1, 25, 5, tzinfo=UTC)
LAST_MINUTE = datetime(2027, 1, 25, 16, 59, 30, tzinfo=UTC)  # 23:59:30 in Thái Nguyên
AFTER_MIDNIGHT = LAST_MINUTE + timedelta(minutes=1)
LATER = NOON + timedelta(days=3)
A_DAY = timedelta(days=1)


@pytest.fixture
def days(village: Village) -> Days:
    made = Days(village)
    made.it_is(NOON)
    return made


@pytest.fixture
def paid(days: Days) -> UUID:
    """A cash-out of 500,000 that our books paid at noon."""
    person = days.village.person()
    days.village.pay(person)
    return days.paid(person, 500_000, NOON)


Told = Callable[[Days, UUID], list[StatementLine]]

# What the statement says of one cash-out of 500,000 -> the items of the day.
STATEMENTS: list[tuple[str, Told, list[tuple[str, int, str]]]] = [
    ("the same, by our id", lambda d, c: [d.line(c, 500_000, NOON)], []),
    ("the same, by our reference", lambda d, c: [d.line(c, 500_000, NOON, by="reference")], []),
    ("the same, by their own", lambda d, c: [d.line(c, 500_000, NOON, by="theirs")], []),
    ("nothing", lambda d, c: [], [("only_in_books", -500_000, "open")]),
    (
        "the same twice",
        lambda d, c: [d.line(c, 500_000, NOON), d.line(c, 500_000, NOON)],
        [("line_twice", 500_000, "open")],
    ),
    ("another amount", lambda d, c: [d.line(c, 505_000, NOON)], [("differs", 5_000, "open")]),
    (
        "the same, tomorrow",
        lambda d, c: [d.line(c, 500_000, NOON + A_DAY)],
        [("another_day", -500_000, "explained")],
    ),
    (
        "another amount, tomorrow",
        lambda d, c: [d.line(c, 505_000, NOON + A_DAY)],
        [("differs", -500_000, "open")],
    ),
    (
        "that it came back, which we do not know",
        lambda d, c: [d.line(c, 500_000, NOON), d.line(c, 500_000, NOON, LineKind.REVERSED)],
        [("only_in_statement", -500_000, "open")],
    ),
    (
        "a line for nobody we know",
        lambda d, c: [d.line(c, 500_000, NOON), d.line(None, 70_000, NOON)],
        [("only_in_statement", 70_000, "open")],
    ),
    (
        "a fee we do not know",
        lambda d, c: [d.line(c, 500_000, NOON), d.line(c, 1_100, NOON, LineKind.FEE)],
        [("only_in_statement", 1_100, "open")],
    ),
    (
        "a kind that nobody knows",
        lambda d, c: [d.line(c, 500_000, NOON), d.line(None, 9, NOON, LineKind.OTHER)],
        [("only_in_statement", 9, "open")],
    ),
    (
        "money of the treasury that we have not written down",
        lambda d, c: [d.line(c, 500_000, NOON), d.line(None, 9_000_000, NOON, LineKind.FUNDED)],
        [("only_in_statement", -9_000_000, "open")],
    ),
]


@pytest.mark.parametrize(("told", "named"), [each[1:] for each in STATEMENTS], ids=[each[0] for each in STATEMENTS])
def test_each_difference_has_a_name_and_an_amount(
    days: Days, paid: UUID, told: Told, named: list[tuple[str, int, str]]
) -> None:
    days.read(*told(days, paid), now=NOON)
    closed, items = days.close(DAY)
    assert [(each.item.bucket.value, each.item.difference, each.state) for each in items] == named
    assert closed.by_books == 500_000
    assert closed.unnamed == 0
    assert (closed.on_lists, closed.credited) == (900_000, 900_000)
    assert all(each.owner for each in items)


def test_a_day_is_the_day_people_had(days: Days) -> None:
    person = days.village.person()
    days.village.pay(person)
    tonight = days.paid(person, 300_000, LAST_MINUTE)
    tomorrow = days.paid(person, 200_000, AFTER_MIDNIGHT)
    days.read(days.line(tonight, 300_000, LAST_MINUTE), days.line(tomorrow, 200_000, AFTER_MIDNIGHT), now=LATER)
    assert [days.close(day)[0].by_statement for day in (DAY, NEXT)] == [300_000, 200_000]
    assert days.items(DAY) == days.items(NEXT) == []


def test_what_straddles_midnight_is_named_on_both_days_and_needs_nobody(days: Days) -> None:
    person = days.village.person()
    days.village.pay(person)
    paid = days.paid(person, 300_000, AFTER_MIDNIGHT)
    days.read(days.line(paid, 300_000, LAST_MINUTE), now=LATER)
    for day, difference in ((DAY, 300_000), (NEXT, -300_000)):
        closed, items = days.close(day)
        assert (closed.difference, closed.unnamed) == (difference, 0)
        assert [(each.item.bucket.value, each.state) for each in items] == [("another_day", "explained")]


def test_a_pay_out_that_came_back_in_part(days: Days, paid: UUID) -> None:
    days.came_back(paid, 200_000, NOON)
    days.read(days.line(paid, 500_000, NOON), days.line(paid, 200_000, NOON, LineKind.REVERSED), now=NOON)
    closed, items = days.close(DAY)
    assert (closed.by_books, closed.by_statement, items) == (300_000, 300_000, [])


def test_a_later_statement_explains_an_item_and_says_by_which_line(days: Days, paid: UUID) -> None:
    days.close(DAY)
    assert days.items(DAY) == [("only_in_books", -500_000, "open")]
    days.read(days.line(paid, 500_000, NOON + A_DAY), now=NOON + A_DAY)
    days.close(NEXT)
    assert sorted(days.items(DAY)) == [("another_day", -500_000, "explained"), ("only_in_books", 0, "explained")]
    with days.village.database.begin() as db:
        (was, _) = sorted(close_items.items_of(db, "gsma", DAY), key=lambda each: each.id)
        assert close_items.open_items(db) == []
    assert "is our movement of 2027-01-25" in was.because


def test_what_is_open_on_several_days_is_looked_at_together_and_only_what_is_explained_ends(days: Days, paid: UUID) -> None:
    days.close(DAY)
    days.read(days.line(None, 9_000_000, NOON + A_DAY, LineKind.FUNDED), now=LATER)
    days.read(days.line(None, 70_000, NOON + A_DAY), now=LATER)
    days.close(NEXT)
    days.read(days.line(paid, 500_000, NOON + 2 * A_DAY), now=LATER)
    days.close(NEXT + A_DAY)
    assert sorted(days.items(DAY)) == [("another_day", -500_000, "explained"), ("only_in_books", 0, "explained")]
    still = [("only_in_statement", -9_000_000, "open"), ("only_in_statement", 70_000, "open")]
    assert sorted(days.items(NEXT)) == still
    assert days.items(NEXT + A_DAY) == [("another_day", 500_000, "explained")]


def test_what_was_explained_is_a_difference_again_when_another_line_takes_its_other_half(days: Days, paid: UUID) -> None:
    """Parts of one payment come back, all of one amount: which line is which movement can only be guessed."""
    morning, next_day, third = NOON + timedelta(hours=1), NOON + A_DAY, NOON + 2 * A_DAY

    def taken_back(at: datetime) -> StatementLine:
        return days.line(paid, 100_000, at, LineKind.REVERSED)

    def closed() -> list[tuple[int, int]]:
        each_day = [days.close(day)[0] for day in (DAY, NEXT, NEXT + A_DAY)]
        return [(each.difference, each.unnamed) for each in each_day]

    days.read(days.line(paid, 500_000, NOON), taken_back(morning), taken_back(next_day), now=LATER)
    days.came_back(paid, 100_000, next_day)
    assert closed() == [(-100_000, 0), (0, 0), (0, 0)]
    days.came_back(paid, 100_000, third)
    assert closed() == [(-100_000, 0), (0, 0), (100_000, 0)]
    days.read(taken_back(third), now=LATER)
    for _ in range(2):
        assert closed() == [(-100_000, 0), (0, 0), (0, 0)]
        assert [each[1:] for each in days.items(DAY) if each[1]] == [(-100_000, "open")]


def test_two_parts_that_are_written_at_one_moment_are_two_movements(days: Days, paid: UUID) -> None:
    days.read(
        days.line(paid, 500_000, NOON),
        days.line(paid, 100_000, NOON, LineKind.REVERSED),
        days.line(paid, 150_000, NOON, LineKind.REVERSED),
        now=LATER,
    )
    for amount in (150_000, 100_000):
        days.came_back(paid, amount, NOON)
    assert days.close(DAY)[1] == []


def test_a_line_that_came_late_for_its_own_day_makes_the_day_zero(days: Days, paid: UUID) -> None:
    days.close(DAY)
    days.read(days.line(paid, 500_000, NOON), now=LATER)
    closed, items = days.close(DAY, LATER)
    assert closed.difference == 0
    assert [(each.item.difference, each.state) for each in items] == [(0, "explained")]
    assert "agree" in items[0].because


def test_the_same_statement_twice_and_the_same_close_twice_change_nothing(days: Days, paid: UUID) -> None:
    lines = [days.line(paid, 505_000, NOON), days.line(None, 70_000, NOON)]
    assert (days.read(*lines, now=NOON).new, days.read(*lines, now=LATER).new) == (2, 0)
    first = days.close(DAY)
    assert days.close(DAY) == first


def test_a_line_that_changes_its_story_is_refused_and_the_first_reading_stands(days: Days, paid: UUID) -> None:
    line = days.line(paid, 500_000, NOON)
    days.read(line, now=NOON)
    told = StatementLine(line.provider, line.line_key, line.at, line.kind, line.amount + line.amount, "", paid)
    assert days.read(told, now=LATER).contradicted == (told,)
    assert days.close(DAY)[0].by_statement == 500_000


def test_a_line_that_names_two_orders_is_shown(days: Days, paid: UUID) -> None:
    person = days.village.person(name="Trần Văn Tuấn")
    days.village.pay(person)
    other = days.paid(person, 500_000, NOON)
    lines = days.line(paid, 500_000, NOON), days.line(other, 500_000, NOON)
    reference = str(days.village.rows(f"SELECT reference FROM cash_out WHERE id = '{other}'")[0][0])
    mixed = StatementLine("gsma", lines[0].line_key, NOON, LineKind.PAID_OUT, lines[0].amount, "", paid, reference)
    days.read(mixed, lines[1], now=NOON)
    closed, items = days.close(DAY)
    assert [(each.item.bucket.value, each.item.difference) for each in items] == [("differs", 0)]
    assert closed.difference == 0


def test_who_is_unknown_for_a_day_is_raised_with_an_owner_until_it_is_known(days: Days) -> None:
    person = days.village.person()
    days.village.pay(person)
    id = days.asked(person, 500_000, NOON - A_DAY)
    with days.village.database.begin() as db:
        db.execute(text("UPDATE cash_out SET state = 'unknown', first_sent_at = :at"), {"at": NOON - A_DAY})
        db.execute(text("UPDATE commune SET officer_name = 'Ma Thị Hà', officer_phone = '0208123' WHERE code = '05443'"))
    (item,) = days.close(DAY)[1]
    assert (item.item.bucket.value, item.item.difference, item.item.at_stake.amount) == ("unknown_long", 0, 500_000)
    assert item.owner.endswith("(Ma Thị Hà)")
    days.close(NEXT)
    assert [each[2] for each in days.items(DAY)] == ["open"]
    days.it_is(NOON + 2 * A_DAY)
    with days.village.database.begin() as db:
        cash_outs.pay(db, days.village.desk, id, provider_reference="W9", paid_at=LATER, now=LATER)
    days.close(NEXT, LATER)
    assert [each[2] for each in days.items(DAY)] == ["explained"]


def test_an_item_is_settled_by_an_officer_with_a_reason_and_stays_so(days: Days, paid: UUID) -> None:
    lan = days.village.officer("lan", Role.ENTERS)
    (item,) = days.close(DAY)[1]
    with pytest.raises(NotAllowed, match="never closed in silence"), days.village.database.begin() as db:
        closing.settle(db, item.id, lan, " ", LATER)
    with days.village.database.begin() as db:
        closing.settle(db, item.id, lan, "the provider admits that the line is missing", LATER)
    with pytest.raises(NotAllowed, match="no open item"), days.village.database.begin() as db:
        closing.settle(db, item.id, lan, "again", LATER)
    closed, (row,) = days.close(DAY, LATER)
    assert (row.state, row.ended_by, closed.unnamed) == ("settled", "lan", 0)
    assert row.because == "the provider admits that the line is missing"


def test_a_day_is_not_closed_before_it_is_over(days: Days) -> None:
    with pytest.raises(NotAllowed, match="is not over"):
        days.close(DAY, LAST_MINUTE)


def test_a_credit_without_a_list_and_a_release_without_a_credit_are_named(days: Days) -> None:
    """Neither can happen through our own commands: somebody has written to the database behind our back."""
    village = days.village
    village.pay(village.person(phone=None))
    batch = village.batch(village.person(name="Trần Văn Tuấn", phone=None))
    with village.database.begin() as db:
        db.execute(text("ALTER TABLE payment DISABLE TRIGGER USER"))
        db.execute(
            text("UPDATE payment SET state = 'released', released_at = :at WHERE batch_id = :b"), {"at": NOON, "b": batch}
        )
        db.execute(
            text("""INSERT INTO transfer (id, kind, debit_id, credit_id, amount, journal_id, reason)
                    SELECT gen_random_uuid(), 'single', debit_id, credit_id, 70000, gen_random_uuid(), 'a present'
                    FROM transfer LIMIT 1""")
        )
    closed, items = days.close(DAY)
    assert [(each.item.bucket.value, each.item.difference) for each in items] == [
        ("not_credited", 900_000),
        ("not_credited", -70_000),
    ]
    assert closed.on_lists - closed.credited == 900_000 - 70_000
