"""`limits` and `fees`: what may be taken out and what it costs, from a day on."""

from __future__ import annotations

from datetime import datetime

import click

from ussd_app.actions.payments import NotAllowed
from ussd_app.cli.counter import Counter, in_one_sentence, in_words, provider_named
from ussd_app.cli.tables import show
from ussd_app.domain.cash_out_rules import WHOLE, Fee, Limits
from ussd_app.domain.money import Dong
from ussd_app.store import cash_out_rules

FROM = click.option(
    "--from", "valid_from", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day it applies."
)
EVERY_PROVIDER = "*"
SOURCE = click.option("--source", required=True, callback=in_words, help="The decree or contract that says so; it is kept.")
MONEY = click.IntRange(1, 10**12)


@click.command("list")
@click.pass_obj
@in_one_sentence
def list_limits(counter: Counter) -> None:
    """Every limit that was ever written, by provider and day; `*` stands for every provider."""
    with counter.open() as desk, desk.database.begin() as db:
        rows = cash_out_rules.all_limits(db)
    cells = (
        [
            r.provider,
            str(r.valid_from),
            *map(_money, (r.per_cash_out_min, r.per_cash_out_max, r.per_day, r.per_month)),
            r.source,
        ]
        for r in rows
    )
    show(("provider", "from", "least", "most", "a day", "a month", "source"), cells, None)


@click.command("set")
@click.argument("provider")
@FROM
@click.option("--least", default=0, type=click.IntRange(0, 10**12), help="The least of one cash-out, in đồng.")
@click.option("--most", type=MONEY, help="The most of one cash-out; no limit when not given.")
@click.option("--per-day", type=MONEY, help="A local day; no limit when not given.")
@click.option("--per-month", type=MONEY, help="A local month; no limit when not given.")
@SOURCE
@click.pass_obj
@in_one_sentence
def set_limits(
    counter: Counter,
    provider: str,
    valid_from: datetime,
    least: int,
    most: int | None,
    per_day: int | None,
    per_month: int | None,
    source: str,
) -> None:
    """What applies to a provider from a day on; the same day again corrects it."""
    _somebody(provider)
    limits = Limits(Dong(least), *(Dong(each) if each else None for each in (most, per_day, per_month)))
    if most is not None and least > most:
        raise NotAllowed("The least of one cash-out cannot be above the most.")
    with counter.open() as desk, desk.database.begin() as db:
        cash_out_rules.set_limits(db, provider, valid_from.date(), limits, source)
    click.echo(f"Limits of {provider} from {valid_from:%d/%m/%Y} are written down.")


@click.command("list")
@click.pass_obj
@in_one_sentence
def list_fees(counter: Counter) -> None:
    """Every fee that was ever written, by provider and day. Where none is, nothing costs anything."""
    with counter.open() as desk, desk.database.begin() as db:
        rows = cash_out_rules.all_fees(db)
    cells = (
        [r.provider, str(r.valid_from), str(Dong(r.flat)), f"{r.share * 100 / WHOLE:g} %", r.waived_by, r.source]
        for r in rows
    )
    if not rows:
        click.echo("No fee is written down: nothing costs anything.")
    show(("provider", "from", "fixed", "share", "waived by", "source"), cells, None)


@click.command("set")
@click.argument("provider")
@FROM
@click.option("--flat", default=0, type=click.IntRange(0, 99_999), help="The fixed part, in đồng.")
@click.option("--share", default=0, type=click.IntRange(0, WHOLE), help="In ten-thousandths of the amount.")
@click.option("--waived-by", default="", help="Who takes it over; then its owner pays nothing.")
@SOURCE
@click.pass_obj
@in_one_sentence
def set_fee(
    counter: Counter, provider: str, valid_from: datetime, flat: int, share: int, waived_by: str, source: str
) -> None:
    """What a cash-out costs its owner from a day on, shown before the PIN; the same day again corrects it."""
    _somebody(provider)
    with counter.open() as desk, desk.database.begin() as db:
        cash_out_rules.set_fee(db, provider, valid_from.date(), Fee(flat, share, waived_by.strip()), source)
    click.echo(f"The fee of {provider} from {valid_from:%d/%m/%Y} is written down.")


def _somebody(provider: str) -> None:
    if provider != EVERY_PROVIDER:
        provider_named(provider)


def _money(amount: int | None) -> str:
    return str(Dong(amount)) if amount is not None else "no limit"
