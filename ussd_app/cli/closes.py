"""`statements` and `close`: what the provider says, laid against the lists and the ledger, a day at a time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from ussd_app.actions import closing as actions
from ussd_app.actions.payments import NotAllowed
from ussd_app.cli.adjustments import say_what_waits
from ussd_app.cli.counter import (
    ALL_WENT_IN,
    SOME_REJECTED,
    Counter,
    Open,
    in_one_sentence,
    in_words,
    officer_named,
    provider_named,
)
from ussd_app.cli.lists import go_through
from ussd_app.cli.tables import show
from ussd_app.cli.verify import BEGINNING, link
from ussd_app.domain.adjustments import WORDS as WORDS_OF
from ussd_app.domain.closing import WORDS
from ussd_app.domain.money import Dong
from ussd_app.domain.statements import StatementLine
from ussd_app.lists import statements as statement_list
from ussd_app.lists.errors import Reject
from ussd_app.store import adjustments, close_items, closing, statement_news, statements
from ussd_app.store.close_items import Closed, ItemRow

DAY = click.DateTime(["%Y-%m-%d"])
CSV = click.option("--csv", "to", type=click.Path(path_type=Path, dir_okay=False), help="Write a table to this file.")
AS = click.option("--as", "officer", required=True, help="The officer who does it.")
PROVIDER = click.option("--provider", help="The provider's name; the one that new cash-outs go to when not given.")
_HEADER = ("item", "day", "what", "difference", "at stake", "order", "owner", "state", "words", "because", "by")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@PROVIDER
@AS
@click.pass_obj
@in_one_sentence
def import_statement(counter: Counter, file: Path, provider: str | None, officer: str) -> None:
    """Read a provider's statement: line_key, at, kind, amount, and provider_reference, order_id, reference.

    The same line again changes nothing. Days that were closed before and have new lines are closed once more.
    """
    name = provider_named(provider or counter.provider)
    new = known = 0
    with counter.open() as desk:
        with desk.database.begin() as db:
            officer_named(db, officer)
        began = desk.now()

        def enter(lines: Sequence[StatementLine]) -> list[Reject]:
            nonlocal new, known
            with desk.database.begin() as db:
                kept = statements.keep(db, lines, source=file.name, now=desk.now())
            new, known = new + kept.new, known + kept.known
            return [Reject(rows[id(each)], "line_key", each.line_key, _CONTRADICTED) for each in kept.contradicted]

        rows: dict[int, int] = {}

        def read(row: statement_list.Row) -> StatementLine | tuple[Reject, ...]:
            line = statement_list.read_line(row, name, desk.desk.zone)
            if isinstance(line, StatementLine):
                rows[id(line)] = row.line
            return line

        rejected = go_through(file, statement_list.STATEMENT, read, enter, "lines")
        with desk.database.begin() as db:  # a file is nobody's proof: what it tells beyond our books is asked about
            asked = statement_news.look_again(db, name, began, desk.now())
        desk.doorbell.ring_all()
        again = _close_again(desk, began)
    if asked:
        click.echo(f"{asked} cash-outs came out otherwise by this file: the provider is asked about them at once.")
    click.echo(f"{new} lines read, {known} known before; {rejected} rows rejected; {again} days closed once more.")
    sys.exit(SOME_REJECTED if rejected else ALL_WENT_IN)


_CONTRADICTED = "this line was read before with another moment, kind or amount: the first reading stands"


def _close_again(desk: Open, since: datetime) -> int:
    with desk.database.begin() as db:
        days = statements.days_closed_too_early(db, desk.desk.zone.key, since)
    for provider, day in days:
        with desk.database.begin() as db:
            actions.close_day(db, provider, day, desk.desk.zone, desk.now())
    return len(days)


@click.command("fetch")
@click.argument("day", type=DAY, metavar="DAY")
@PROVIDER
@click.pass_obj
@in_one_sentence
def fetch(counter: Counter, day: datetime, provider: str | None) -> None:
    """Have a day's statement fetched from the provider (again); the clock does it within a minute."""
    with counter.open() as desk, desk.database.begin() as db:
        if day.date() > desk.desk.local(desk.now()).date():
            raise NotAllowed(f"{day:%Y-%m-%d} has not come yet: there is no statement of it.")
        statements.ask_for(db, provider_named(provider or counter.provider), day.date(), desk.now())
    click.echo(f"The statement of {day:%Y-%m-%d} is asked for.")


@click.command("day")
@click.argument("day", type=DAY, metavar="DAY")
@PROVIDER
@click.option("--as", "officer", help="The officer who closes it.")
@click.pass_obj
@in_one_sentence
def close_day(counter: Counter, day: datetime, provider: str | None, officer: str | None) -> None:
    """Close a local day: lists, ledger and statement, to nothing or to items with names. May be done again."""
    name = provider_named(provider or counter.provider)
    with counter.open() as desk:
        with desk.database.begin() as db:
            by = officer_named(db, officer) if officer else None
            closed = actions.close_day(db, name, day.date(), desk.desk.zone, desk.now(), by)
        with desk.database.begin() as db:
            _say(db, desk, closed, None)
    sys.exit(SOME_REJECTED if closed.unnamed else ALL_WENT_IN)


@click.command("show")
@click.argument("day", type=DAY, metavar="DAY")
@PROVIDER
@CSV
@click.pass_obj
@in_one_sentence
def show_day(counter: Counter, day: datetime, provider: str | None, to: Path | None) -> None:
    """Show a day that was closed, and every item of it."""
    name = provider_named(provider or counter.provider)
    with counter.open() as desk, desk.database.begin() as db:
        closed = close_items.close_of(db, name, day.date())
        if closed is None:
            raise NotAllowed(f"{day:%Y-%m-%d} has not been closed for {name}: close day {day:%Y-%m-%d}")
        _say(db, desk, closed, to)


@click.command("open")
@CSV
@click.pass_obj
@in_one_sentence
def open_board(counter: Counter, to: Path | None) -> None:
    """Everything that still needs somebody, of all days, with its owner and its age."""
    with counter.open() as desk, desk.database.begin() as db:
        rows = close_items.open_items(db)
        today = desk.desk.local(desk.now()).date()
    cells = ((*_cells(each), str((today - each.item.day).days)) for each in rows)
    show((*_HEADER, "days"), cells, to)
    stake = sum(each.item.at_stake.amount for each in rows)
    click.echo(f"{len(rows)} open items, {stake:,} đồng at stake.")
    with counter.open() as desk, desk.database.begin() as db:
        say_what_waits(db)


@click.command("settle")
@click.argument("item", type=int)
@click.option("--because", required=True, callback=in_words, help="Why, in a few words; it is kept.")
@AS
@click.pass_obj
@in_one_sentence
def settle(counter: Counter, item: int, because: str, officer: str) -> None:
    """Close an item with a reason. It keeps its place in its day."""
    with counter.open() as desk, desk.database.begin() as db:
        actions.settle(db, item, officer_named(db, officer), because, desk.now())
    click.echo(f"Item {item} is settled by {officer}.")


def _say(db: Connection, desk: Open, closed: Closed, to: Path | None) -> None:
    items = close_items.items_of(db, closed.provider, closed.day)
    lists = closing.lists_of(db, actions.span_of(closed.provider, closed.day, desk.desk.zone))
    click.echo(f"{closed.day}, {closed.provider}; local time, {desk.desk.zone.key}")
    click.echo(
        f"lists      {lists.payments:>8} payments released {closed.on_lists:>20,} đ"
        f"  credited {closed.credited:>18,} đ  {lists.held} held, {lists.refused} refused"
    )
    click.echo(f"ledger     paid out less came back {closed.by_books:>20,} đ")
    click.echo(f"statement  paid out less came back {closed.by_statement:>20,} đ")
    click.echo(f"difference {closed.difference:>+,} đ, of which {closed.named:+,} đ are named below")
    show(_HEADER, (_cells(each) for each in items), to)
    span = actions.span_of(closed.provider, closed.day, desk.desk.zone)
    for each in adjustments.done_between(db, span.begins, span.ends):
        click.echo(
            f"adjusted   {each.done_total} under number {each.number}, {WORDS_OF[each.kind]}, by {each.asked_by} and"
            f" {each.agreed_by}: {each.reason}"
        )
    waiting = [each for each in items if each.state == "open"]
    if closed.unnamed:
        click.echo(f"{closed.unnamed:+,} đồng have no name: this must not be; tell whoever runs this system.")
    elif not items:
        click.echo("The day closes to zero.")
    else:
        click.echo(f"Every đồng is named; {len(waiting)} items need somebody.")


def _cells(row: ItemRow) -> tuple[str, ...]:
    item = row.item
    return (
        str(row.id),
        str(item.day),
        WORDS[item.bucket],
        f"{'-' if item.difference < 0 else ''}{Dong(abs(item.difference))}",
        str(item.at_stake),
        row.reference,
        row.owner,
        row.state,
        item.words,
        row.because if row.because != item.words else "",
        row.ended_by,
    )


@click.command("export")
@click.argument("first", type=DAY, metavar="FIRST")
@click.argument("last", type=DAY, metavar="LAST")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@PROVIDER
@click.pass_obj
@in_one_sentence
def export(counter: Counter, first: datetime, last: datetime, file: Path, provider: str | None) -> None:
    """Write the closes of some days to a file whose lines are chained: python -m ussd_app.cli.verify FILE rechecks it."""
    if last < first:
        raise NotAllowed("The first day comes before the last one.")
    name, digest, days = provider_named(provider or counter.provider), BEGINNING, 0
    with counter.open() as desk, desk.database.begin() as db:
        try:
            with file.open("w", encoding="utf-8") as out:
                for content in _contents(db, name, first.date(), last.date(), desk.desk.zone):
                    digest = link(digest, content)
                    out.write(json.dumps({"content": content, "digest": digest}, ensure_ascii=False) + "\n")
                    days += content["what"] == "day"
        except OSError as problem:
            raise NotAllowed(f"{file} cannot be written: {problem.strerror}.") from problem
    click.echo(f"{days} days in {file}. Last digest: {digest}")


def _contents(db: Connection, provider: str, first: date, last: date, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    for closed in close_items.closes_between(db, provider, first, last):
        yield {"what": "day", **{name: _plain(value) for name, value in asdict(closed).items()}}
        for row in close_items.items_of(db, provider, closed.day):
            yield {
                "what": "item", "provider": provider, "day": str(closed.day), "item": row.id, "bucket": row.item.bucket,
                "kind": row.item.kind, "difference": row.item.difference, "at_stake": row.item.at_stake.amount,
                "order": row.reference, "words": row.item.words, "owner": row.owner, "state": row.state,
                "because": row.because, "by": row.ended_by,
            }  # fmt: skip
        span = actions.span_of(provider, closed.day, zone)
        for each in adjustments.done_between(db, span.begins, span.ends):
            yield {"what": "adjustment", **{name: _plain(value) for name, value in asdict(each).items()}}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return value["amount"]  # đồng, as `asdict` leaves them
    return str(value) if isinstance(value, date) else value
