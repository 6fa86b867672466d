"""`restore begin`, `show` and `end`: going on after a backup was restored, without paying anything twice."""

from __future__ import annotations

from datetime import datetime

import click

from ussd_app.actions import restorations as actions
from ussd_app.cli.counter import Counter, in_one_sentence, officer_named
from ussd_app.cli.tables import show as show_table

AS = click.option("--as", "officer", required=True, help="The officer who does it.")


@click.command("begin")
@click.option("--backup-of", required=True, type=click.DateTime(), help="The moment the backup was made, local time.")
@AS
@click.pass_obj
@in_one_sentence
def begin(counter: Counter, backup_of: datetime, officer: str) -> None:
    """Right after a restore, before any worker starts: nothing is sent until the provider was asked about all."""
    with counter.open() as desk, desk.database.begin() as db:
        by, zone = officer_named(db, officer), desk.desk.zone
        begun = actions.begin(db, counter.provider, backup_of.replace(tzinfo=zone), by, zone, desk.now())
    click.echo(
        f"{begun.to_ask} cash-outs are asked about, the statements of {begun.days} days are read again; "
        f"{begun.messages} messages that waited are not sent.\nWhen all is known: restore end --as NAME"
    )


@click.command("show")
@click.pass_obj
@in_one_sentence
def show(counter: Counter) -> None:
    """What is still to be known, and what was paid under orders that are lost."""
    with counter.open() as desk, desk.database.begin() as db:
        there = actions.standing(db, counter.provider)
    click.echo(f"{len(there.not_answered)} cash-outs have no answer yet: {', '.join(there.not_answered[:20]) or 'none'}")
    click.echo(f"Statements still to be read: {', '.join(map(str, there.days_not_read)) or 'none'}")
    show_table(
        ("line", "provider's name", "at", "amount", "our reference"),
        (
            (str(each.line_id), each.line_key, f"{each.at:%Y-%m-%d %H:%M}Z", str(each.amount), each.reference)
            for each in there.foreign
        ),
        None,
    )
    click.echo(f"{len(there.foreign)} pay-outs are not in our books, {there.in_suspense}.")


@click.command("end")
@click.option("--by-hand", default="", help="How the statements were read that could not be fetched.")
@AS
@click.pass_obj
@in_one_sentence
def end(counter: Counter, by_hand: str, officer: str) -> None:
    """All is known: sending goes on. Pay-outs under lost orders are put to suspense, each to be carried."""
    with counter.open() as desk:
        with desk.database.begin() as db:
            by = officer_named(db, officer)
            there = actions.end(db, counter.provider, by, desk.now(), by_hand)
        desk.doorbell.ring_all()
    click.echo(f"Sending goes on. {len(there.foreign)} pay-outs are in suspense, {there.in_suspense}.")
    for each in there.foreign:
        click.echo(
            f"  suspense carry {each.line_id} --by person --person WHO --because WORDS --as NAME"
            f"   ({each.amount}, {each.reference})"
        )
