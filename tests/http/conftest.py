"""A town of its own for each test."""

import pytest

from tests.conftest import NOON
from tests.http.line import Clock, Town
from ussd_app.actions.desk import Desk
from ussd_app.store.database import Database


@pytest.fixture
def town(database: Database, desk: Desk) -> Town:
    return Town(database, desk, Clock(NOON))
