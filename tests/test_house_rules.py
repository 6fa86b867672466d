"""The rules of the house, each with its reason, held to by the tree itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from ussd_app.settings import Settings
from workers.queues import QUEUES

ROOT = Path(__file__).resolve().parent.parent
OURS = ("ussd_app", "menus", "sms", "workers")
SOURCES = [*sorted(path for part in OURS for path in (ROOT / part).rglob("*.py")), ROOT / "wsgi.py"]
ALL = (
    SOURCES
    + sorted((ROOT / "tests").rglob("*.py"))
    + sorted((ROOT / "bench").rglob("*.py"))
    + sorted((ROOT / "proof").glob("*.py"))
)
BANNED = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "data", "info"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_a_file_can_be_held_in_mind() -> None:
    long = {named(path): lines for path in ALL if (lines := len(path.read_text("utf-8").splitlines())) > 300}
    assert not long, f"over 300 lines nobody reads a file in one go: divide it by concept: {long}"


def test_a_function_can_be_seen_at_once() -> None:
    long = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 40
    ]
    assert not long, f"over 40 lines a function does more than one thing: {long}"


def test_a_name_says_what_is_inside() -> None:
    vague = [named(path) for path in SOURCES if path.stem in BANNED or BANNED & set(path.relative_to(ROOT).parts[:-1])]
    assert not vague, f"name the concept, not the drawer: {vague}"


def test_every_module_says_which_truth_lives_in_it() -> None:
    silent = [named(path) for path in ALL if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert not silent, f"the first sentence of a module says why it exists: {silent}"


def test_packages_hold_a_docstring_and_nothing_else() -> None:
    """Importing `ussd_app.domain` runs `ussd_app/__init__.py`: a factory in there would load Flask into the heart."""
    full = [
        named(path) for path in SOURCES if path.name == "__init__.py" and len(ast.parse(path.read_text("utf-8")).body) != 1
    ]
    assert not full


def test_the_heart_loads_without_the_web_the_store_or_the_queue() -> None:
    code = (
        "import sys, menus.engine, sms.notices, sms.gsm, ussd_app.domain.ledger;"
        "print([m for m in ('flask', 'sqlalchemy', 'psycopg', 'redis', 'rq', 'requests') if m in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_money_is_never_a_float() -> None:
    floats = [
        f"{named(path)}:{node.lineno}"
        for path in (ROOT / "ussd_app" / "domain").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and type(node.value) is float)
    ]
    assert not floats


def test_the_heart_is_told_the_time() -> None:
    heart = [*(ROOT / "ussd_app" / "domain").glob("*.py"), *(ROOT / "menus").glob("*.py"), ROOT / "sms" / "notices.py"]
    clocks = [
        named(path) for path in heart if re.search(r"\b(now|today|utcnow)\(\)|\btime\.time\(", path.read_text("utf-8"))
    ]
    assert not clocks, f"time comes in as an argument: {clocks}"


def test_the_schema_has_one_history() -> None:
    versions = sorted((ROOT / "ussd_app" / "store" / "migrations" / "versions").glob("[0-9]*.py"))
    revisions = [re.search(r'^revision = "(\d+)"', path.read_text("utf-8"), re.M) for path in versions]
    parents = [re.search(r'^down_revision = (?:"(\d+)"|None)', path.read_text("utf-8"), re.M) for path in versions]
    numbers = [match[1] for match in revisions if match]
    assert len(numbers) == len(versions) == len(parents)
    assert [match[1] for match in parents if match] == [None, *numbers[:-1]]


def test_every_queue_has_a_worker_in_the_local_stack_and_in_production() -> None:
    local = "".join(path.read_text("utf-8") for path in (ROOT / "ussd_app" / "local").glob("*.py"))
    production = (ROOT / "compose.yaml").read_text("utf-8")
    for queue in QUEUES:
        assert queue in local, f"nobody listens to {queue} in the local stack"
        assert queue in production, f"nobody listens to {queue} in compose.yaml"


@pytest.mark.parametrize("setting", [each.name.upper() for each in fields(Settings)])
def test_every_setting_is_in_the_operators_book(setting: str) -> None:
    assert f"`{setting}`" in (ROOT / "docs" / "operating.md").read_text("utf-8")


def test_every_verb_of_make_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert phony
    mute = [verb for verb in phony[1].split() if verb != "help" and not re.search(rf"^{verb}:.*## ", makefile, re.M)]
    assert not mute


def test_nothing_in_the_tree_points_at_one_machine_or_one_conversation() -> None:
    words = re.compile(r"/(home|root|Users)/\w|TODO|FIXME|XXX|issue #\d")
    marked = [named(path) for path in ALL if path != Path(__file__) and words.search(path.read_text("utf-8"))]
    assert not marked
