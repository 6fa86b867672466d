"""Funding, programmes, what came back and what waits, as officers type it."""

from __future__ import annotations

import contextlib
import csv
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from tests.village import Village
from ussd_app.cli import commands
from ussd_app.cli.counter import Counter, Reached
from ussd_app.domain.payments import Role
from ussd_app.local.services import Services
from ussd_app.settings import Settings

Say = Callable[..., str]


@pytest.fixture
def say(database_url: str, redis_url: str, village: Village) -> Say:
    """A command as it is typed; its answer, once it ended as it should."""

    @contextlib.contextmanager
    def services(_: Settings) -> Iterator[Reached]:
        yield Services(database_url, redis_url, "")

    made = commands.groups(Counter(Settings(secret_key="for tests", data_key="for tests"), services, "gsma"))
    desk = click.Group("flask", commands={group.name: group for group in made if group.name})
    village.officer("an", Role.ENTERS, Role.APPROVES)
    village.officer("binh", Role.APPROVES)

    def typed(line: str, status: int = 0) -> str:
        said = CliRunner().invoke(desk, shlex.split(line), catch_exceptions=False)
        assert said.exit_code == status, f"{line}: {said.output}"
        return said.output

    return typed


def coded(village: Village, person: int, code: str) -> int:
    with village.database.begin() as db:
        db.execute(text("UPDATE person SET person_code = :code WHERE id = :id"), {"code": code, "id": person})
    return person


def test_a_months_money_from_the_state_to_the_last_dong(village: Village, say: Say) -> None:
    fund = "ledger fund tet_gift 2027-01 1.000.000 --document 'LC 12/2027'"
    assert "is funded. Funded 1,000,000, granted 0, left 1,000,000" in say(f"{fund} --as an")
    assert "is known already. Funded 1,000,000" in say(f"{fund} --as an")
    village.pay(village.person())
    assert "Less than 100.001đ is left" in say("ledger fund tet_gift 2027-01 100001 --back --as an", 2)
    assert "went back. Funded 900,000, granted 900,000, left 0" in say("ledger fund tet_gift 2027-01 100000 --back --as an")
    shown = say("ledger periods")
    assert "tet_gift: from the state 900,000 = with people 900,000 đồng" in shown
    for wrong, why in (("tet 2027-01 1", "no programme"), ("tet_gift 2027-13 1", "YYYY-MM"), ("tet_gift 2027-01 -5", "")):
        assert why in say(f"ledger fund {wrong} --as an", 2)


def test_programmes_with_their_decrees(village: Village, say: Say) -> None:
    shown = say("programmes list --cycle 2026-11")
    assert "500.000đ from 2025-07 (Decree 176/2025/NĐ-CP)" in shown
    assert "2.789.000đ from 2024-07, standard (Decree 77/2024/NĐ-CP); a standard" in shown
    say("programmes set-amount social_pension 600000 --from 2099-01 --source 'Decree 1/2099' --as an")
    assert "later: 600.000đ from 2099-01 (Decree 1/2099)" in say("programmes list --cycle 2026-11")
    assert "is over" in say("programmes set-amount social_pension 1 --from 2020-01 --source x --as an", 2)
    say("programmes set-priority merit 1 --as an")
    assert say("programmes list").startswith(" 1  merit")


def test_a_payment_that_a_bank_sent_back_is_its_owners_again_and_they_are_told(
    village: Village, say: Say, tmp_path: Path
) -> None:
    person = coded(village, village.person(method="bank"), "TN-1")
    coded(village, village.person(phone=None), "TN-2")
    village.pay(person)
    path = tmp_path / "back.csv"
    path.write_text(
        "person_code,programme,cycle,amount,reason\n"
        "TN-1,tet_gift,2027-01,900000,account_closed\n"
        "TN-2,tet_gift,2027-01,900000,account_closed\n"
        "TN-3,tet_gift,2027-01,900000,account_closed\n"
        "TN-1,tet_gift,2027-01,900000,because\n",
        "utf-8",
    )
    assert "1 came back, 900.000đ; 0 as they were; 3 rows rejected." in say(f"payments came-back {path} --as an", 1)
    assert "0 came back, 0đ; 1 as they were; 3 rows rejected." in say(f"payments came-back {path} --as an", 1)
    rejects = path.with_name("back.csv.rejects.csv").read_text("utf-8-sig")
    for why in ("nothing was released", "nobody with this number", "write one of wrong_account"):
        assert why in rejects
    assert village.balance(person) == 900_000
    assert village.rows("SELECT count(*) FROM sms_message WHERE kind = 'payment_returned'") == [(1,)]
    assert not village.breaches()


def test_unclaimed_money_goes_back_by_two_officers_and_is_claimed_again(village: Village, say: Say, tmp_path: Path) -> None:
    person = coded(village, village.person(), "TN-1")
    village.pay(person)
    say("communes officer 05443 'Chị Hà' 0208123456")
    path = tmp_path / "unclaimed.csv"
    assert "1 people, 900.000đ." in say(f"unclaimed list --commune 05443 --to {path}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["officer"], row["amount"], row["days"], row["cycle"]) == ("Chị Hà", "900000", "0", "2027-01")
    assert "0 people, 0đ." in say("unclaimed list --older-than 30")
    number = say(f"unclaimed ask-return {path} --because 'budget year closed' --as an").splitlines()[-1]
    assert "somebody else must agree" in say(f"unclaimed agree {number} --as an", 2)
    assert "1 done, 900.000đ; 0 not done." in say(f"unclaimed agree {number} --as binh")
    assert village.balance(person) == 0
    again = say("unclaimed claim-again --person TN-1 --because 'came home' --as an").splitlines()[-1]
    say(f"unclaimed agree {again} --as binh")
    assert village.balance(person) == 900_000
    assert "Nothing of this person's" in say("unclaimed claim-again --person TN-1 --because again --as an", 2)
    assert "The ledger closes." in say("ledger check")
