"""`sms pause`, `sms resume` and `sms status`, as an operator types them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest
from click.testing import CliRunner, Result

from tests.village import Village
from tests.workers.test_send_sms import write
from ussd_app.app import create_app
from ussd_app.domain.payments import Role
from ussd_app.local.services import Services
from ussd_app.settings import Settings

Typed = Callable[..., Result]


@pytest.fixture
def type_(village: Village, database_url: str, redis_url: str) -> Typed:

    settings = Settings(database_url=database_url, redis_url=redis_url, secret_key="a key", data_key="a key for tests")
    app = create_app(settings, lambda _: nullcontext(Services(database_url, redis_url, "")))
    village.officer("hoa", Role.RELEASES)
    return lambda *words: CliRunner().invoke(app.cli.commands["sms"], list(words))


def test_a_lane_is_held_back_and_let_go(village: Village, type_: Typed) -> None:
    write(village, 3)
    assert "lane money: held back from now on." in type_("pause", "--lane", "money", "--as", "hoa").output
    assert "held back already" in type_("pause", "--lane", "money", "--as", "hoa").output
    said = type_("status").output
    assert "Held back: lane money, by hoa" in said
    assert "money           3" in said
    assert "1 pauses ended" in type_("resume", "--lane", "money", "--as", "hoa").output
    assert "Nothing is held back." in type_("status").output


def test_everything_is_held_back_at_once_and_let_go_at_once(village: Village, type_: Typed) -> None:
    for words in ((), ("--lane", "campaign"), ("--provider", "africas_talking")):
        assert type_("pause", *words, "--as", "hoa").exit_code == 0
    assert village.number("SELECT count(*) FROM sms_pause WHERE resumed_at IS NULL") == 3
    assert "3 pauses ended" in type_("resume", "--as", "hoa").output


def test_nobody_holds_anything_back_without_a_name(village: Village, type_: Typed) -> None:
    said = type_("pause", "--as", "nobody")
    assert (said.exit_code, "There is no officer 'nobody'" in said.output) == (2, True)
