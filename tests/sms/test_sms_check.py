"""The check that stands between a new wording and the people: it must pass, and it must see."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from sms import check, kinds, tables
from sms.every import EVERY_NOTICE
from sms.providers.refusals import refusals
from sms.wording import Wording, wording
from ussd_app.domain.people import Language


def test_all_messages_pass(capsys: pytest.CaptureFixture[str]):
    assert check.main() == 0
    assert capsys.readouterr().out == ""


def complaints_about(monkeypatch: pytest.MonkeyPatch, language: Language, **texts: str) -> list[str]:
    changed = {language: replace(wording(language), texts=dict(wording(language).texts) | texts)}

    def with_changes(asked: Language) -> Wording:
        return changed.get(asked) or wording(asked)

    for page in (check, kinds):
        monkeypatch.setattr(page, "wording", with_changes)
    return list(check.complaints())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{b}: " + "a" * 200, "news_waiting [vi]: 206 septets, 46 too many"),
        ("{b}: xem 漢 {hot}", "news_waiting [vi]: no place in GSM-7 for U+6F22 CJK UNIFIED IDEOGRAPH-6F22"),
        ("{b}: xem thainguyen.gov.vn {hot}", "news_waiting [vi]: looks like a link"),
        ("{b}: các ông bà gọi {hot}", "news_waiting [vi]: without accents reads unluckily: cac"),
        ("{b}: gọi {so}", "news_waiting [vi]: nothing says how long so can be"),
    ],
)
def test_it_sees(monkeypatch: pytest.MonkeyPatch, text: str, complaint: str):
    assert complaint in complaints_about(monkeypatch, Language.VIETNAMESE, news_waiting=text)


def test_it_sees_a_placeholder_lost_in_translation(monkeypatch: pytest.MonkeyPatch):
    found = complaints_about(monkeypatch, Language.ENGLISH, news_waiting="{b}: call us")
    assert found == ["news_waiting [en]: placeholders differ from Vietnamese: hot"]


def test_it_sees_a_text_nobody_uses(monkeypatch: pytest.MonkeyPatch):
    found = complaints_about(monkeypatch, Language.ENGLISH, old_news="{b}")
    assert found == ["old_news [en]: a text that no notice uses"]


def test_signs_some_aggregators_refuse_are_a_warning(monkeypatch: pytest.MonkeyPatch):
    assert list(check.warnings()) == []
    complaints_about(monkeypatch, Language.VIETNAMESE, news_waiting="{b}: bấm *8899# {hot}")
    assert list(check.warnings()) == ["news_waiting [vi]: some aggregators refuse #"]


@pytest.mark.parametrize("language", [Language.VIETNAMESE, Language.ENGLISH])
def test_it_names_a_message_that_grew_too_long_and_by_how_many_letters(monkeypatch: pytest.MonkeyPatch, language: Language):
    text = wording(language).texts["payment_late"]
    found = complaints_about(monkeypatch, language, payment_late=text + " " + "x" * 40)
    (line,) = [each for each in found if each.startswith(f"payment_late [{language}]: ")]
    assert re.fullmatch(r"payment_late \[(vi|en)\]: \d{3} septets, \d{1,2} too many", line)


def test_it_counts_the_name_that_a_shared_phone_adds(monkeypatch: pytest.MonkeyPatch):
    found = complaints_about(monkeypatch, Language.ENGLISH, reply_already="{b}: {tien} {ky} {viec} {xh} {hot} " + "x" * 103)
    assert "reply_already [en] on a shared phone: 165 septets, 5 too many" in found
    assert not any(each.startswith("reply_already [en]: ") for each in found)


def test_it_sees_what_a_gateway_refuses(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(check, "refusals", lambda: {"viettel": frozenset("#&")})
    found = list(check.complaints())
    assert "session_cut [vi]: viettel refuses #" in found
    assert not any(each.startswith("cash_out_failed") for each in found)


def test_every_provider_has_a_page_that_may_name_what_it_refuses():
    assert "africas_talking" in refusals()


def test_a_lengthened_text_fails_the_check_itself(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    complaints_about(monkeypatch, Language.VIETNAMESE, news_waiting="{b}: {hot} " + "a" * 160)
    assert check.main() == 1
    assert "news_waiting [vi]: " in capsys.readouterr().out


def test_the_document_says_what_the_messages_say():
    page = (Path(__file__).parents[2] / "docs" / "sms.md").read_text(encoding="utf-8")
    assert tables.drawn(page) == page, "run `make draw`"
    assert all(f"| `{kind}` | {each.category} |" in page for kind, each in EVERY_NOTICE.items())
