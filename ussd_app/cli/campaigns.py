"""`campaigns`: one notice to many people, from the draft to the list of those it did not reach."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live

from ussd_app.actions import campaigns as actions
from ussd_app.actions.campaign_notices import KINDS
from ussd_app.actions.campaigns import Preview, Wish
from ussd_app.actions.payments import NotAllowed
from ussd_app.cli.counter import Counter, Open, in_one_sentence, in_words, officer_named
from ussd_app.domain.campaigns import CampaignState, Pace, forecast
from ussd_app.lists.formulas import harmless
from ussd_app.store import campaigns
from ussd_app.store.campaigns import Campaign

AS = click.option("--as", "officer", required=True, help="The officer who does it.")
BECAUSE = click.option("--because", required=True, callback=in_words, help="Why, in a few words; it is kept.")
NUMBER = click.argument("campaign", type=int)

_STAGES = ("planned", "waiting", "sending", "sent", "delivered", "undelivered", "refused", "expired", "unsure")


@click.command()
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.argument("name")
@click.option("--commune", "communes", multiple=True, help="A commune's code, in the order they begin; all when not given.")
@click.option("--programme", help="Only whom this programme paid.")
@click.option("--cycle", help="Only whom this cycle (YYYY-MM) was paid.")
@click.option("--say", "details", multiple=True, metavar="NAME=VALUE", help="What fills the notice: day=28/01, place=…")
@click.option("--at", "starts_at", type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]), help="Local; now if unset.")
@click.option("--between-communes", type=click.IntRange(0), default=0, help="Minutes from one commune to the next.")
@click.option("--an-hour-at-a-point", type=click.IntRange(1), help="People told in an hour for each open pay point.")
@AS
@click.pass_obj
@in_one_sentence
def draft(
    counter: Counter,
    kind: str,
    name: str,
    communes: tuple[str, ...],
    programme: str | None,
    cycle: str | None,
    details: tuple[str, ...],
    starts_at: datetime | None,
    between_communes: int,
    an_hour_at_a_point: int | None,
    officer: str,
) -> None:
    """Draft a campaign; its number stands alone on the last line."""
    with counter.open() as desk:
        local = starts_at.replace(tzinfo=desk.desk.zone) if starts_at else desk.now()
        pace = Pace(timedelta(minutes=between_communes), an_hour_at_a_point)
        wish = Wish(name, kind, _said(details), communes, programme, cycle, local, pace)
        with desk.database.begin() as db:
            number = actions.draft(db, wish, officer_named(db, officer), desk.now())
            drafted = campaigns.find(db, number)
            assert drafted is not None  # noqa: S101 - it was written one line above
            seen = actions.preview(db, desk.desk, drafted, price=counter.settings.sms_price, now=desk.now())
    _tell(seen, desk, drafted)
    click.echo(f"Drafted. Another officer now runs: campaigns approve {number} --as THEIR-NAME\n{number}")


@click.command("preview")
@NUMBER
@click.pass_obj
@in_one_sentence
def preview_campaign(counter: Counter, campaign: int) -> None:
    """Whom it would reach, with which words, for how much, until when."""
    with counter.open() as desk, desk.database.begin() as db:
        found = _found(campaigns.find(db, campaign), campaign)
        seen = actions.preview(db, desk.desk, found, price=counter.settings.sms_price, now=desk.now())
    _tell(seen, desk, found)


@click.command()
@NUMBER
@click.option("--over-budget", is_flag=True, help="Let it go though the month's budget does not suffice.")
@AS
@click.pass_obj
@in_one_sentence
def approve(counter: Counter, campaign: int, over_budget: bool, officer: str) -> None:
    """Let it go, as a second officer: who is told is fixed from here on."""
    with counter.open() as desk:
        with desk.database.begin() as db:
            seen = actions.approve(
                db,
                desk.desk,
                campaign,
                officer_named(db, officer),
                price=counter.settings.sms_price,
                now=desk.now(),
                over_budget=over_budget,
            )
        desk.doorbell.ring("sms-bulk")
    click.echo(f"Campaign {campaign} is approved by {officer}: {seen.told:,} people, {seen.cost:,} đồng.")


@click.command()
@NUMBER
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def pause(counter: Counter, campaign: int, officer: str, because: str) -> None:
    """Stop for now; what nobody has begun to send is taken back."""
    with counter.open() as desk, desk.database.begin() as db:
        back = actions.pause(db, campaign, officer_named(db, officer), because, desk.now())
    click.echo(f"Campaign {campaign} is paused; {back:,} messages were taken back from the lane.")


@click.command()
@NUMBER
@AS
@click.pass_obj
@in_one_sentence
def resume(counter: Counter, campaign: int, officer: str) -> None:
    """Go on where it was paused."""
    with counter.open() as desk, desk.database.begin() as db:
        actions.resume(db, campaign, officer_named(db, officer), desk.now())
    click.echo(f"Campaign {campaign} goes on.")


@click.command()
@NUMBER
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def cancel(counter: Counter, campaign: int, officer: str, because: str) -> None:
    """End it for good; who was told was told."""
    with counter.open() as desk, desk.database.begin() as db:
        untold = actions.cancel(db, campaign, officer_named(db, officer), because, desk.now())
    click.echo(f"Campaign {campaign} is cancelled; {untold:,} people were not told.")


@click.command("list")
@click.pass_obj
@in_one_sentence
def list_campaigns(counter: Counter) -> None:
    """Every campaign and how far it is."""
    with counter.open() as desk, desk.database.begin() as db:
        for each in campaigns.every(db):
            click.echo(f"{each.id}  {each.name}  ({each.kind}, {each.state})  {_stages(campaigns.progress(db, each.id))}")


@click.command()
@NUMBER
@click.option("--follow", is_flag=True, help="Look again every two seconds until it is through.")
@click.pass_obj
@in_one_sentence
def show(counter: Counter, campaign: int, follow: bool) -> None:
    """How far it is, and when it will be through."""
    with counter.open() as desk:
        state, words = _standing(desk, campaign)
        if not follow:
            click.echo(words)
            return
        with Live(words, console=Console()) as live:
            while state is CampaignState.APPROVED:
                time.sleep(2)
                state, words = _standing(desk, campaign)
                live.update(words)


@click.command("not-reached")
@NUMBER
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="A CSV file; else the screen.")
@click.pass_obj
@in_one_sentence
def not_reached(counter: Counter, campaign: int, out: Path | None) -> None:
    """Everyone it did not reach, with their commune and why."""
    with counter.open() as desk, desk.database.begin() as db:
        _found(campaigns.find(db, campaign), campaign)
        rows = campaigns.not_reached(db, campaign)
    header = ("commune_code", "commune", "person_code", "full_name", "why", "note")
    write_csv(header, rows, out)
    click.echo(f"{len(rows):,} people were not reached.", err=True)


def write_csv(header: Sequence[str], rows: Sequence[Sequence[object]], out: Path | None) -> None:
    """A list for an office: opens in a spreadsheet with its accents, and no cell of it can act as a formula."""
    file = out.open("w", encoding="utf-8-sig", newline="") if out else sys.stdout
    try:
        sheet = csv.writer(file)
        sheet.writerow(header)
        sheet.writerows([harmless("" if cell is None else str(cell)) for cell in row] for row in rows)
    finally:
        if out:
            file.close()


def _said(details: Sequence[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for each in details:
        name, equals, value = each.partition("=")
        if not equals:
            raise NotAllowed(f"{each!r} says nothing: write --say name=value.")
        said[name.strip()] = value.strip()
    return said


def _found(campaign: Campaign | None, number: int) -> Campaign:
    if campaign is None:
        raise NotAllowed(f"There is no campaign {number}.")
    return campaign


def _standing(desk: Open, number: int) -> tuple[CampaignState, str]:
    with desk.database.begin() as db:
        campaign = _found(campaigns.find(db, number), number)
        stages = campaigns.progress(db, number)
        due = {desk.desk.local(moment): count for moment, count in campaigns.still_due(db, number).items()}
        rate = campaigns.a_minute(db, desk.now())
    lines = [f"Campaign {number}, {campaign.name}: {campaign.state}", _stages(stages)]
    if campaign.state is CampaignState.APPROVED:
        now = desk.desk.local(desk.now())
        outlook = forecast(due, now, rate or USUAL_RATE).words(now)
        lines.append(f"{outlook} (at {rate:,} a minute)" if rate else f"{outlook} (nothing was sent lately)")
    return campaign.state, "\n".join(lines)


USUAL_RATE = 3_000
"""Messages a minute, where none were sent lately to measure it by: what an aggregator grants a province."""


def _stages(stages: dict[str, int]) -> str:
    known = [f"{stages[stage]:,} {stage}" for stage in _STAGES if stages.get(stage)]
    others = [f"{count:,} left out: {why.replace('_', ' ')}" for why, count in stages.items() if why not in _STAGES]
    return ", ".join(known + others) or "nobody is on it"


def _tell(seen: Preview, desk: Open, campaign: Campaign) -> None:
    out = ", ".join(f"{count:,} {why.replace('_', ' ')}" for why, count in sorted(seen.left_out.items()))
    click.echo(f"People: {seen.people:,}; told: {seen.told:,}; left out: {out or 'none'}")
    click.echo(f"Parts: {seen.parts:,}; about {seen.cost:,} đồng")
    if seen.budget is not None:
        over = "  OVER BUDGET" if seen.over_budget else ""
        click.echo(f"Budget of the month: {seen.spent_this_month:,} of {seen.budget:,} đồng spent{over}")
    first = desk.desk.local(campaign.starts_at)
    click.echo(f"From {first:%d/%m %H:%M}; the last person's turn is {seen.last_moment:%d/%m %H:%M}")
    click.echo(f"Example: {seen.example}")
    click.echo(f"Longest ({len(seen.longest)} letters): {seen.longest}")


COMMANDS = (draft, preview_campaign, approve, pause, resume, cancel, list_campaigns, show, not_reached)
