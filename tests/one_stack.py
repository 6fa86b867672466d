"""Which tests share a process under `pytest -n`: those of the one running stack, and those of the one proof."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

# xdist 3.8's own `--dist loadgroup` renames tests by an attribute that pytest 9 no longer has, and groups nothing.
TOGETHER = ("tests/stack/", "tests/money/")


class OneStack(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneStack:
    return OneStack(config, log)  # pyright: ignore[reportArgumentType] - xdist's own Producer, which it does not export
