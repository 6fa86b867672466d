"""`sms undelivered`, `sms visited`, `sms cost` and `sms budget`: the work and the bill that messages leave behind."""

from __future__ import annotations

import re
from pathlib import Path

import click

from ussd_app.actions.payments import NotAllowed
from ussd_app.cli.campaigns import AS, write_csv
from ussd_app.cli.counter import Counter, in_one_sentence, in_words, officer_named
from ussd_app.domain.money import Dong
from ussd_app.store import sms_costs
from ussd_app.store import undelivered as work
from ussd_app.store.sms_costs import WARN_AT, By

_HEADER = ("message", "commune_code", "commune", "officer", "person_code", "full_name", "about", "state", "why", "since")


@click.command("undelivered")
@click.option("--commune", help="Only this commune's.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A CSV file; else the screen.")
@click.pass_obj
@in_one_sentence
def undelivered(counter: Counter, commune: str | None, out: Path | None) -> None:
    """News of money that never arrived: whom somebody of the commune should tell."""
    with counter.open() as desk, desk.database.begin() as db:
        rows = [(*row[:-1], f"{desk.desk.local(row.opened_at):%Y-%m-%d}") for row in work.still_open(db, commune)]
    write_csv(_HEADER, rows, out)
    click.echo(f"{len(rows):,} to be told in person.", err=True)


@click.command("visited")
@click.argument("message", type=int)
@click.option("--how", required=True, callback=in_words, help="How the person heard of it, in a few words; it is kept.")
@AS
@click.pass_obj
@in_one_sentence
def visited(counter: Counter, message: int, how: str, officer: str) -> None:
    """Somebody told them: this piece of work is done."""
    with counter.open() as desk, desk.database.begin() as db:
        if not work.close(db, message, officer_named(db, officer).id, how, desk.now()):
            raise NotAllowed(f"Message {message} is not on the list of `sms undelivered`.")
    click.echo("Done.")


@click.command("cost")
@click.option("--month", help="YYYY-MM; this month when not given.")
@click.option("--by", "group", type=click.Choice([each.value for each in By]), default=By.KIND.value, show_default=True)
@click.pass_obj
@in_one_sentence
def cost(counter: Counter, month: str | None, group: str) -> None:
    """Messages, parts and đồng of a month; carriers that named no price are counted at SMS_PRICE a part."""
    with counter.open() as desk, desk.database.begin() as db:
        chosen = _month(month) if month else desk.desk.local(desk.now()).strftime("%Y-%m")
        zone, price = desk.desk.zone.key, counter.settings.sms_price
        lines = sms_costs.by(db, chosen, By(group), zone=zone, price=price)
        granted = sms_costs.budget(db, chosen)
    for each in lines:
        click.echo(f"{each.what or '(none)':<36}{each.messages:>9,} messages{each.parts:>9,} parts{each.dong:>13,} đồng")
    total = sum(each.dong for each in lines)
    click.echo(f"{chosen}: {total:,} đồng" + (f" of {granted:,}" if granted is not None else "; no budget is set"))
    if granted is not None and total >= granted * WARN_AT:
        click.echo(f"WARNING: {total * 100 // granted} % of the month's budget is spent.", err=True)


@click.command("budget")
@click.argument("month")
@click.argument("amount")
@AS
@click.pass_obj
@in_one_sentence
def set_budget(counter: Counter, month: str, amount: str, officer: str) -> None:
    """What the messages of a month (YYYY-MM) may cost, in đồng."""
    dong = re.sub(r"[.,\s]", "", amount)
    if not (dong.isascii() and dong.isdigit() and 0 < int(dong) < 10**12):
        raise NotAllowed(f"{amount!r} is not a whole number of đồng.")
    with counter.open() as desk, desk.database.begin() as db:
        by = officer_named(db, officer)
        sms_costs.set_budget(db, _month(month), int(dong), by.id, desk.now())
    click.echo(f"The messages of {month} may cost {Dong(int(dong))}.")


def _month(written: str) -> str:
    if not re.fullmatch(r"20\d{2}-(0[1-9]|1[0-2])", written):
        raise NotAllowed(f"{written!r} is not a month: write YYYY-MM.")
    return written


COMMANDS = (undelivered, visited, cost, set_budget)
