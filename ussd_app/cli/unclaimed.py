"""`unclaimed`: money that waits for its owner, how old it is, who sees to it, and the two signatures to send it back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import click
from sqlalchemy import text

from ussd_app.actions import adjustments
from ussd_app.actions.payments import NotAllowed
from ussd_app.actions.people import person_named
from ussd_app.cli.counter import ALL_WENT_IN, SOME_REJECTED, Counter, in_one_sentence, in_words, officer_named
from ussd_app.cli.lists import go_through
from ussd_app.cli.tables import show
from ussd_app.domain.adjustments import Kind, Line
from ussd_app.domain.money import Dong
from ussd_app.lists.errors import Reject
from ussd_app.lists.returns import RETURNS, ReturnRow, read_return
from ussd_app.store import unclaimed

BECAUSE = click.option("--because", required=True, callback=in_words, help="Why, in a few words; it is kept.")
AS = click.option("--as", "officer", required=True, help="The officer who does it.")
HEADER = (
    "commune_code", "commune", "officer", "officer_phone", "account", "full_name", "birth_year", "kept_in", "programme",
    "cycle", "since", "days", "amount", "held",
)  # fmt: skip


@click.command("list")
@click.option("--commune", default="", help="Only this commune's people.")
@click.option("--older-than", default=0, type=click.IntRange(0), help="Only what has waited for more days than this.")
@click.option("--to", type=click.Path(path_type=Path), help="Write a CSV here instead of showing it.")
@click.pass_obj
@in_one_sentence
def list_them(counter: Counter, commune: str, older_than: int, to: Path | None) -> None:
    """Who has money waiting, since when, and which officer sees to it; the oldest first."""
    with counter.open() as desk, desk.database.begin() as db:
        found = unclaimed.waiting(db, desk.now(), commune_code=commune, older_than=timedelta(days=older_than))
        zone = desk.desk.zone
    rows = [
        (
            each.commune_code, each.commune, each.officer, each.officer_phone, each.account, each.full_name,
            str(each.birth_year or ""), each.kept_in, each.programme, each.cycle, f"{each.since.astimezone(zone):%Y-%m-%d}",
            str(each.days), str(each.amount.amount), str(each.held.amount),
        )
        for each in found
    ]  # fmt: skip
    show(HEADER, rows, to)
    people = len({(each.full_name, each.birth_year, each.account.split(":")[-2]) for each in found})
    click.echo(f"{people} people, {Dong(sum(each.amount.amount for each in found))}.")


@click.command("ask-return")
@click.argument("file", type=click.Path(path_type=Path))
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def ask_return(counter: Counter, file: Path, officer: str, because: str) -> None:
    """Ask that unclaimed money goes back to the state: rows of `unclaimed list`; another officer agrees.

    The last line is the number to agree to. Nothing moves yet, and its owner can claim it again at any time.
    """
    lines: list[Line] = []
    with counter.open() as desk, desk.database.begin() as db:

        def enter(rows: Sequence[ReturnRow]) -> list[Reject]:
            rejects: list[Reject] = []
            for row in rows:
                owned = unclaimed.lock_owned(db, row.account)
                before = sum(each.amount.amount for each in lines if each.account_code == row.account)
                if owned is None:
                    rejects.append(Reject(row.line, "account", row.account, "this is nobody's account"))
                elif owned.held_anywhere:
                    why = "a cash-out or a pay-out session of this person is under way"
                    rejects.append(Reject(row.line, "account", row.account, why))
                elif before + row.amount.amount > owned.free.amount:
                    rejects.append(Reject(row.line, "amount", str(row.amount), f"only {owned.free} is there"))
                else:
                    key = uuid4()
                    lines.append(Line(key, row.account, row.amount, key, owned.person_id))
            return rejects

        rejected = go_through(file, RETURNS, read_return, enter, "unclaimed money")
        number = adjustments.ask(db, Kind.RETURN_UNCLAIMED, lines, because, officer_named(db, officer), desk.now())
    click.echo(f"{len(lines)} rows, {Dong(sum(each.amount.amount for each in lines))}; another officer now runs:")
    click.echo(f"unclaimed agree {number} --as THEIR-NAME\n{number}")
    sys.exit(SOME_REJECTED if rejected else ALL_WENT_IN)


@click.command("claim-again")
@click.option("--person", prompt="National id or person code", help="Asked for when it is not given.")
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def claim_again(counter: Counter, person: str, officer: str, because: str) -> None:
    """Somebody asks for what went back to the state: all of it, once another officer agrees."""
    with counter.open() as desk, desk.database.begin() as db:
        who = person_named(db, desk.desk.vault, person)
        if who is None:
            raise NotAllowed("Nobody on the list has this national id or person code.")
        rows = db.execute(
            text("""SELECT l.account_code, l.journal_id, l.amount - coalesce((SELECT sum(r.amount) FROM transfer r
                           WHERE r.reverses_id = l.key), 0) AS back
                    FROM adjustment_line l JOIN adjustment a ON a.id = l.adjustment_id
                    WHERE l.person_id = :person AND a.kind = 'return_unclaimed' AND l.done_at IS NOT NULL"""),
            {"person": who},
        )
        lines = [Line(uuid4(), row.account_code, Dong(int(row.back)), row.journal_id, who) for row in rows if row.back > 0]
        if not lines:
            raise NotAllowed("Nothing of this person's went back to the state.")
        number = adjustments.ask(db, Kind.CLAIM_AGAIN, lines, because, officer_named(db, officer), desk.now())
    click.echo(f"{Dong(sum(each.amount.amount for each in lines))}; another officer now runs:")
    click.echo(f"unclaimed agree {number} --as THEIR-NAME\n{number}")
