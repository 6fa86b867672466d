"""At night only what cannot wait is sent: codes and news of money; questions and campaigns go out in the morning."""

from __future__ import annotations

from datetime import datetime

import pytest

from sms.kinds import Lane
from tests.village import Village
from workers.sms_board import awake_lanes


@pytest.mark.parametrize(
    ("hour", "lanes"),
    [
        (19, [Lane.CODE, Lane.MONEY, Lane.REMINDER, Lane.CAMPAIGN]),
        (20, [Lane.CODE, Lane.MONEY]),
        (3, [Lane.CODE, Lane.MONEY]),
        (7, [Lane.CODE, Lane.MONEY, Lane.REMINDER, Lane.CAMPAIGN]),
    ],
)
def test_which_lanes_are_open(village: Village, hour: int, lanes: list[Lane]):
    local: datetime = village.desk.local(village.now).replace(hour=hour)
    assert awake_lanes(list(Lane), local) == lanes
