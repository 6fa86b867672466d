"""Other hands on somebody's record: a helper, an officer, a temporary PIN; each with consent, each told to its owner."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator

import click
import pytest
from click.testing import CliRunner, Result

from tests.http.line import OTHER, PHONE, Town
from ussd_app.cli import commands
from ussd_app.cli.counter import Counter, Reached
from ussd_app.local.services import Services
from ussd_app.settings import Settings

Typed = Callable[..., Result]


@pytest.fixture
def office(town: Town, database_url: str) -> Typed:
    """An officer's terminal on the town's database, with three officers."""

    @contextlib.contextmanager
    def services(_: Settings) -> Iterator[Reached]:
        yield Services(database_url, "", "")

    settings = Settings(secret_key="a key for tests", data_key="a key for tests")
    group = click.Group(
        "flask", commands={each.name or "": each for each in commands.groups(Counter(settings, services, "gsma"))}
    )

    def typed(*words: str) -> Result:
        return CliRunner().invoke(group, [*words])

    for name, role in (("lan", "enters"), ("minh", "approves")):
        assert typed("users", "add", name, "--role", role).exit_code == 0
    return typed


def reset(office: Typed, person: str = "dao") -> str:
    asked = office("pins", "ask-reset", "--person", person, "--as", "lan", "--checked", "her identity card")
    assert asked.exit_code == 0, asked.output
    return asked.output.splitlines()[-1]


# ---- a temporary PIN -------------------------------------------------------------------------------------


def test_two_officers_reset_a_pin_that_neither_of_them_sees(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    town.dial().press("4", "1948", "2580", "2580")
    sent = office("pins", "send-reset", reset(office), "--as", "minh")
    assert sent.exit_code == 0
    (message,) = town.inbox()
    said = re.search(r"PIN tam cua ba la (\d{4}), dung 1 lan trong 30 phut", message)
    assert said
    pin = said[1]
    assert pin not in sent.output

    session = town.dial(keys="6*2")
    assert session.page.startswith("CON Moi ba nhap ma PIN tam")
    assert session.press("0000").startswith("CON Ma PIN tam chua dung.")
    assert session.press(pin, "8642", "8642").startswith("CON Da doi ma PIN.")
    assert "Ma PIN cua ba vua doi" in town.inbox()[-1]
    assert town.dial(keys="6*2").press("2580").startswith("CON Ma PIN chua dung.")
    assert town.rows("SELECT temporary_hash, wrong_tries FROM pin") == [(None, 1)]


def test_the_old_pin_opens_nothing_once_a_temporary_one_was_sent(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    town.dial().press("4", "1948", "2580", "2580")
    office("pins", "send-reset", reset(office), "--as", "minh")
    town.do("UPDATE pin SET temporary_until = now() - interval '1 minute'")
    assert town.dial(keys="6*2").page.startswith("END Ma PIN tam khoa")


def test_one_officer_alone_resets_nothing(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    office("users", "add", "lan", "--role", "approves")
    refused = office("pins", "send-reset", reset(office), "--as", "lan")
    assert (refused.exit_code, "another one must" in refused.output) == (2, True)
    assert town.inbox() == []


def test_a_request_is_answered_once(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    number = reset(office)
    assert office("pins", "send-reset", number, "--as", "minh").exit_code == 0
    assert office("pins", "send-reset", number, "--as", "minh").exit_code == 2
    assert len(town.inbox()) == 1


@pytest.mark.parametrize("phone", [[], ["--phone", OTHER.e164]])
def test_a_temporary_pin_never_goes_to_a_number_that_is_not_proved(town: Town, office: Typed, phone: list[str]) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    assert office("phones", "doubt", PHONE.e164, "--as", "lan", "--because", "the SIM changed").exit_code == 0
    assert office("pins", "send-reset", reset(office), "--as", "minh", *phone).exit_code == 2
    assert town.inbox() == town.inbox(OTHER) == []


# ---- numbers in doubt ------------------------------------------------------------------------------------


def test_a_number_in_doubt_is_silent_until_an_officer_proves_it(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    office("phones", "doubt", "0912 000 101", "--as", "lan", "--because", "silent for 60 days")
    assert town.dial().page.startswith("END So may nay can xac minh lai.")
    proved = office("phones", "prove", "0912000101", "--person", "dao", "--as", "lan", "--because", "she came with it")
    assert (proved.exit_code, "is proved" in proved.output) == (0, True)
    assert town.dial().page.startswith("CON Kinh chao ba Dao")
    assert town.rows("SELECT what FROM phone_event ORDER BY id") == [("doubted",), ("proved",)]


# ---- helpers ---------------------------------------------------------------------------------------------


def helping(office: Typed) -> None:
    added = office(
        "helpers", "add", OTHER.e164, "Nam", "--person", "dao", "--as", "lan", "--consent", "she said so at home"
    )  # fmt: skip
    assert added.exit_code == 0, added.output


def test_a_helper_reads_with_consent_and_the_owner_is_told_once_a_session(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    helping(office)
    session = town.dial(OTHER)
    assert session.page.startswith("CON Giup ba Dao\n1 Xem so du")
    assert session.press("1").startswith("CON So du cua ba: 0d")
    session.press("0", "2")
    assert town.inbox(OTHER) == []
    (told,) = town.inbox()
    assert "may co 3 so cuoi 102 da xem giup" in told
    assert town.rows("SELECT by_phone, consent FROM record_use") == [(OTHER.e164, "she said so at home")] * 2
    town.dial(OTHER, "1")
    assert len(town.inbox()) == 2


def test_a_helper_never_comes_to_a_pin(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    helping(office)
    for keys in ("4", "1*1", "6"):
        assert "PIN" not in town.dial(OTHER, keys).page.replace("bang ma PIN cua minh", "").replace("hoi ma PIN", "")
    assert town.rows("SELECT 1 FROM pin") == []


def test_help_ends_when_it_is_ended_or_its_phone_is_in_doubt(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    helping(office)
    office("helpers", "end", OTHER.e164, "--person", "dao")
    assert town.dial(OTHER).page.startswith("END So may nay chua dang ky")
    helping(office)
    office("phones", "doubt", OTHER.e164, "--as", "lan", "--because", "lost")
    assert town.dial(OTHER).page.startswith("END So may nay chua dang ky")


def test_a_helper_with_a_record_of_their_own_chooses_and_needs_no_pin_for_it(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    town.person("Trần Văn Nam", OTHER, code="nam")
    helping(office)
    assert town.dial(OTHER).page == "CON Moi chon ten cua minh\n1 ba Nam\n2 ba Dao\n0 Thoat"
    assert town.dial(OTHER, "1").page.startswith("CON Kinh chao ba Nam")
    assert town.dial(OTHER, "2").page.startswith("CON Giup ba Dao")


# ---- an officer ------------------------------------------------------------------------------------------


def test_an_officer_looks_up_with_consent_and_the_owner_is_told(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    town.dial(keys="5*1")
    seen = office("people", "look-up", "--person", "dao", "--as", "minh", "--consent", "she asked me to at the counter")
    assert seen.exit_code == 0
    assert "balance 0đ" in seen.output
    assert "call_back: open" in seen.output
    assert "can bo da xem giup" in town.inbox()[-1]
    assert town.rows("SELECT consent FROM record_use") == [("she asked me to at the counter",)]


def test_nothing_is_shown_without_a_word_of_consent(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    assert office("people", "look-up", "--person", "dao", "--as", "minh").exit_code == 2
    assert town.inbox() == []


def test_a_commune_says_who_is_in_charge_and_where_it_hands_out(town: Town, office: Typed) -> None:
    town.person("Nguyễn Thị Đào", PHONE, code="dao")
    assert office("communes", "officer", "05443", "Nông Thị Hà", "0209 387 0001").exit_code == 0
    assert office("communes", "hand-out", "05443", "2027-01-28", "Nhà văn hóa xã").exit_code == 0
    assert "Nong Thi Ha" in town.dial(keys="5*5*2").page
    assert office("communes", "hand-out", "99999", "2027-01-28", "Nhà văn hóa xã").exit_code == 2
