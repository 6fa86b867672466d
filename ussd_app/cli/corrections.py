"""`ledger entries` and `ledger correct`: finding an entry that was wrong, and asking that it is taken back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import click
from sqlalchemy import Connection, text

from ussd_app.actions import corrections as actions
from ussd_app.actions.payments import NotAllowed
from ussd_app.actions.people import person_named
from ussd_app.actions.programmes import known_cycle, known_programme
from ussd_app.cli.adjustments import AS, BECAUSE, asked, moment
from ussd_app.cli.amounts import amount_typed
from ussd_app.cli.counter import Counter, Open, in_one_sentence, officer_named
from ussd_app.cli.tables import show
from ussd_app.store import entries
from ussd_app.store.entries import Entry

HEADER = ("entry", "at", "kind", "from", "to", "amount", "taken back", "takes back", "reason")


@click.command("entries")
@click.option("--person", help="National id or person code: everything on this person's accounts.")
@click.option("--payment", type=int, help="The number of a payment.")
@click.option("--cash-out", "reference", help="A cash-out's reference, R and seven digits.")
@click.option("--month", nargs=2, metavar="PROGRAMME CYCLE", help="What the state paid in for a month, and took back.")
@click.option("--most", default=200, show_default=True, type=click.IntRange(1, 100_000), help="The newest so many.")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="Write a CSV here instead of showing it.")
@click.pass_obj
@in_one_sentence
def list_entries(
    counter: Counter,
    person: str | None,
    payment: int | None,
    reference: str | None,
    month: tuple[str, str] | None,
    most: int,
    to: Path | None,
) -> None:
    """The ledger's entries of one person, payment, cash-out or month, each with its id; the newest last."""
    if sum(each is not None for each in (person, payment, reference, month)) != 1:
        raise NotAllowed("Say which: --person, --payment, --cash-out or --month.")
    with counter.open() as desk, desk.database.begin() as db:
        if month is not None:
            found = entries.of_month(db, known_programme(month[0]), known_cycle(month[1]).code, most)
        elif person is not None:
            found = _of_person(db, desk, person, most)
        else:
            found = entries.of_journal(db, _journal(db, payment, reference))
    show(HEADER, [_cells(each, desk) for each in found], to)
    click.echo(f"{len(found)} entries.")


def _of_person(db: Connection, desk: Open, person: str, most: int) -> list[Entry]:
    who = person_named(db, desk.desk.vault, person)
    if who is None:
        raise NotAllowed("Nobody on the list has this national id or person code.")
    return entries.of_person(db, who, most)


def _journal(db: Connection, payment: int | None, reference: str | None) -> UUID:
    if payment is not None:
        return actions.grant_of(db, payment)
    found = db.execute(text("SELECT id FROM cash_out WHERE reference = :it"), {"it": (reference or "").strip().upper()})
    id = found.scalar()
    if id is None:
        raise NotAllowed(f"There is no cash-out {reference}.")
    return id


def _cells(each: Entry, desk: Open) -> tuple[str, ...]:
    return (
        str(each.id)[:8],
        moment(desk, each.created_at),
        each.kind.value,
        each.debit.code,
        each.credit.code,
        str(each.amount),
        str(each.back) if each.back else "",
        str(each.reverses_id or "")[:8],
        each.reason,
    )


@click.command("correct")
@click.argument("entry", required=False)
@click.option("--payment", type=int, help="Instead of an entry: what this payment credited.")
@click.option("--amount", "written", help="How much of it was wrong, in đồng; all of it when not given.")
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def correct(
    counter: Counter, entry: str | None, payment: int | None, written: str | None, officer: str, because: str
) -> None:
    """Ask that a wrong entry is taken back by another one the other way; nothing is ever edited.

    ENTRY is its id, or the beginning of it, as `ledger entries` shows it. The last line is the number to agree to.
    """
    if (entry is None) == (payment is None):
        raise NotAllowed("Say which entry, or --payment NUMBER.")
    amount = amount_typed(written) if written is not None else None
    with counter.open() as desk, desk.database.begin() as db:
        id = actions.grant_of(db, payment) if payment is not None else actions.entry_named(db, entry or "")
        by = officer_named(db, officer)
        number, wrong, wanted = actions.ask(db, id, uuid4(), amount, because, by, desk.now())
    asked(number, f"{wanted} would go back from {wrong.credit.code} to {wrong.debit.code}")
