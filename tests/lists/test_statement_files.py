"""A provider's statement as a file: what is read, what is rejected in words, and the same file twice."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tests.village import Village
from ussd_app.cli import commands, verify
from ussd_app.cli.counter import Counter, Reached
from ussd_app.domain.payments import Role
from ussd_app.local.services import Services
from ussd_app.settings import Settings

HEADER = "line_key,at,kind,amount,provider_reference,order_id,reference\n"
GOOD = "T1/paid_out,2026-11-20T14:05:00,paid_out,500000,T1,,R0000001\n"

BAD = [
    (",2026-11-20T14:05:00,paid_out,500000,,,", "line_key", "is missing"),
    ("T2,20/11/2026,paid_out,500000,,,", "at", "write the moment as"),
    ("T2,2026-11-20,paid_out,500000,,,", "at", "write the moment as"),
    ("T2,2026-11-20T14:05:00,payout,500000,,,", "kind", "paid_out, reversed, fee, funded, other"),
    ("T2,2026-11-20T14:05:00,paid_out,-500000,,,", "amount", "never less than nothing"),
    ("T2,2026-11-20T14:05:00,paid_out,500000.5,,,", "amount", "whole đồng"),
    ("T2,2026-11-20T14:05:00,paid_out,5e5,,,", "amount", "whole đồng"),
    ("T2,2026-11-20T14:05:00,paid_out,9999999999999,,,", "amount", "typing error"),
    ("T2,2026-11-20T14:05:00,paid_out,500000,,12345,", "order_id", "looks like"),
    ("T1/paid_out,2026-11-20T14:05:00,paid_out,600000,T1,,", "line_key", "the first reading stands"),
]


@pytest.fixture
def officers_desk(village: Village, database_url: str) -> click.Group:
    village.officer("lan", Role.ENTERS)

    @contextlib.contextmanager
    def services(_: Settings) -> Iterator[Reached]:
        yield Services(database_url, "", "")

    made = commands.groups(Counter(Settings(secret_key="for tests", data_key="for tests"), services, "gsma"))
    return click.Group("flask", commands={group.name: group for group in made if group.name})


def typed(desk: click.Group, *words: str) -> Result:
    return CliRunner().invoke(desk, list(words), catch_exceptions=False)


@pytest.mark.parametrize(("row", "column", "why"), BAD)
def test_a_bad_row_is_named_in_words_and_the_good_ones_go_in(
    village: Village, officers_desk: click.Group, tmp_path: Path, row: str, column: str, why: str
) -> None:
    path = tmp_path / "gsma.csv"
    path.write_text(HEADER + GOOD + row + "\n", "utf-8")
    said = typed(officers_desk, "statements", "import", str(path), "--as", "lan")
    assert said.exit_code == 1, said.output
    assert village.number("SELECT count(*) FROM statement_line") == 1
    with (tmp_path / "gsma.csv.rejects.csv").open(encoding="utf-8-sig", newline="") as rejects:
        (rejected,) = csv.DictReader(rejects)
    assert (rejected["line"], rejected["column"]) == ("3", column)
    assert why in rejected["reason"]


def test_the_same_file_twice_changes_nothing(village: Village, officers_desk: click.Group, tmp_path: Path) -> None:
    path = tmp_path / "gsma.csv"
    path.write_text(HEADER + GOOD, "utf-8")
    outputs = [typed(officers_desk, "statements", "import", str(path), "--as", "lan") for _ in range(2)]
    assert [each.exit_code for each in outputs] == [0, 0]
    assert outputs[1].stdout.startswith("0 lines read, 1 known before")
    assert village.number("SELECT count(*) FROM statement_line") == 1


def test_a_moment_without_an_offset_is_local(village: Village, officers_desk: click.Group, tmp_path: Path) -> None:
    path = tmp_path / "gsma.csv"
    path.write_text(HEADER + "T1,2026-11-21T00:30:00,paid_out,1,,,\nT2,2026-11-20T17:30:00Z,paid_out,1,,,\n", "utf-8")
    typed(officers_desk, "statements", "import", str(path), "--as", "lan")
    assert village.rows("SELECT DISTINCT at AT TIME ZONE 'UTC' = '2026-11-20 17:30' FROM statement_line") == [(True,)]


def test_a_day_is_closed_shown_and_settled_from_the_desk(
    village: Village, officers_desk: click.Group, tmp_path: Path
) -> None:
    path = tmp_path / "gsma.csv"
    path.write_text(HEADER + GOOD, "utf-8")
    early = typed(officers_desk, "close", "day", "2026-11-20", "--as", "lan")
    assert early.stdout.splitlines()[-1] == "The day closes to zero."
    said = typed(officers_desk, "statements", "import", str(path), "--as", "lan")
    assert said.stdout.splitlines()[-1].endswith("1 days closed once more.")
    shown = typed(officers_desk, "close", "show", "2026-11-20", "--csv", str(tmp_path / "items.csv"))
    assert "difference +500,000 đ, of which +500,000 đ are named below" in shown.stdout
    with (tmp_path / "items.csv").open(encoding="utf-8-sig", newline="") as items:
        (item,) = csv.DictReader(items)
    assert (item["what"], item["difference"]) == ("in the statement, not in our books", "500.000đ")
    settled = typed(officers_desk, "close", "settle", item["item"], "--because", "a test of theirs", "--as", "lan")
    assert settled.exit_code == 0
    assert typed(officers_desk, "close", "open").stdout == "0 open items, 0 đồng at stake.\n"


def test_auditors_recheck_an_export_and_find_every_change(
    village: Village, officers_desk: click.Group, tmp_path: Path
) -> None:
    path, exported = tmp_path / "gsma.csv", tmp_path / "close.jsonl"
    path.write_text(HEADER + GOOD, "utf-8")
    typed(officers_desk, "statements", "import", str(path), "--as", "lan")
    typed(officers_desk, "close", "day", "2026-11-20", "--as", "lan")
    said = typed(officers_desk, "close", "export", "2026-11-19", "2026-11-21", str(exported))
    lines = exported.read_text("utf-8").splitlines()
    assert verify.faults(lines)[0] == []
    assert said.stdout.strip().endswith(verify.faults(lines)[1])
    assert verify.main([str(exported)]) == 0
    tampered = [lines[0], lines[1].replace("500000", "400000")]
    for other in (tampered, lines[1:], [*lines, "{}"]):
        assert verify.faults(other)[0]
