"""The 92 communes and wards of Thái Nguyên as they have been since 1 July 2025."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Commune:
    code: str
    name: str
    kind: str

    @property
    def is_ward(self) -> bool:
        return self.kind == "Phường"


@cache
def todays_communes() -> tuple[Commune, ...]:
    written = resources.files("ussd_app.store").joinpath("reference/communes.csv").read_text(encoding="utf-8")
    return tuple(Commune(**row) for row in csv.DictReader(written.splitlines()))
