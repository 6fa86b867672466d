"""The words of every message in every language we write, as the texts in `sms/texts` give them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ussd_app.domain.people import Language

_TEXTS = Path(__file__).with_name("texts")

# An accented reader has the same words: folding is what differs.
WRITTEN_IN = {Language.VIETNAMESE: "vi", Language.ACCENTED: "vi", Language.ENGLISH: "en"}


@dataclass(frozen=True, slots=True)
class Wording:
    """One language: a template for each message by its permanent name, and the words that fill some of them."""

    texts: Mapping[str, str]
    places: Mapping[str, str]
    """Where money may lie, by PayoutMethod."""
    reasons: Mapping[str, str]
    """Why a payment came back."""
    said: Mapping[str, str]
    """What an owner says of a payment."""
    number: str
    """A phone number that may be named only by its ending, `{duoi}`."""


def wording(language: Language) -> Wording:
    return _read(WRITTEN_IN[language])


@cache
def _read(written_in: str) -> Wording:
    tables = tomllib.loads((_TEXTS / f"{written_in}.toml").read_text(encoding="utf-8"))
    return Wording(tables["texts"], tables["places"], tables["reasons"], tables["said"], tables["number"])
