"""`adjustments`: what one officer has asked for and another agrees to or refuses, and everything that was done so."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Connection

from ussd_app.actions import adjustments as actions
from ussd_app.actions.payments import NotAllowed
from ussd_app.cli.counter import ALL_WENT_IN, SOME_REJECTED, Counter, Open, in_one_sentence, in_words, officer_named
from ussd_app.cli.tables import show
from ussd_app.domain.adjustments import WORDS
from ussd_app.domain.money import Dong
from ussd_app.store import adjustments as store
from ussd_app.store import suspense
from ussd_app.store.adjustments import Adjustment

AS = click.option("--as", "officer", required=True, help="The officer who does it.")
BECAUSE = click.option("--because", required=True, callback=in_words, help="Why, in a few words; it is kept.")
HEADER = ("number", "what", "amount", "state", "asked by", "at", "agreed by", "at", "because", "refused by", "why")


@click.command("list")
@click.option("--all", "every", is_flag=True, help="Those that are done or refused too.")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="Write a CSV here instead of showing it.")
@click.pass_obj
@in_one_sentence
def list_them(counter: Counter, every: bool, to: Path | None) -> None:
    """What waits for a second officer, or could not be done yet; the oldest first."""
    with counter.open() as desk, desk.database.begin() as db:
        found = store.every(db) if every else store.waiting(db)
    show(HEADER, [cells(each, desk) for each in found], to)
    waiting = [each for each in found if each.waits]
    left = sum(each.total.amount - each.done_total.amount for each in waiting)
    click.echo(f"{len(waiting)} wait for an officer, {Dong(left)}.")


@click.command("show")
@click.argument("number", type=int)
@click.pass_obj
@in_one_sentence
def show_one(counter: Counter, number: int) -> None:
    """What exactly is asked for: look before you agree."""
    with counter.open() as desk, desk.database.begin() as db:
        one = store.numbered(db, number)
        lines = store.lines_of(db, number)
    if one is None:
        raise NotAllowed(f"Nobody has asked for anything under number {number}.")
    show(HEADER, [cells(one, desk)], None)
    rows = (
        (each.account_code, str(each.amount), str(each.entry_id or each.journal_id)[:8], moment(desk, done) or "not yet")
        for each, done in lines
    )
    show(("account", "amount", "entry", "done"), rows, None)


@click.command("agree")
@click.argument("number", type=int)
@AS
@click.pass_obj
@in_one_sentence
def agree(counter: Counter, number: int, officer: str) -> None:
    """The second signature: the money moves now. Never whoever asked."""
    with counter.open() as desk:
        with desk.database.begin() as db:
            agreed = actions.agree(db, desk.desk, number, officer_named(db, officer), desk.now())
        desk.doorbell.ring_all()
    for each in agreed.refused:
        click.echo(f"not done: {each}", err=True)
    if not agreed.done and not agreed.refused:
        click.echo(f"Number {number} was done before; nothing moves twice.")
    else:
        click.echo(f"{WORDS[agreed.kind]}: {agreed.done} done, {agreed.total}; {len(agreed.refused)} not done.")
    sys.exit(SOME_REJECTED if agreed.refused else ALL_WENT_IN)


@click.command("refuse")
@click.argument("number", type=int)
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def refuse(counter: Counter, number: int, officer: str, because: str) -> None:
    """Say no, or take back what you have asked for: it leaves the list, and what is left of it is not done."""
    with counter.open() as desk, desk.database.begin() as db:
        actions.refuse(db, number, officer_named(db, officer), because, desk.now())
    click.echo(f"Number {number} is refused by {officer}.")


def cells(each: Adjustment, desk: Open) -> tuple[str, ...]:
    return (
        str(each.number), WORDS[each.kind], str(each.total), each.state, each.asked_by, moment(desk, each.asked_at),
        each.agreed_by, moment(desk, each.agreed_at), each.reason, each.refused_by, each.refused_because,
    )  # fmt: skip


def moment(desk: Open, at: datetime | None) -> str:
    return f"{desk.desk.local(at):%d/%m/%Y %H:%M}" if at else ""


def asked(number: int, what: str) -> None:
    """The last line is the number alone, for whoever reads it with a program."""
    click.echo(f"{what}. Nothing has moved; another officer looks with `adjustments show {number}` and then runs:")
    click.echo(f"adjustments agree {number} --as THEIR-NAME\n{number}")


def say_what_waits(db: Connection) -> None:
    """One line for each work list outside the daily close that is not empty."""
    if waiting := store.waiting(db):
        click.echo(f"{len(waiting)} adjustments wait for an officer: adjustments list")
    if unknown := suspense.waiting(db):
        click.echo(f"{Dong(sum(each.left.amount for each in unknown))} are in suspense: suspense list")


COMMANDS = (list_them, show_one, agree, refuse)
