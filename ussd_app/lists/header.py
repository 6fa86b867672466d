"""Which columns a list must have, and which column of a file is which of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ussd_app.lists.errors import ListError

REJECT_COLUMNS = ("line", "column", "reason")
"""What a reject file adds. They are skipped on reading, so that a mended reject file can be imported as it is."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one kind of list. Of `one_of`, at least one must be there, where there are any."""

    what: str
    required: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        return (*self.one_of, *self.required, *self.optional)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns as the file wrote them; the name we know each by, or None for one that is not ours."""

    written: tuple[str, ...]
    names: tuple[str | None, ...]

    @property
    def ignored(self) -> tuple[str, ...]:
        pairs = zip(self.written, self.names, strict=True)
        return tuple(cell.strip() for cell, name in pairs if name is None and cell.strip())


def plain(cell: str) -> str:
    """`  Full Name` and `FULL_NAME` are `full_name`."""
    return re.sub(r"[\s\-_]+", "_", unicodedata.normalize("NFC", cell).replace("\ufeff", "").strip()).casefold()


def known_in(cells: Sequence[str], columns: Columns) -> int:
    """How many of a line's cells are names of our columns."""
    return sum(plain(each) in columns.known for each in cells)


def read_header(cells: Sequence[str], columns: Columns, line: int) -> Header:
    plain_cells = [plain(each) for each in cells]
    names = [each if each in columns.known else None for each in plain_cells]
    unknown = [
        each.strip()
        for each, name in zip(cells, plain_cells, strict=True)
        if name not in (*columns.known, *REJECT_COLUMNS, "")
    ]
    found = [each for each in names if each]
    if twice := sorted({each for each in found if found.count(each) > 1}):
        raise ListError(f"The header, line {line}, names a column twice: {', '.join(twice)}.")
    missing = [each for each in columns.required if each not in found]
    if columns.one_of and not set(columns.one_of) & set(found):
        missing.insert(0, " or ".join(columns.one_of))
    slips = _slips(unknown, [each for each in columns.known if each not in found])
    if missing or slips:
        raise ListError(_complaint(columns, line, missing, unknown, slips))
    return Header(tuple(cells), tuple(names))


def _slips(unknown: Sequence[str], absent: Sequence[str]) -> dict[str, str]:
    """Unknown names that are a slip of the finger away from one that is not there."""
    close = {each: get_close_matches(plain(each), absent, n=1, cutoff=0.75) for each in unknown}
    return {each: match[0] for each, match in close.items() if match}


def _complaint(columns: Columns, line: int, missing: Sequence[str], unknown: Sequence[str], slips: dict[str, str]) -> str:
    said = [f"Line {line} is not the header of a {columns.what} list."]
    if missing:
        said.append(f"Missing: {', '.join(missing)}.")
    if unknown:
        shown = [each[:40] for each in unknown[:10]]
        said.append(f"Not known: {', '.join(shown)}{', …' if len(unknown) > 10 else ''}.")
    said += [f"Is “{wrong[:40]}” meant to be “{right}”?" for wrong, right in slips.items()]
    return " ".join(said)
