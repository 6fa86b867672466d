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
    """One language: a template for each message by its permanent name, and where money may lie."""

    texts: Mapping[str, str]
    places: Mapping[str, str]


def wording(language: Language) -> Wording:
    return _read(WRITTEN_IN[language])


@cache
def _read(written_in: str) -> Wording:
    tables = tomllib.loads((_TEXTS / f"{written_in}.toml").read_text(encoding="utf-8"))
    return Wording(tables["texts"], tables["places"])
