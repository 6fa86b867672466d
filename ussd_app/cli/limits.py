"""`limits` and `fees`: what may be taken out and what it costs, from a day on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Row

from ussd_app.actions import cash_out_rules as actions
from ussd_app.cli.counter import PROVIDERS, Counter, in_one_sentence, in_words, officer_named, provider_named
from ussd_app.cli.tables import show
from ussd_app.domain.cash_out_rules import PROVIDER, WHOLE, Fee, Limits
from ussd_app.domain.money import Dong
from ussd_app.store import cash_out_rules

FROM = click.option(
    "--from", "valid_from", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day it applies."
)
EVERY_PROVIDER = "*"
SOURCE = click.option("--source", required=True, callback=in_words, help="The decree or contract that says so; it is kept.")
AS = click.option("--as", "officer", required=True, help="The officer who approves it; kept with the hour.")
MONEY = click.IntRange(1, 10**12)


def _signed(row: Row[Any], local: Callable[[datetime], datetime]) -> tuple[str, str, str]:
    """By whom, when, and whether it still counts; what came with a release is nobody's."""
    when = f"{local(row.set_at):%d/%m/%Y %H:%M}" if row.set_at else ""
    return row.officer or "as decreed", when, "replaced" if row.replaced else ""


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
            *_signed(r, desk.desk.local),
        ]
        for r in rows
    )
    show(("provider", "from", "least", "most", "a day", "a month", "source", "by", "at", ""), cells, None)


@click.command("set")
@click.argument("provider")
@FROM
@click.option("--least", default=0, type=click.IntRange(0, 10**12), help="The least of one cash-out, in đồng.")
@click.option("--most", type=MONEY, help="The most of one cash-out; no limit when not given.")
@click.option("--per-day", type=MONEY, help="A local day; no limit when not given.")
@click.option("--per-month", type=MONEY, help="A local month; no limit when not given.")
@SOURCE
@AS
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
    officer: str,
) -> None:
    """What applies to a provider from a day on; the same day again corrects it, and what stood before stays listed."""
    _somebody(provider)
    limits = Limits(Dong(least), *(Dong(each) if each else None for each in (most, per_day, per_month)))
    with counter.open() as desk, desk.database.begin() as db:
        actions.set_limits(db, provider, valid_from.date(), limits, source, officer_named(db, officer), desk.now())
    click.echo(f"Limits of {provider} from {valid_from:%d/%m/%Y} are written down.")


@click.command("list")
@click.pass_obj
@in_one_sentence
def list_fees(counter: Counter) -> None:
    """Every fee that was ever written, by provider and day. Where none is, nothing costs anything."""
    with counter.open() as desk, desk.database.begin() as db:
        rows = cash_out_rules.all_fees(db)
    cells = (
        [
            r.provider,
            str(r.valid_from),
            str(Dong(r.flat)),
            f"{r.share * 100 / WHOLE:g} %",
            r.waived_by,
            r.source,
            *_signed(r, desk.desk.local),
        ]
        for r in rows
    )
    if not rows:
        click.echo("No fee is written down: nothing costs anything.")
    show(("provider", "from", "fixed", "share", "waived by", "source", "by", "at", ""), cells, None)


_WAIVED = "Who takes it over, such as 'the province'; `provider` where it is not charged. Its owner then pays nothing."


def _who(_: click.Context, asked: click.Parameter, written: str) -> str:
    who = written.strip()
    if written and not who:
        raise click.BadParameter("needs a few words.", param=asked)
    return PROVIDER if who.lower() in (PROVIDER, *PROVIDERS) else who


@click.command("set")
@click.argument("provider")
@FROM
@click.option("--flat", default=0, type=click.IntRange(0, 99_999), help="The fixed part, in đồng.")
@click.option("--share", default=0, type=click.IntRange(0, WHOLE), help="In ten-thousandths of the amount.")
@click.option("--waived-by", default="", callback=_who, help=_WAIVED)
@SOURCE
@AS
@click.pass_obj
@in_one_sentence
def set_fee(
    counter: Counter, provider: str, valid_from: datetime, flat: int, share: int, waived_by: str, source: str, officer: str
) -> None:
    """What a cash-out costs its owner from a day on, shown before the PIN; the same day again corrects it."""
    _somebody(provider)
    fee = Fee(flat, share, waived_by)
    with counter.open() as desk, desk.database.begin() as db:
        actions.set_fee(db, provider, valid_from.date(), fee, source, officer_named(db, officer), desk.now())
    click.echo(f"The fee of {provider} from {valid_from:%d/%m/%Y} is written down{_whose(fee)}.")


def _whose(fee: Fee) -> str:
    if not fee.waived_by:
        return ""
    return ": it is not charged" if fee.waived_by == PROVIDER else f": {fee.waived_by} carries it, and each is booked"


def _somebody(provider: str) -> None:
    if provider != EVERY_PROVIDER:
        provider_named(provider)


def _money(amount: int | None) -> str:
    return str(Dong(amount)) if amount is not None else "no limit"
