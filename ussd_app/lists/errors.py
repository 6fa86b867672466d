"""What can be wrong with a list: all of it, in one sentence, or one cell of it, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass


class ListError(Exception):
    """Nothing can be done with this file. The sentence is written for the officer who chose it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Reject:
    """One cell that keeps its row out; `value_shown` hides numbers that name a person."""

    line: int
    column: str
    value_shown: str
    reason: str


def shown(column: str, value: str) -> str:
    """A cell as a report may repeat it: long numbers keep only their last three digits, in any column."""
    value = " ".join(value.split())
    if column == "national_id" or sum(each.isdigit() for each in value) >= 9:
        value = re.sub(r"\d(?=(?:\D*\d){3})", "•", value)
    return value if len(value) <= 60 else value[:59] + "…"
