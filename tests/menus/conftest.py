"""The stories may be told anew instead of compared."""

import pytest


@pytest.fixture
def snap(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--snap"))
