"""`visits report`: what people do on the line, and where they are lost, without saying who."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import click

from ussd_app.actions.payments import NotAllowed
from ussd_app.cli.counter import Counter, in_one_sentence
from ussd_app.domain.small_cells import FEW, FEWEST_SHOWN, roughly, shown
from ussd_app.store import visit_counts
from ussd_app.store.visit_counts import By, ScreenSeen, VisitsOf

SCREEN = "screen"
DAYS = 30
_DAY = click.DateTime(["%Y-%m-%d"])
_VISITS = ("", "visits", "finished", "cut", "timeout", "error", "untold", "turns", "seconds")
_SCREENS = ("screen", "visits", "finished", "left", "left of visits")
_EXPLAINED = """\
finished: we said the last word. cut: hung up, or the line dropped, which no gateway tells apart.
timeout: nothing was pressed for too long. error: our answer was not taken. untold: nobody said how it ended.
turns and seconds are means. Fewer than 5 are not shown, and … hides what would give them away."""


@click.command()
@click.option(
    "--by", default=By.NETWORK.value, show_default=True, type=click.Choice([*(each.value for each in By), SCREEN])
)
@click.option("--since", type=_DAY, help=f"First day; {DAYS} days ago when not given.")
@click.option("--until", type=_DAY, help="Last day; today when not given.")
@click.pass_obj
@in_one_sentence
def report(counter: Counter, by: str, since: datetime | None, until: datetime | None) -> None:
    """Visits by network, commune, age or day, with causes; or by screen, with how many left there."""
    with counter.open() as desk, desk.database.begin() as db:
        visit_counts.count_settled(db, desk.now(), counter.settings.timezone)
        today = desk.desk.local(desk.now()).date()
        last = until.date() if until else today
        first = since.date() if since else last - timedelta(days=DAYS)
        if last < first:
            raise NotAllowed("The first day comes before the last one.")
        everyone = visit_counts.visits_by(db, By.DAY, first, last)
        turned_away = visit_counts.refusals(db, first, last)
        if by == SCREEN:
            table = screens_table(visit_counts.screens_seen(db, first, last))
        else:
            table = visits_table(visit_counts.visits_by(db, By(by), first, last))
    _say(first, last, everyone, turned_away)
    for line in in_columns(table):
        click.echo(line)
    click.echo(_EXPLAINED)


def _say(first: date, last: date, everyone: Sequence[VisitsOf], turned_away: dict[str, int]) -> None:
    visits = sum(each.visits for each in everyone)
    refused = sum(turned_away.values())
    click.echo(f"{first} to {last}: about {roughly(visits)} visits; {refused:,} turns were told that we are busy.")


def visits_table(groups: Sequence[VisitsOf]) -> list[tuple[str, ...]]:
    return [_VISITS, *(_group(each) for each in groups)]


def _group(of: VisitsOf) -> tuple[str, ...]:
    name = of.group or "not known"
    if of.visits < FEWEST_SHOWN:
        return (name, FEW, *[""] * (len(_VISITS) - 2))
    causes = shown((of.finished, of.cut, of.timeout, of.error, of.untold))
    return (name, str(of.visits), *causes, f"{of.turns / of.visits:.1f}", f"{of.seconds / of.visits:.0f}")


def screens_table(screens: Sequence[ScreenSeen]) -> list[tuple[str, ...]]:
    return [_SCREENS, *(_screen(each) for each in screens)]


def _screen(seen: ScreenSeen) -> tuple[str, ...]:
    if seen.reached < FEWEST_SHOWN:
        return (seen.screen, FEW, "", "", "")
    went_on = seen.reached - seen.finished - seen.left_here
    finished, left, _ = shown((seen.finished, seen.left_here, went_on))
    share = f"{seen.left_here / seen.reached:.0%}" if left.isdigit() else ""
    return (seen.screen, str(seen.reached), finished, left, share)


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
