"""`payments came-back`: what a bank, a wallet or a commune could not pay is its owner's again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ussd_app.actions.came_back import CameBack
from ussd_app.cli.counter import ALL_WENT_IN, SOME_REJECTED, Counter, in_one_sentence, officer_named
from ussd_app.cli.lists import go_through
from ussd_app.domain.money import Dong
from ussd_app.lists.came_back import CAME_BACK, read_came_back


@click.command("came-back")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "officer", required=True, help="The officer who enters the list.")
@click.pass_obj
@in_one_sentence
def came_back(counter: Counter, file: Path, officer: str) -> None:
    """Enter payments that were sent back: national_id or person_code, programme, cycle, amount, reason, reference.

    Each is credited to its owner once, who is told why by SMS. The same list twice changes nothing.
    """
    with counter.open() as desk:
        with desk.database.begin() as db:
            entry = CameBack(db, desk.desk, officer_named(db, officer), desk.now())
            rejected = go_through(file, CAME_BACK, read_came_back, entry.enter, "returned payments")
        desk.doorbell.ring_all()
    click.echo(f"{entry.added} came back, {Dong(entry.total)}; {entry.unchanged} as they were; {rejected} rows rejected.")
    sys.exit(SOME_REJECTED if rejected else ALL_WENT_IN)
