"""`communes officer` and `communes hand-out`: whom people may ask for, and where and when their commune pays by hand."""

from __future__ import annotations

from datetime import datetime

import click
from sqlalchemy import text

from ussd_app.actions.payments import NotAllowed
from ussd_app.cli.counter import Counter, in_one_sentence

TODAY = "valid_to IS NULL"
LONGEST_NAME, LONGEST_PLACE = 20, 27  # letters that a screen shows


@click.command("officer")
@click.argument("commune")
@click.argument("name")
@click.argument("phone")
@click.pass_obj
@in_one_sentence
def name_officer(counter: Counter, commune: str, name: str, phone: str) -> None:
    """Name the officer in charge of a commune, as its people see it on their phones."""
    digits = "".join(each for each in phone if each.isdigit())
    if not 3 <= len(digits) <= 11 or not 0 < len(name) <= LONGEST_NAME:
        raise NotAllowed(f"A name has at most {LONGEST_NAME} letters, and a phone 3 to 11 digits.")
    with counter.open() as desk, desk.database.begin() as db:
        named = db.execute(
            text(f"UPDATE commune SET officer_name = :name, officer_phone = :phone WHERE code = :code AND {TODAY}"),
            {"name": name, "phone": digits, "code": commune},
        )
    if not named.rowcount:
        raise NotAllowed(f"There is no commune {commune!r} today.")
    click.echo(f"{name} is in charge of {commune}.")


@click.command("hand-out")
@click.argument("commune")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY")
@click.argument("place")
@click.pass_obj
@in_one_sentence
def plan_hand_out(counter: Counter, commune: str, day: datetime, place: str) -> None:
    """Say on which day and where a commune hands out what it holds for its people."""
    if not 0 < len(place) <= LONGEST_PLACE:
        raise NotAllowed(f"A place has at most {LONGEST_PLACE} letters: a screen shows no more.")
    with counter.open() as desk, desk.database.begin() as db:
        planned = db.execute(
            text(f"""INSERT INTO hand_out SELECT id, :day, :place FROM commune WHERE code = :code AND {TODAY}
                     ON CONFLICT (commune_id, on_day) DO UPDATE SET place = excluded.place"""),
            {"day": day.date(), "place": place, "code": commune},
        )
    if not planned.rowcount:
        raise NotAllowed(f"There is no commune {commune!r} today.")
    click.echo(f"{commune} hands out on {day:%d/%m/%Y}: {place}.")
