"""An officer's terminal: the commands under `flask --app wsgi`, on a database of the test's own."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable, Iterator

import click
import pytest
from click.testing import CliRunner, Result

from ussd_app.cli import commands
from ussd_app.cli.counter import Counter, Reached
from ussd_app.local.services import Services
from ussd_app.settings import Settings

Terminal = Callable[[str], Result]


@pytest.fixture
def terminal(database_url: str) -> Terminal:
    """One line typed; what goes wrong inside a command is raised here, as it would be a trace there."""

    @contextlib.contextmanager
    def services(_: Settings) -> Iterator[Reached]:
        yield Services(database_url, "", "")

    made = commands.groups(Counter(Settings(secret_key="for tests", data_key="for tests"), services, "gsma"))
    flask = click.Group("flask", commands={group.name: group for group in made if group.name})

    def typed(line: str) -> Result:
        return CliRunner().invoke(flask, shlex.split(line), catch_exceptions=False)

    for name, role in (("an", "enters"), ("binh", "approves")):
        assert typed(f"users add {name} --role {role}").exit_code == 0
    return typed
