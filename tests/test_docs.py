"""The examples in the documents are run, in the order in which a reader would type them."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ussd_app.cli import commands
from ussd_app.cli.counter import Counter, Reached
from ussd_app.local.services import Services
from ussd_app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
ALL_WENT_IN, SOME_REJECTED = 0, 1


@pytest.fixture
def officers_desk(database_url: str) -> click.Group:
    """The commands under `flask --app wsgi`, on a database of our own."""

    @contextlib.contextmanager
    def services(_: Settings) -> Iterator[Reached]:
        yield Services(database_url, "", "")

    settings = Settings(secret_key="for tests", data_key="for tests")
    made = commands.groups(Counter(settings, services, "gsma"))
    return click.Group("flask", commands={group.name: group for group in made if group.name})


def test_a_payment_day_as_the_readme_tells_it(
    officers_desk: click.Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = re.findall(r"^\$ flask --app wsgi (.*)$", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert len(told) == 9
    outputs: dict[str, str] = {}
    assert CliRunner().invoke(officers_desk, ["demo", "load"]).exit_code in (ALL_WENT_IN, SOME_REJECTED)
    for line in told:
        said = CliRunner().invoke(officers_desk, shlex.split(line), catch_exceptions=False)
        assert said.exit_code in ((SOME_REJECTED,) if "import" in line else (ALL_WENT_IN,)), f"{line}: {said.output}"
        outputs[line] = said.stdout
    assert outputs["payments import lists/payments.csv --as an"].splitlines()[-1] == "3"
    assert outputs["ledger check"].splitlines()[-1] == "The ledger closes."


def test_a_campaign_as_its_page_tells_it(officers_desk: click.Group) -> None:
    told = re.findall(r"^\$ flask --app wsgi (.*)$", (ROOT / "docs" / "campaigns.md").read_text("utf-8"), re.M)
    assert CliRunner().invoke(officers_desk, ["demo", "load"]).exit_code in (ALL_WENT_IN, SOME_REJECTED)
    said = {}
    for line in told:
        result = CliRunner().invoke(officers_desk, shlex.split(line), catch_exceptions=False)
        assert result.exit_code == ALL_WENT_IN, f"{line}: {result.output}"
        said[line] = result.output
    assert next(text for line, text in said.items() if "draft" in line).splitlines()[-1] == "1"
    assert "Budget" not in said["campaigns preview 1"]
    assert "planned" in said["campaigns show 1"]


@pytest.mark.parametrize("module", ["ussd_app.domain.money"])
def test_examples_in_docstrings(module: str) -> None:
    result = doctest.testmod(importlib.import_module(module))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("page", [*sorted(path.name for path in (ROOT / "docs").glob("*.md")), "../README.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    path = (ROOT / "docs" / page).resolve()
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), f"{page} points at {target}, which is not there"
