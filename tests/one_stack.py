"""Which tests share a process under `pytest -n`: all that need the one running stack, and otherwise none."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

# xdist 3.8's own `--dist loadgroup` renames tests by an attribute that pytest 9 no longer has, and groups nothing.
TOGETHER = "tests/stack/"


class OneStack(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER if nodeid.startswith(TOGETHER) else nodeid


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneStack:
    return OneStack(config, log)  # pyright: ignore[reportArgumentType] - xdist's own Producer, which it does not export
