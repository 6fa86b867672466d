"""One real stack for all tests in this folder, in the middle of a payment day."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from handset import Handset, village

from bench.own_stack import OwnStack, own_stack
from bench.payment_day import Day, begin

PEOPLE, KILLS = 500, 3


@pytest.fixture(scope="session")
def payment_day() -> Iterator[Day]:
    """Released and hurt; what the killed workers had in hand is taken up again while other tests go on."""
    with tempfile.TemporaryDirectory(prefix="bam-stack-", ignore_cleanup_errors=True) as directory:
        room = Path(directory)
        room.chmod(0o755)  # the database's own user passes through
        with own_stack(room / "var") as started:
            started.simulator("/faults", {"sms_busy": 3, "sms_cut_after_accept": 2, "sms_report_twice": 20})
            day = Day(started, room / "lists")
            begin(day, PEOPLE, KILLS)
            yield day


@pytest.fixture(scope="session")
def stack(payment_day: Day) -> OwnStack:
    return payment_day.stack


@pytest.fixture(scope="session")
def next_handset(stack: OwnStack) -> Callable[[], Handset]:
    """Somebody whom no other test has met."""
    people = village(stack)
    return lambda: next(people)


@pytest.fixture
def handset(next_handset: Callable[[], Handset]) -> Handset:
    return next_handset()
