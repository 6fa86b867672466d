"""What an officer mistypes ends in one sentence and status 2, never in a trace; what is right is done and can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text

from tests.village import Village
from ussd_app.actions import cash_outs
from ussd_app.cli import verify
from ussd_app.cli.counter import PROVIDERS
from ussd_app.settings import Settings
from ussd_app.store.cash_outs import note_finding
from ussd_app.store.database import Database
from workers.mobile_money.choosing import providers_of

Terminal = Callable[[str], Result]


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("limits set nobody --from 2026-11-24 --source x --as binh", "There is no provider 'nobody'"),
        ("limits set gsma --from 2026-11-24 --most 99999999999999999999 --source x --as binh", "--most"),
        ("limits set gsma --from 2026-11-24 --most 1000 --least 5000 --source x --as binh", "cannot be above"),
        ("limits set gsma --from 2026-11-24 --source ' ' --as binh", "needs a few words"),
        ("fees set nobody --from 2026-11-24 --flat 1000 --source x --as binh", "There is no provider 'nobody'"),
        ("fees set gsma --from 2026-11-24 --flat 1000 --source '' --as binh", "needs a few words"),
        ("fees set gsma --from 2026-13-24 --flat 1000 --source x --as binh", "2026-13-24"),
        ("fees set gsma --from 2026-11-24 --flat 10.5 --source x --as binh", "10.5"),
        ("fees set gsma --from 2026-11-24 --flat -1 --source x --as binh", "--flat"),
        ("fees set gsma --from 2026-11-24 --flat 1000 --waived-by ' ' --source x --as binh", "needs a few words"),
        ("fees set gsma --from 2026-11-24 --flat 1000 --source x", "Missing option '--as'"),
        ("limits set gsma --from 2026-11-24 --most 5000000 --source x --as an", "an is not an officer who approves"),
        ("points open 999 --because x --as an", "There is no point '999'"),
        ("points suspend 999 --because '' --as an", "needs a few words"),
        ("points hours 999 25:00 17:00 --as an", "Hours are written like"),
        ("points phone add 999 abc --as an", "'abc' is not a phone number"),
        ("points unlock 999 --because x --as ghost", "There is no officer 'ghost'"),
        ("cash-outs declare R0 paid --because x --as an", "does not wait for anyone's word"),
        ("cash-outs settle-finding F0 --because x --as an", "There is no open finding F0"),
        ("unclaimed list --older-than 99999999999", "beyond anything"),
        ("campaigns pause 1 --because '' --as an", "needs a few words"),
        ("close day 9999-12-31 --as an", "beyond anything"),
        ("close day 2026-11-22 --provider gmsa --as an", "There is no provider 'gmsa'"),
        ("close day 2026-99-22 --as an", "Invalid value for 'DAY'"),
        ("close export 2026-11-22 2026-11-01 out.jsonl", "The first day comes before"),
        ("close export 2026-11-01 2026-11-22 /nowhere/out.jsonl", "cannot be written"),
        ("statements fetch 9998-01-01", "has not come yet"),
        ("visits report --since 2026-11-22 --until 2026-11-01", "The first day comes before"),
    ],
)
def test_a_slip_is_told_in_one_sentence(terminal: Terminal, typed: str, heard: str) -> None:
    said = terminal(typed)
    assert said.exit_code == 2, said.output
    assert heard in said.stderr


def test_every_provider_that_can_be_named_has_a_page() -> None:
    every = providers_of(Settings(momo_providers=",".join(PROVIDERS)))
    assert tuple(each.name for each in every) == PROVIDERS


def test_limits_and_fees_are_read_as_they_were_written_and_by_whom(terminal: Terminal) -> None:
    assert terminal("fees list").stdout == "No fee is written down: nothing costs anything.\n"
    assert terminal("limits set gsma --from 2027-01-01 --most 50000000 --source 'Circular 4' --as binh").exit_code == 0
    assert terminal("limits set gsma --from 2027-01-01 --most 5000000 --source 'Circular 40' --as binh").exit_code == 0
    decreed, _, wrong, right = terminal("limits list").stdout.splitlines()[1:]
    assert "as decreed" in decreed
    assert "50.000.000đ" in wrong
    assert re.search(r"Circular 4 +binh +\d\d/\d\d/\d{4} \d\d:\d\d +replaced", wrong)
    assert " 5.000.000đ" in right
    assert not right.endswith("replaced")
    set_fee = "fees set '*' --from 2027-01-01 --flat 1100 --share 50 --source 'contract 7' --as binh"
    assert "the province carries it" in terminal(f"{set_fee} --waived-by 'the province'").stdout
    assert "it is not charged" in terminal(f"{set_fee} --waived-by gsma").stdout
    assert "1.100đ  0.5 %  the province  contract 7  binh" in terminal("fees list").stdout


def test_a_point_is_stopped_told_the_hours_and_opened_again(terminal: Terminal, database: Database) -> None:
    with database.begin() as db:
        point = db.execute(text("SELECT min(code) FROM point")).scalar_one()
    assert terminal(f"points suspend {point} --because 'short cash' --as an").exit_code == 0
    assert terminal(f"points hours {point} 07:30 17:00 --days 12345 --as an").exit_code == 0
    row = next(line for line in terminal("points list").stdout.splitlines() if line.startswith(point))
    assert "suspended: short cash" in row
    assert "07:30-17:00" in row
    assert terminal(f"points open {point} --because 'looked into' --as an").exit_code == 0
    assert terminal(f"points cash {point} no --as an").exit_code == 0
    assert terminal("points list --commune 99999").stdout == "There is no such point.\n"


def test_an_export_to_the_end_of_time_holds_the_days_that_were_closed(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal("close day 2026-11-20 --as an").exit_code == 0
    said = terminal(f"close export 0001-01-01 9999-12-31 {tmp_path}/closes.jsonl")
    assert said.exit_code == 0
    assert said.stdout.startswith("1 days in ")
    assert verify.main([f"{tmp_path}/closes.jsonl"]) == 0


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe"])
def test_an_auditor_is_told_of_a_file_that_is_no_export(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert verify.main([f"{tmp_path}/file"]) == 2


def test_a_finding_is_settled_once_with_the_reason_kept(terminal: Terminal, village: Village) -> None:
    person = village.person()
    village.pay(person)
    village.ask_for_cash(person)
    with village.database.begin() as db:
        id, number = db.execute(text("SELECT id, reference FROM cash_out")).one()
        cash_outs.pay(db, village.desk, id, provider_reference="MM1", paid_at=village.now, now=village.now)
        note_finding(db, "reversed", id, "F1234567", village.now)
    listed = terminal("cash-outs findings").stdout
    assert "F1234567" in listed
    assert number in listed
    assert terminal("cash-outs settle-finding F1234567 --because 'asked at the point' --as an").exit_code == 0
    assert village.rows("SELECT outcome FROM cash_out_finding WHERE closed_at IS NOT NULL") == [("asked at the point",)]
    assert terminal("cash-outs findings").stdout == "Nothing came out otherwise than was said.\n"
    assert terminal("cash-outs settle-finding F1234567 --because again --as an").exit_code == 2


def test_the_messages_are_said_to_be_held_while_a_backup_is_gone_through(terminal: Terminal) -> None:
    assert terminal("sms status").stdout.endswith("Nothing is held back.\n")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert terminal(f"restore begin --backup-of {yesterday:%Y-%m-%dT%H:%M:%S} --as binh").exit_code == 0
    assert terminal("sms status").stdout.endswith("Held back: everything, until `restore end`.\n")
