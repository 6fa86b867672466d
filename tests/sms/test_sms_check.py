"""The check that stands between a new wording and the people: it must pass, and it must see."""

from dataclasses import replace

import pytest

from sms import check
from sms.wording import Wording, wording
from ussd_app.domain.people import Language


def test_all_messages_pass(capsys: pytest.CaptureFixture[str]):
    assert check.main() == 0
    assert capsys.readouterr().out == ""


def complaints_about(monkeypatch: pytest.MonkeyPatch, language: Language, **texts: str) -> list[str]:
    changed = {language: replace(wording(language), texts=dict(wording(language).texts) | texts)}

    def with_changes(asked: Language) -> Wording:
        return changed.get(asked) or wording(asked)

    monkeypatch.setattr(check, "wording", with_changes)
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
