"""A list file as numbered rows of named cells, read a row at a time, whatever kind of table the file is."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ussd_app.lists import csv_rows, xlsx_rows
from ussd_app.lists.csv_rows import read_csv
from ussd_app.lists.errors import ListError, Reject, shown
from ussd_app.lists.formulas import bare
from ussd_app.lists.header import Columns, Header, read_header
from ussd_app.lists.kinds import Kind, what_it_is
from ussd_app.lists.xlsx_rows import read_xlsx

MOST_ROWS = 500_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: our columns by name, stripped of spaces at both ends. `line` is the file's own, the header being 1.

    `rejects` are faults of the row as a row (too many cells, a torn quotation mark, a number the spreadsheet spoilt).
    Values stay out of the printed form: they name people.
    """

    line: int
    values: dict[str, str] = field(repr=False)
    cells: tuple[str, ...] = field(default=(), repr=False)
    numbers: frozenset[str] = frozenset()
    """Columns that a spreadsheet stored as numbers: zeros in front are gone from these."""
    rejects: tuple[Reject, ...] = ()

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    header: Header
    separator: str
    rows: Iterator[Row]


@contextmanager
def open_table(path: Path, columns: Columns) -> Iterator[Table]:
    """Open a list; ListError when nothing can be done with it. A header alone is a list without rows, no error."""
    with _open(path) as file:
        yield _csv(file, columns) if what_it_is(file) is Kind.CSV else _xlsx(file, columns)


def _open(path: Path) -> BinaryIO:
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise ListError(f"{path} is a folder, not a file.")
        if not stat.S_ISREG(about.st_mode):
            raise ListError(f"{path} is not an ordinary file.")
        file = path.open("rb")
    except FileNotFoundError:
        raise ListError(f"There is no file {path}.") from None
    except PermissionError:
        raise ListError(f"{path} may not be read by this user.") from None
    except (OSError, ValueError) as error:
        raise ListError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    zipped = file.read(2) == b"PK"
    file.seek(0)
    most = xlsx_rows.MOST_BYTES if zipped else csv_rows.MOST_BYTES
    if about.st_size > most:
        file.close()
        raise ListError(f"The file is larger than {most >> 20} MB: divide it into several lists.")
    return file


def _csv(file: BinaryIO, columns: Columns) -> Table:
    separator, rows = read_csv(file, columns, MOST_ROWS)
    first = next(rows)
    header = read_header([bare(each) for each in first.cells], columns, first.line)

    def read() -> Iterator[Row]:
        for each in rows:
            broken = (Reject(each.line, "", "", each.broken),) if each.broken else ()
            yield _row(header, each.line, tuple(bare(cell) for cell in each.cells), broken)

    return Table(header, separator, read())


def _xlsx(file: BinaryIO, columns: Columns) -> Table:
    rows = read_xlsx(file, MOST_ROWS)
    first = next(rows, None)
    if first is None:
        raise ListError("The first sheet of the workbook is empty.")
    header = read_header(first.cells, columns, first.line)

    def read() -> Iterator[Row]:
        for each in rows:
            names = dict(enumerate(header.names))
            faults = tuple(
                Reject(each.line, name, shown(name, each.cells[at]), reason)
                for at, reason in each.faults
                if (name := names.get(at))
            )
            numbers = frozenset(name for at in each.numbers if (name := names.get(at)))
            yield _row(header, each.line, each.cells, faults, numbers)

    return Table(header, ",", read())


def _row(
    header: Header,
    line: int,
    cells: tuple[str, ...],
    rejects: tuple[Reject, ...],
    numbers: frozenset[str] = frozenset(),
) -> Row:
    width = len(header.written)
    surplus = [each for each in cells[width:] if each.strip()]
    if surplus and not rejects:
        reason = f"the row has {len(cells)} cells, the header {width}: is there a separator inside a cell?"
        rejects = (Reject(line, "", "", reason),)
    elif len(cells) < width and not rejects:
        rejects = (Reject(line, "", "", f"the row has {len(cells)} cells, the header {width}"),)
    values = {name: cell.strip() for name, cell in zip(header.names, cells, strict=False) if name}
    return Row(line, values, cells, numbers, rejects)
