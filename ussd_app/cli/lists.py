"""`people import` and `payments import`: a list goes in row by row, and what cannot go in is named in words."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ussd_app.actions.payees import tell_changes
from ussd_app.actions.payments import PaymentEntry, require
from ussd_app.actions.people import PeopleEntry
from ussd_app.cli.counter import ALL_WENT_IN, SOME_REJECTED, Counter, in_one_sentence, officer_named
from ussd_app.domain.payments import Role
from ussd_app.lists import payments as payment_list
from ussd_app.lists import people as people_list
from ussd_app.lists.communes import todays_communes
from ussd_app.lists.errors import ListError, Reject
from ussd_app.lists.header import Columns
from ussd_app.lists.rejects import RejectFile
from ussd_app.lists.table import Row, open_table

ROWS_AT_A_TIME = 500
REJECTS_SAID = 10

Read = TypeVar("Read")
Count = Callable[[int], None]


def import_people(counter: Counter, path: Path, officer_name: str) -> int:
    with counter.open() as desk:
        with desk.database.begin() as db:
            require(officer_named(db, officer_name), Role.ENTERS)
        entry = PeopleEntry(desk.desk.vault, lambda db, changes: tell_changes(db, desk.desk, changes, desk.now()))
        communes = {each.code for each in todays_communes()}
        today = desk.desk.local(desk.now()).date()

        def read(row: Row) -> people_list.PersonRow | tuple[Reject, ...]:
            return people_list.read_person(row, communes, today, counter.settings.default_region)

        def enter(rows: Sequence[people_list.PersonRow]) -> list[Reject]:
            with desk.database.begin() as db:
                return entry.enter(db, rows)

        rejected = go_through(path, people_list.PEOPLE, read, enter, "people")
        done = entry.entered
        click.echo(
            f"{done.added} people added, {done.changed} changed, {done.unchanged} as they were; {done.phones} phones; "
            f"{rejected} rows rejected."
        )
        return SOME_REJECTED if rejected else ALL_WENT_IN


def import_payments(counter: Counter, path: Path, officer_name: str) -> int:
    """One transaction for the whole list: a list is in, or it is not."""
    with counter.open() as desk, desk.database.begin() as db:
        officer = officer_named(db, officer_name)
        require(officer, Role.ENTERS)
        entry = PaymentEntry(db, desk.desk.vault, officer=officer, list_name=path.name, file_hash=_digest(path))
        rejected = go_through(path, payment_list.PAYMENTS, payment_list.read_payment, entry.enter, "payments")
    done, batch = entry.entered, entry.batch_id or entry.earlier_batch_id
    click.echo(
        f"{done.added} payments added, {done.total:,} đồng; {done.unchanged} as they were; {rejected} rows rejected."
    )
    if batch is None:
        raise ListError("No row of this list could go in: no batch was made.")
    if entry.batch_id is None:
        click.echo("Nothing is new in this list; its batch is")
    click.echo(str(batch))
    return SOME_REJECTED if rejected else ALL_WENT_IN


def go_through(
    path: Path,
    columns: Columns,
    read: Callable[[Row], Read | tuple[Reject, ...]],
    enter: Callable[[Sequence[Read]], list[Reject]],
    what: str,
) -> int:
    """Read, enter and report every row of a list; how many were rejected, each named in a file beside it."""
    said = 0
    with open_table(path, columns) as table, RejectFile(path, table) as rejects, _progress(what, path) as count:

        def reject(row: Row, reasons: Sequence[Reject]) -> None:
            nonlocal said
            rejects.add(row, reasons)
            said += 1
            if said <= REJECTS_SAID:
                for each in reasons:
                    click.echo(f"line {each.line}, {each.column}: {each.reason}", err=True)

        while some := list(islice(table.rows, ROWS_AT_A_TIME)):
            good: dict[int, tuple[Row, Read]] = {}
            for row in some:
                understood = row.rejects or read(row)
                if isinstance(understood, tuple):
                    reject(row, understood)
                else:
                    good[row.line] = (row, understood)
            for refused in enter([each for _, each in good.values()]):
                reject(good[refused.line][0], [refused])
            count(len(some))
    if said:
        more = f" (the first {REJECTS_SAID} are above)" if said > REJECTS_SAID else ""
        click.echo(f"{said} rows rejected{more}: mend them in {rejects.path} and import that file.", err=True)
    return said


@contextmanager
def _progress(what: str, path: Path) -> Iterator[Count]:
    console = Console(stderr=True, force_terminal=None)
    bar = Progress(
        TextColumn(f"{what} of {path.name}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    with bar if sys.stderr.isatty() else _quiet() as shown:
        task = shown.add_task(what, total=_lines(path)) if isinstance(shown, Progress) else None

        def count(rows: int) -> None:
            if isinstance(shown, Progress) and task is not None:
                shown.advance(task, rows)

        yield count


@contextmanager
def _quiet() -> Iterator[None]:
    yield None


def _lines(path: Path) -> int | None:
    """How many rows a CSV has at most; unknown for a workbook."""
    with path.open("rb") as file:
        if file.read(2) == b"PK":
            return None
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) or None


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b""  # opening it as a table says in words what is wrong with it


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "officer", required=True, help="The officer who enters the list.")
@click.pass_obj
@in_one_sentence
def people(counter: Counter, file: Path, officer: str) -> None:
    """Enter a list of people (CSV or XLSX). Rows that cannot go in are written to FILE.rejects.csv."""
    sys.exit(import_people(counter, file, officer))


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "officer", required=True, help="The officer who enters the list.")
@click.pass_obj
@in_one_sentence
def payments(counter: Counter, file: Path, officer: str) -> None:
    """Enter a payment list (CSV or XLSX) as a batch; the last line is the batch's number."""
    sys.exit(import_payments(counter, file, officer))
