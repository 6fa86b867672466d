"""Reads CSV line by line: any common separator, UTF-8 or marked UTF-16, and one broken row costs only itself."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ussd_app.lists.errors import ListError
from ussd_app.lists.header import Columns, known_in

MOST_BYTES = 64 * 1024 * 1024
LONGEST_LINE = 64 * 1024
_LINES_IN_ONE_ROW = 5  # a cell may hold line breaks, but not many: more is a quotation mark never closed
_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Cells:
    """One row's cells and the line it begins on; `broken` says why the cells cannot be trusted."""

    line: int
    cells: tuple[str, ...]
    broken: str = ""


def read_csv(file: BinaryIO, columns: Columns, most_rows: int) -> tuple[str, Iterator[Cells]]:
    """The separator, and all rows that are not blank, the header first. The whole file is looked over beforehand."""
    encoding = _encoding(file)
    _look_over(file, encoding, most_rows)
    text = io.TextIOWrapper(file, encoding=encoding, newline=None)
    lines = _Lines(text)
    separator = _separator(lines, columns)
    return separator, _rows(lines, separator)


def _encoding(file: BinaryIO) -> str:
    start = file.read(4)
    file.seek(0)
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _look_over(file: BinaryIO, encoding: str, most_rows: int) -> None:
    """Decode everything once, a piece at a time, so that no row goes in from a file that breaks further down."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, since_break, size = 1, 0, 0
    while True:
        piece = file.read(1 << 16)
        size += len(piece)
        if size > MOST_BYTES:
            raise ListError(f"The file is larger than {MOST_BYTES >> 20} MB: divide it into several lists.")
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            raise ListError(_not_utf8(lines + error.object[: error.start].count(b"\n"), encoding)) from None
        if "\0" in text:
            raise ListError(f"Line {lines + text[: text.index(chr(0))].count(chr(10))} holds NUL bytes: this is no text.")
        breaks = text.count("\n") or text.count("\r")
        lines += breaks
        since_break = len(text) - max(text.rfind("\n"), text.rfind("\r")) - 1 if breaks else since_break + len(text)
        if since_break > LONGEST_LINE:
            raise ListError(f"Line {lines} is far too long for a row of a list: this is no table.")
        if lines > most_rows + 2:
            raise ListError(f"The list has more than {most_rows:,} rows: divide it into several lists.")
        if not piece:
            break
    file.seek(0)


def _not_utf8(line: int, encoding: str) -> str:
    if encoding == "utf-16":
        return "The file says it is UTF-16 and is not: save it again as “CSV UTF-8”."
    return (
        f"Line {line} is not UTF-8: the file was probably saved as Windows-1258 or Windows-1252. "
        "Open it in the spreadsheet it came from and save it as “CSV UTF-8”."
    )


class _Lines:
    """The file's lines with their numbers; a line that was looked at can be put back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._waiting: list[str] = []
        self._taken = 0

    @property
    def number(self) -> int:
        """The number of the line taken last."""
        return self._taken

    def take(self) -> str | None:
        line = self._waiting.pop() if self._waiting else self._text.readline()
        if not line:
            return None
        self._taken += 1
        return line

    def put_back(self, lines: list[str]) -> None:
        self._waiting.extend(reversed(lines))
        self._taken -= len(lines)


def _separator(lines: _Lines, columns: Columns) -> str:
    """What divides the header best; spreadsheets may say it themselves in a line `sep=;` above."""
    while (line := lines.take()) is not None and not line.strip():
        pass
    if line is None:
        raise ListError("The file is empty.")
    if told := re.fullmatch(r"\"?sep=([,;\t])\"?\s*", line, re.IGNORECASE):
        return told[1]
    lines.put_back([line])
    counted = Counter({each: known_in(line.split(each), columns) * 1000 + line.count(each) for each in _SEPARATORS})
    return counted.most_common(1)[0][0]


def _rows(lines: _Lines, separator: str) -> Iterator[Cells]:
    width: int | None = None
    while (line := lines.take()) is not None:
        if not line.strip(f" \r\n\t{separator}"):
            continue
        row = _row(lines, line, separator, width)
        width = width or len(row.cells)
        yield row


def _row(lines: _Lines, first: str, separator: str, width: int | None) -> Cells:
    number = lines.number
    taken: list[str] = []
    while True:
        cells, open_quote, broken = _parse(first + "".join(taken), separator)
        # A row over several lines counts only when it comes out as wide as the header.
        if not open_quote and not broken and (not taken or len(cells) == width):
            return Cells(number, cells)
        another = lines.take() if open_quote and len(taken) < _LINES_IN_ONE_ROW else None
        if another is None:
            lines.put_back(taken)
            return Cells(number, _torn(first, separator), broken or "a quotation mark is opened and never closed")
        taken.append(another)


def _parse(text: str, separator: str) -> tuple[tuple[str, ...], bool, str]:
    """The cells; whether a quotation is still open at the end; or what is wrong."""
    if '"' not in text:
        return tuple(text.rstrip("\n").split(separator)), False, ""
    try:
        return tuple(next(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))), False, ""
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return (), True, ""
        return (), False, "a quotation mark stands in the middle of a cell"
    except StopIteration:
        return (), True, ""


def _torn(line: str, separator: str) -> tuple[str, ...]:
    """The cells of a line whose quotation marks make no sense, as well as they can be told apart."""
    return tuple(each.strip().strip('"') for each in line.rstrip("\n").split(separator))
