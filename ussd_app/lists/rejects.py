"""The rows that did not go in, beside the list they came from: mend this file and import it as it is."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from ussd_app.lists.errors import ListError, Reject
from ussd_app.lists.formulas import harmless
from ussd_app.lists.header import REJECT_COLUMNS, plain
from ussd_app.lists.table import Row, Table


def reject_path(list_path: Path) -> Path:
    return list_path.with_name(f"{list_path.name}.rejects.csv")


class RejectFile:
    """A context. When the block ends well and something was added, the file appears, readable by its owner only;
    when nothing was added, an old one goes away; when the block fails, all stays as it was.
    """

    def __init__(self, list_path: Path, table: Table) -> None:
        self.path = reject_path(list_path)
        self.rows = 0
        self._half_written = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        self._separator = table.separator
        self._kept = [at for at, written in enumerate(table.header.written) if plain(written) not in REJECT_COLUMNS]
        self._header = [table.header.written[at].strip() for at in self._kept]
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def add(self, row: Row, rejects: Sequence[Reject]) -> None:
        """One line for one row, whatever number of things is wrong with it."""
        columns = dict.fromkeys(each.column for each in rejects if each.column)
        reasons = "; ".join(f"{each.column}: {each.reason}" if len(columns) > 1 else each.reason for each in rejects)
        cells = [row.cells[at] if at < len(row.cells) else "" for at in self._kept]
        self._write([*cells, str(row.line), ", ".join(columns), reasons])
        self.rows += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file:
            self._file.close()
        if kind is not None:
            self._half_written.unlink(missing_ok=True)
        elif self._file:
            self._half_written.replace(self.path)
        else:
            self.path.unlink(missing_ok=True)

    def _write(self, cells: Sequence[str]) -> None:
        if self._file is None:
            self._file = self._open()
            self._file.write("\ufeff")  # spreadsheets take a CSV without this mark for Windows-1252
            self._write([*self._header, *REJECT_COLUMNS])
        csv.writer(self._file, delimiter=self._separator).writerow([harmless(each) for each in cells])

    def _open(self) -> TextIO:
        try:
            self._half_written.unlink(missing_ok=True)
            number = os.open(self._half_written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise ListError(f"{self.path} cannot be written: {error.strerror}.") from error
        return os.fdopen(number, "w", encoding="utf-8", newline="")
