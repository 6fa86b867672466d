"""A small month through the real actions: every mistake of the provider is named, on its day and to the đồng."""

from __future__ import annotations

from bench import month, month_verdict
from ussd_app.domain.closing import Bucket
from ussd_app.store.database import Database

PEOPLE, DAYS = 160, 3


def test_every_day_closes_to_zero_or_names_each_dong(database: Database) -> None:
    lived = month.new_month(database)
    month.pay_everyone(lived, PEOPLE)
    closes = [closed for closed, _, _ in month.live(lived, DAYS)]
    assert [closed.unnamed for closed in closes] == [0] * (DAYS + 2)
    rows = month_verdict.items(lived, DAYS)
    assert list(month_verdict.surprises(lived, rows)) == []
    assert {row.item.bucket for row in rows} == {
        Bucket.ONLY_IN_BOOKS, Bucket.ONLY_IN_STATEMENT, Bucket.LINE_TWICE, Bucket.DIFFERS, Bucket.ANOTHER_DAY,
    }  # fmt: skip
    assert month_verdict.sums_apart(lived, DAYS) == []
    assert month_verdict.breaches(database) == []


def test_a_statement_that_somebody_has_altered_is_told_from_the_mistakes_put_in(database: Database) -> None:
    lived = month.new_month(database)
    lived.to_alter = 1
    month.pay_everyone(lived, 40)
    assert [closed.unnamed for closed, _, _ in month.live(lived, 1)] == [0, 0, 0]
    (found,) = month_verdict.surprises(lived, month_verdict.items(lived, 1))
    assert "2027-03-01    -450,000 đ in our books, not in the statement" in found
    assert len(month_verdict.sums_apart(lived, 1)) == 1
