"""`db upgrade`, `demo load`, `demo lists` and `users add`: what stands before the first list."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy import text

from ussd_app.actions.payments import NotAllowed, approve
from ussd_app.actions.release import begin_release, finish_release
from ussd_app.cli.counter import Counter, in_one_sentence, officer_named
from ussd_app.cli.lists import import_payments, import_people
from ussd_app.domain.payments import Cycle, Role
from ussd_app.lists.demo import write_demo_lists
from ussd_app.store import officers
from ussd_app.store.schema import upgrade as upgrade_schema

DEMO_PEOPLE = 300
LAST_TET, LAST_MONTH = Cycle(2026, 2), Cycle(2026, 11)  # so that the lists of `demo lists` are still to be paid
DEMO_OFFICERS = (("lan", Role.ENTERS), ("minh", Role.APPROVES), ("hoa", Role.RELEASES))


@click.command()
@click.pass_obj
@in_one_sentence
def upgrade(counter: Counter) -> None:
    """Bring the database to today's schema; does nothing the second time."""
    with counter.open() as desk:
        upgrade_schema(desk.database)
    click.echo("The database is up to date.")


@click.command()
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role]))
@click.pass_obj
@in_one_sentence
def add(counter: Counter, name: str, roles: tuple[str, ...]) -> None:
    """Add an officer, or give a known one a further role."""
    if not name.strip() or not name.isprintable():
        raise NotAllowed("An officer needs a name of plain characters.")
    with counter.open() as desk, desk.database.begin() as db:
        officer = officers.add(db, name, frozenset(Role(role) for role in roles))
    click.echo(f"{officer.name}: {', '.join(sorted(officer.roles))}.")


@click.command("lists")
@click.option("--people", default=36_700, show_default=True, type=click.IntRange(1, 500_000))
@click.option("--directory", default="lists", show_default=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", default=8899, show_default=True)
@click.option("--xlsx", is_flag=True, help="Write the people list as a workbook too.")
@in_one_sentence
def demo_lists(people: int, directory: Path, seed: int, xlsx: bool) -> None:
    """Write believable lists: the same arguments give the same bytes."""
    directory.mkdir(parents=True, exist_ok=True)
    written = write_demo_lists(directory, people, seed=seed, xlsx=xlsx)
    for path in (written.people, written.payments, written.pension):
        click.echo(str(path))


@click.command("load")
@click.pass_obj
@in_one_sentence
def demo_load(counter: Counter) -> None:
    """Fill an empty database with a small village: officers, people, and two released payment lists."""
    with counter.open() as desk, desk.database.begin() as db:
        if db.execute(text("SELECT 1 FROM person LIMIT 1")).first():
            click.echo("There are people already; nothing was loaded.")
            return
        for name, role in DEMO_OFFICERS:
            officers.add(db, name, frozenset({role}))
    with TemporaryDirectory() as written:  # lists hold whole identity numbers: they do not stay
        tet = write_demo_lists(Path(written) / "tet", DEMO_PEOPLE, cycle=LAST_TET)
        month = write_demo_lists(Path(written) / "month", DEMO_PEOPLE, cycle=LAST_MONTH)
        import_people(counter, month.people, "lan")
        for path in (tet.payments, month.pension):
            import_payments(counter, path, "lan")
    _sign_all(counter)


def _sign_all(counter: Counter) -> None:
    with counter.open() as desk:
        with desk.database.begin() as db:
            batches = [
                row.id for row in db.execute(text("SELECT id FROM payment_batch WHERE state = 'entered' ORDER BY id"))
            ]
            for batch in batches:
                approve(db, batch, officer_named(db, "minh"), desk.now())
                begin_release(db, batch, officer_named(db, "hoa"), desk.now())
        for batch in batches:
            finish_release(desk.database, desk.desk, batch, desk.now, lambda _: None)
