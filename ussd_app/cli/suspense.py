"""`suspense list` and `suspense carry`: what a provider paid and nobody's account says, until two say whose it was."""

from __future__ import annotations

from pathlib import Path

import click

from ussd_app.actions import suspense as actions
from ussd_app.actions.payments import NotAllowed
from ussd_app.actions.people import person_named
from ussd_app.actions.programmes import known_programme
from ussd_app.actions.suspense import By, Wish
from ussd_app.cli.adjustments import AS, BECAUSE, agree, asked, moment
from ussd_app.cli.amounts import amount_typed
from ussd_app.cli.counter import Counter, in_one_sentence, officer_named
from ussd_app.cli.tables import show
from ussd_app.domain.adjustments import Kind
from ussd_app.domain.money import Dong
from ussd_app.store import adjustments, suspense

HEADER = ("item", "since", "days", "paid", "left", "programme", "asked for by", "reason", "waits as number")
_CARRIED = (Kind.CARRY_BY_PERSON, Kind.CARRY_BY_PROVIDER, Kind.CARRY_SUSPENSE)


@click.command("list")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="Write a CSV here instead of showing it.")
@click.pass_obj
@in_one_sentence
def list_them(counter: Counter, to: Path | None) -> None:
    """Everything in suspense, the oldest first."""
    with counter.open() as desk, desk.database.begin() as db:
        found = suspense.waiting(db)
        waits = adjustments.asked_for(db, _CARRIED, [each.entry_id for each in found])
        now = desk.now()
    rows = (
        (
            each.item, moment(desk, each.since), str((now - each.since).days), str(each.paid), str(each.left),
            each.programme or "unknown", each.full_name or "unknown", each.reason,
            str(waits[each.entry_id][0]) if each.entry_id in waits else "",
        )
        for each in found
    )  # fmt: skip
    show(HEADER, rows, to)
    click.echo(f"{len(found)} in suspense, {Dong(sum(each.left.amount for each in found))}.")


@click.command("carry")
@click.argument("item")
@click.option("--by", required=True, type=click.Choice([each.value for each in By]), help="Whose it was.")
@click.option("--person", help="National id or person code, where nobody knows who asked for the order.")
@click.option("--programme", default="", help="Which programme carries it, where nobody knows whose money it was.")
@click.option("--amount", "written", help="How much of it, in đồng; all that is left when not given.")
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def carry(
    counter: Counter,
    item: str,
    by: str,
    person: str | None,
    programme: str,
    written: str | None,
    officer: str,
    because: str,
) -> None:
    """Ask that it is taken off the account of whoever had the cash, carried by the programme, or by the provider.

    ITEM is what `suspense list` calls it. The last line is the number to agree to.
    """
    amount = amount_typed(written) if written is not None else None
    code = known_programme(programme) if programme else ""
    with counter.open() as desk, desk.database.begin() as db:
        who = person_named(db, desk.desk.vault, person) if person is not None else None
        if person is not None and who is None:
            raise NotAllowed("Nobody on the list has this national id or person code.")
        wish = Wish(item, By(by), who, code, amount)
        number, total = actions.ask(db, wish, because, officer_named(db, officer), desk.now())
    asked(number, f"{total} of {item} would be carried by the {by}")


COMMANDS = (list_them, carry, agree)
