"""Every text of ours, in every language, is read aloud in its own voice."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pretend_networks import BALANCE, HOME

import sms.texts
from menus.drawing import in_plain_letters
from menus.wording import TEXTS as MENUS

SMS_TEXTS = {
    language: tomllib.loads((Path(sms.texts.__path__[0]) / f"{language}.toml").read_text(encoding="utf-8"))["texts"]
    for language in MENUS.by_file
}
PARTS_OF_A_PAGE = (
    "who.",
    "place.",
    "word.",
    "reason.",
    "ticket.",
    "help.tickets.line",
    "payments.line",
    "cash_out.point.line",
    "cash_out.point.wallet",
    "keeper.reason.",
    "again.",
    "first_pin.saved",
)
JUDGE = (
    "async texts => { const { languageOf } = await import('/simulator/static/language.js'); return texts.map(languageOf) }"
)


def test_no_text_of_ours_is_taken_for_the_other_language(page):
    english = [each for key, each in MENUS.by_file["en"].items() if not key.startswith(PARTS_OF_A_PAGE)]
    english += SMS_TEXTS["en"].values()
    assert dict(zip(english, page.evaluate(JUDGE, english), strict=True)) == dict.fromkeys(english, "en")
    accented = [*MENUS.by_file["vi"].values(), *SMS_TEXTS["vi"].values()]
    vietnamese = accented + [in_plain_letters(each) for each in accented] + [HOME, BALANCE]
    assert dict(zip(vietnamese, page.evaluate(JUDGE, vietnamese), strict=True)) == dict.fromkeys(vietnamese, "vi")
