"""A small payment day: three signatures, every message out, while workers are killed and Redis is emptied."""

from bench.payment_day import Day, finish


def test_nothing_is_lost_and_nobody_is_told_twice(payment_day: Day):
    finish(payment_day)
    assert not payment_day.failed
