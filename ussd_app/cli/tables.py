"""How a command shows rows: in columns on the terminal, or as a CSV that a spreadsheet opens as it is."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from ussd_app.lists.errors import ListError
from ussd_app.lists.formulas import harmless

Cells = Sequence[str]


def show(header: Cells, rows: Iterable[Cells], to: Path | None) -> None:
    """Write the rows where they are wanted: a file when one is named, else the terminal."""
    rows = list(rows)
    if to is not None:
        write_csv(to, header, rows)
        click.echo(f"{len(rows)} rows in {to}.")
    elif rows:
        for line in in_columns([header, *rows]):
            click.echo(line)


def in_columns(rows: Sequence[Cells]) -> list[str]:
    """Amounts to the right, words to the left; the last column as long as it is."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(_cell(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _cell(cell: str, width: int) -> str:
    is_number = cell.removesuffix("đ").lstrip("+-").replace(".", "").isdigit()
    return cell.rjust(width) if is_number else cell.ljust(width)


def write_csv(path: Path, header: Cells, rows: Iterable[Cells]) -> None:
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([harmless(cell) for cell in row] for row in rows)
    except OSError as error:
        raise ListError(f"{path} cannot be written: {error.strerror}.") from error
