"""Reads the first sheet of an XLSX workbook into text cells, and refuses workbooks that would fill the memory."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import python_calamine as calamine

from ussd_app.lists.errors import ListError

MOST_BYTES = 32 * 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024
MOST_CELLS = 3_600_000
"""The whole sheet is held in memory while it is read: some 100 bytes a cell."""

_EXACT = 10**15  # beyond this a spreadsheet's number is no longer the number that was typed
_CELL = re.compile(rb'<(?:x:)?c(?: [^>]*?)?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')
_BROKEN = "The XLSX file is broken or was not copied whole: copy or save it again."


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as text. `numbers` are the cells stored as numbers, `faults` those whose number is not what was typed."""

    line: int
    cells: tuple[str, ...]
    numbers: frozenset[int]
    faults: tuple[tuple[int, str], ...]


def read_xlsx(file: BinaryIO, most_rows: int) -> Iterator[SheetRow]:
    """All rows of the first visible sheet that are not blank."""
    _weigh(file)
    try:
        book = calamine.load_workbook(file)
        visible = [each.name for each in book.sheets_metadata if each.visible == calamine.SheetVisibleEnum.Visible]
        sheet = book.get_sheet_by_name((visible or book.sheet_names)[0])
    except calamine.PasswordError as error:
        raise ListError("The workbook is locked with a password: save it without one and import that.") from error
    except (calamine.CalamineError, IndexError, OSError) as error:
        raise ListError(_BROKEN) from error
    if sheet.height > most_rows + 1:
        raise ListError(f"The sheet has more than {most_rows:,} rows: divide it into several lists.")
    return _rows(sheet)


def _rows(sheet: calamine.CalamineSheet) -> Iterator[SheetRow]:
    for line, values in enumerate(sheet.iter_rows(), start=1):
        if not any(value != "" for value in values):
            continue
        read = [_text(value) for value in values]
        if not any(text.strip() for text, _ in read):
            continue
        yield SheetRow(
            line,
            tuple(text for text, _ in read),
            frozenset(at for at, value in enumerate(values) if isinstance(value, int | float)),
            tuple((at, fault) for at, (_, fault) in enumerate(read) if fault),
        )


def _text(value: object) -> tuple[str, str]:
    """A cell as it would stand in a CSV, and what is wrong with it as a stored number."""
    match value:
        case str():
            return value, ""
        case bool():
            return str(value).upper(), ""
        case int() | float():
            return _number(value)
        case datetime():
            return (value.date() if value.time() == datetime.min.time() else value).isoformat(), ""
        case _:
            return str(value), ""


def _number(value: float) -> tuple[str, str]:
    if abs(value) >= _EXACT:
        return (
            f"{value:.0f}",
            "stored as a number of more than 15 digits, the last of which are lost: type it as text",
        )
    if value != int(value):
        return repr(value), "stored as a number with a fraction; only whole numbers belong in a list"
    return str(int(value)), ""


def _weigh(file: BinaryIO) -> None:
    """Look at the sizes before anything is unpacked, then at how far the sheets reach before anything is loaded."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise ListError("The workbook is locked with a password: save it without one and import that.")
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise ListError(f"The workbook unpacks to more than {MOST_UNPACKED >> 20} MB: save the list as CSV.")
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _measure(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error) as error:
        raise ListError(_BROKEN) from error
    finally:
        file.seek(0)


def _measure(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A loaded sheet is a full rectangle, so that one cell far away costs as much as a million."""
    columns: set[bytes] = set()
    last_row, tail = 0, b""
    with archive.open(part) as sheet:
        while piece := sheet.read(1 << 20):
            piece = tail + piece
            found = _CELL.findall(piece)
            columns.update(column for column, _ in found)
            last_row = max(last_row, *(int(row) for _, row in found[-1:]), 0, 0)
            tail = piece[max(piece.rfind(b"<"), len(piece) - 300) :]
            if last_row * _column_number(max(columns, key=_column_number, default=b"A")) > MOST_CELLS:
                raise ListError(
                    f"A sheet of the workbook reaches over more than {MOST_CELLS:,} cells: "
                    "delete what stands far from the list, or save the list as CSV."
                )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
