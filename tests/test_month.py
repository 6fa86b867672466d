"""A small month through the real actions: every mistake of the provider is named, on its day and to the đồng."""

from __future__ import annotations

from bench import month
from ussd_app.domain.closing import Bucket
from ussd_app.store.database import Database

PEOPLE, DAYS = 160, 3


def test_every_day_closes_to_zero_or_names_each_dong(database: Database) -> None:
    lived = month.new_month(database)
    month.pay_everyone(lived, PEOPLE)
    closes = [closed for closed, _, _ in month.live(lived, DAYS)]
    assert [closed.unnamed for closed in closes] == [0] * (DAYS + 2)
    there = month.found(lived, DAYS)
    assert there == lived.expected
    assert {bucket for _, bucket, _ in there} == {
        Bucket.ONLY_IN_BOOKS, Bucket.ONLY_IN_STATEMENT, Bucket.LINE_TWICE, Bucket.DIFFERS, Bucket.ANOTHER_DAY,
    }  # fmt: skip
    assert month.breaches(database) == []
