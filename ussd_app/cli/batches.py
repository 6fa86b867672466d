"""`payments approve` and `payments release`: the second and the third signature under a batch."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Connection, text

from ussd_app.actions.holds import look_through
from ussd_app.actions.payments import approve as approve_batch
from ussd_app.actions.release import begin_release, finish_release
from ussd_app.cli.counter import Counter, in_one_sentence, officer_named
from ussd_app.cli.holds import limits_of
from ussd_app.store import safety


def _count(db: Connection, batch_id: int) -> tuple[int, int]:
    row = db.execute(
        text("SELECT count(*) AS payments, coalesce(sum(amount), 0)::bigint AS total FROM payment WHERE batch_id = :id"),
        {"id": batch_id},
    ).one()
    return int(row.payments), int(row.total)


@click.command()
@click.argument("batch", type=int)
@click.option("--as", "officer", required=True, help="The officer who approves; never the one who entered the list.")
@click.pass_obj
@in_one_sentence
def approve(counter: Counter, batch: int, officer: str) -> None:
    """Approve a batch as it stands; from then on it cannot be edited."""
    with counter.open() as desk, desk.database.begin() as db:
        approve_batch(db, batch, officer_named(db, officer), desk.now())
        payments, total = _count(db, batch)
        held = sum(each.holds for each in look_through(db, batch, desk.now(), limits_of(counter)))
    click.echo(f"Batch {batch} is approved by {officer}: {payments} payments, {total:,} đồng.")
    if held:
        click.echo(f"{held} of them are doubtful and would be held at release: payments check {batch}")


@click.command()
@click.argument("batch", type=int)
@click.option("--as", "officer", required=True, help="The officer who releases; a third pair of eyes.")
@click.pass_obj
@in_one_sentence
def release(counter: Counter, batch: int, officer: str) -> None:
    """Release an approved batch: every payment is credited once and announced by SMS."""
    with counter.open() as desk:
        with desk.database.begin() as db:
            begin_release(db, batch, officer_named(db, officer), desk.now(), limits_of(counter))
            payments, total = _count(db, batch)
        bar = Progress(
            TextColumn(f"releasing batch {batch}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        )
        with bar:
            task = bar.add_task("", total=payments)

            def progress(released: int) -> None:
                bar.advance(task, released)
                desk.doorbell.ring("sms-bulk")

            finish_release(desk.database, desk.desk, batch, desk.now, progress)
        with desk.database.begin() as db:
            waiting = safety.held(db, batch)
    held = sum(each.amount.amount for each in waiting)
    released = f"{payments - len(waiting)} payments, {total - held:,} đồng"
    click.echo(f"Batch {batch} is released by {officer}: {released}; {len(waiting)} held, {held:,} đồng.")
    if waiting:
        click.echo(f"Decide what is held: payments held {batch}")
