"""`people deceased`, `people alive` and `people heirs`: a death with its document, and the money that waits."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from ussd_app.actions import deaths
from ussd_app.actions.payments import NotAllowed
from ussd_app.actions.people import find_key, person_named, person_with_key
from ussd_app.cli.counter import ALL_WENT_IN, SOME_REJECTED, Counter, in_one_sentence, in_words, officer_named
from ussd_app.cli.lists import go_through
from ussd_app.cli.tables import show
from ussd_app.lists import deaths as death_list
from ussd_app.lists.errors import Reject

AS = click.option("--as", "officer", required=True, help="The officer who has seen the document.")


@click.command("deceased")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--person", help="Instead of a file: one national id or person code.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="With --person: the day of death.")
@click.option("--document", default="", help="With --person: what proves it, as a death certificate's number.")
@AS
@click.pass_obj
@in_one_sentence
def deceased(
    counter: Counter, file: Path | None, person: str | None, on: datetime | None, document: str, officer: str
) -> None:
    """Write down deaths: nothing more is paid or sent, and what is there stays for the heirs.

    FILE has the columns national_id or person_code, died_on and document.
    """
    if (file is None) == (person is None):
        raise NotAllowed("Name a FILE, or one --person with --on and --document.")
    if file is not None:
        sys.exit(_from_file(counter, file, officer))
    if on is None or not document.strip():
        raise NotAllowed("Say --on YYYY-MM-DD and --document WORDS.")
    with counter.open() as desk, desk.database.begin() as db:
        who = person_named(db, desk.desk.vault, person or "")
        if who is None:
            raise NotAllowed("Nobody on the list has this national id or person code.")
        by = officer_named(db, officer)
        left = deaths.record_death(db, who, on.date(), by, document=document, now=desk.now())
    click.echo(f"{left.full_name} died on {left.died_on}. For the heirs: {left.left}, and {left.on_the_way} on the way.")


def _from_file(counter: Counter, path: Path, officer_name: str) -> int:
    known = 0
    with counter.open() as desk:
        today: date = desk.desk.local(desk.now()).date()

        def enter(rows: Sequence[death_list.DeathRow]) -> list[Reject]:
            nonlocal known
            rejects: list[Reject] = []
            with desk.database.begin() as db:
                by = officer_named(db, officer_name)
                for row in rows:
                    key = find_key(desk.desk.vault, row.national_id.digits if row.national_id else None, row.person_code)
                    who = person_with_key(db, key)
                    if who is None:
                        rejects.append(Reject(row.line, "", "", "nobody with this number or code is on the people list"))
                    else:
                        deaths.record_death(db, who, row.died_on, by, document=row.document, now=desk.now())
                        known += 1
            return rejects

        with desk.database.begin() as db:
            officer_named(db, officer_name)
        rejected = go_through(path, death_list.DEATHS, lambda row: death_list.read_death(row, today), enter, "deaths")
    click.echo(f"{known} deaths are written down; {rejected} rows rejected.")
    return SOME_REJECTED if rejected else ALL_WENT_IN


@click.command("alive")
@click.option("--person", prompt="National id or person code", help="Asked for when it is not given.")
@click.option("--document", required=True, callback=in_words, help="What proves that the notice was a mistake.")
@AS
@click.pass_obj
@in_one_sentence
def alive(counter: Counter, person: str, document: str, officer: str) -> None:
    """A notice of death was a mistake: the person is paid again. Their numbers must be proved again."""
    with counter.open() as desk, desk.database.begin() as db:
        who = person_named(db, desk.desk.vault, person)
        if who is None:
            raise NotAllowed("Nobody on the list has this national id or person code.")
        deaths.take_back(db, who, officer_named(db, officer), document=document, now=desk.now())
    click.echo("Taken back. Now prove their number: phones prove PHONE --because WORDS --as NAME")


@click.command("heirs")
@click.option("--csv", "to", type=click.Path(path_type=Path, dir_okay=False), help="Write a table to this file.")
@click.pass_obj
@in_one_sentence
def heirs(counter: Counter, to: Path | None) -> None:
    """Everyone whose death is written down, and the money that waits for the heirs."""
    with counter.open() as desk, desk.database.begin() as db:
        every = deaths.estates(db)
    rows = (
        (each.full_name, each.commune, str(each.died_on), str(each.left), str(each.on_the_way), each.document)
        for each in every
    )
    show(("name", "commune", "died on", "waits", "on the way", "document"), rows, to)
    click.echo(f"{len(every)} people; {sum(each.left.amount for each in every):,} đồng wait for heirs.")
