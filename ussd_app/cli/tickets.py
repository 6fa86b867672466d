"""`tickets list` and `tickets close`: what people asked of the office, and how each ended."""

from __future__ import annotations

import click

from ussd_app.actions import tickets
from ussd_app.cli.counter import Counter, in_one_sentence, in_words, officer_named


@click.command("list")
@click.option("--commune", help="Only this commune's, by its code.")
@click.pass_obj
@in_one_sentence
def list_open(counter: Counter, commune: str | None) -> None:
    """Tickets that wait for an answer, the most urgent first; an overdue one is marked."""
    with counter.open() as desk:
        today = desk.desk.local(desk.now()).date()
        with desk.database.begin() as db:
            found = tickets.waiting(db, commune)
    for each in found:
        late = "overdue" if each.due_on < today else ""
        click.echo(f"{each.reference}  {each.due_on}  {each.kind.value:<16} {each.commune}  {late}".rstrip())
    click.echo(f"{len(found)} open.")


@click.command("close")
@click.argument("reference")
@click.option("--because", required=True, callback=in_words, help="How it was settled, in a few words; it is kept.")
@click.option("--as", "officer", required=True, help="The officer who settled it.")
@click.pass_obj
@in_one_sentence
def close(counter: Counter, reference: str, because: str, officer: str) -> None:
    """A ticket is settled; its owner is told, and until when they may object."""
    with counter.open() as desk:
        with desk.database.begin() as db:
            by = officer_named(db, officer)
            until = tickets.close(db, desk.desk, reference, by, because=because, now=desk.now())
        desk.doorbell.ring_all()
    click.echo(f"Closed. Its owner is told, and may object until {until:%d/%m/%Y}.")
