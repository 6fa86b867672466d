"""`points phone`, `points guessing` and `points unlock`: who speaks for a point, and who tries codes there."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import text

from ussd_app.actions import points as actions
from ussd_app.actions.payments import NotAllowed
from ussd_app.cli.care import AS, BECAUSE
from ussd_app.cli.counter import Counter, in_one_sentence, officer_named
from ussd_app.cli.points import TO
from ussd_app.cli.tables import show
from ussd_app.domain.phone import Phone, read_phone


def _phone(written: str, counter: Counter) -> Phone:
    read = read_phone(written, counter.settings.default_region)
    if read is None:
        raise NotAllowed(f"{written!r} is not a phone number.")
    return read.phone


@click.command("add")
@click.argument("point")
@click.argument("phone")
@AS
@click.pass_obj
@in_one_sentence
def add_phone(counter: Counter, point: str, phone: str, officer: str) -> None:
    """This number speaks for the point; the PIN that opens its menu goes there by SMS. Again: a new PIN."""
    number = _phone(phone, counter)
    with counter.open() as desk:
        with desk.database.begin() as db:
            by = officer_named(db, officer)
            actions.add_phone(db, desk.desk, point, number, by, digits=counter.settings.pin_length, now=desk.now())
        desk.doorbell.ring_all()
    click.echo(f"{number.masked()} speaks for {point}; its first PIN is on the way there.")


@click.command("end")
@click.argument("phone")
@AS
@click.pass_obj
@in_one_sentence
def end_phone(counter: Counter, phone: str, officer: str) -> None:
    """This number speaks for no point any more."""
    number = _phone(phone, counter)
    with counter.open() as desk, desk.database.begin() as db:
        ended = actions.end_phone(db, number, officer_named(db, officer), desk.now())
    click.echo("Ended." if ended else "This number spoke for no point.")


PHONE = click.Group("phone", commands=[add_phone, end_phone], help="The phones of the points.")


@click.command("guessing")
@TO
@click.pass_obj
@in_one_sentence
def guessing(counter: Counter, to: Path | None) -> None:
    """Where codes were tried, and how often a lock had to stop it; open findings only."""
    with counter.open() as desk, desk.database.begin() as db:
        rows = db.execute(
            text("""SELECT f.reference, f.point_code, t.name, f.how_often, f.first_at, f.last_at
                    FROM cash_out_finding f JOIN point t ON t.code = f.point_code
                    WHERE f.kind = 'guessing' AND f.closed_at IS NULL ORDER BY f.last_at DESC""")
        ).all()
        local = desk.desk.local
    header = ("finding", "point", "name", "locks", "first", "last")
    moments = "%d/%m %H:%M"
    show(
        header,
        (
            [
                r.reference,
                r.point_code,
                r.name,
                str(r.how_often),
                f"{local(r.first_at):{moments}}",
                f"{local(r.last_at):{moments}}",
            ]
            for r in rows
        ),
        to,
    )
    if not rows:
        click.echo("Nobody was stopped from trying codes.")


@click.command("unlock")
@click.argument("point")
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def unlock(counter: Counter, point: str, officer: str, because: str) -> None:
    """Somebody has looked: codes may be keyed in there again, and the finding is closed."""
    with counter.open() as desk, desk.database.begin() as db:
        actions.unlock(db, point, officer_named(db, officer), because=because, now=desk.now())
    click.echo(f"{point} may key in codes again.")


COMMANDS = (PHONE, guessing, unlock)
