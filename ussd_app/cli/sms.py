"""`sms pause`, `sms resume` and `sms status`: what an operator holds back, and how the messages stand."""

from __future__ import annotations

from datetime import datetime

import click

from sms.carriers import CARRIERS, read_rates
from sms.notices import Lane
from ussd_app.cli.counter import Counter, in_one_sentence, officer_named
from ussd_app.cli.visits import in_columns
from ussd_app.domain.breaker import Health
from ussd_app.store import carriers, lanes, pauses, restorations
from ussd_app.store.pauses import Pause

LANES = {each.name.lower(): each for each in Lane}
_lane = click.option("--lane", type=click.Choice(sorted(LANES)), help="Only this lane.")
_carrier = click.option("--provider", type=click.Choice(CARRIERS), help="Only this carrier.")
_officer = click.option("--as", "officer", required=True, help="The officer who does this.")


@click.command()
@_lane
@_carrier
@_officer
@click.pass_obj
@in_one_sentence
def pause(counter: Counter, lane: str | None, provider: str | None, officer: str) -> None:
    """Hold messages back: nothing more is handed over once this has ended. Calls already under way are answered."""
    with counter.open() as desk, desk.database.begin() as db:
        by = officer_named(db, officer)
        new = pauses.pause(db, by.id, lane=LANES[lane] if lane else None, provider=provider, now=desk.now())
    click.echo(f"{_what(lane, provider)}: {'held back from now on' if new else 'held back already'}.")


@click.command()
@_lane
@_carrier
@_officer
@click.pass_obj
@in_one_sentence
def resume(counter: Counter, lane: str | None, provider: str | None, officer: str) -> None:
    """Let go of what is held back: of a lane, of a carrier, or of all."""
    with counter.open() as desk, desk.database.begin() as db:
        by = officer_named(db, officer)
        ended = pauses.resume(db, by.id, lane=LANES[lane] if lane else None, provider=provider, now=desk.now())
    click.echo(f"{_what(lane, provider)}: {ended} pauses ended.")


@click.command()
@click.pass_obj
@in_one_sentence
def status(counter: Counter) -> None:
    """What waits in each lane, how the carriers are, and what is held back."""
    settings = counter.settings
    with counter.open() as desk, desk.database.begin() as db:
        now = desk.now()
        standing, known, held = lanes.now_in_lanes(db, now), carriers.all_known(db), pauses.current(db)
        restored = restorations.current(db) is not None
    rows = [("lane", "waiting", "sending", "unsure", "sent in a minute", "oldest waits")]
    rows += [
        (
            each.lane.name.lower(),
            *map(str, (each.waiting, each.sending, each.unsure, each.sent_lately)),
            _for(each.oldest_since, now),
        )
        for each in standing
    ]
    rates = read_rates(settings.sms_rates)
    rows_of = [("carrier", "parts a second", "is", "troubles of answers"), *_carriers(settings.carriers, rates, known, now)]
    for line in (*in_columns(rows), "", *in_columns(rows_of), "", *_held(held, now, restored=restored)):
        click.echo(line)


def _carriers(
    names: tuple[str, ...], rates: dict[str, float], known: dict[str, Health], now: datetime
) -> list[tuple[str, ...]]:
    return [(name, str(int(rates[name])) if name in rates else "any", *_how(known.get(name), now)) for name in names]


def _how(health: Health | None, now: datetime) -> tuple[str, str]:
    if health is None:
        return "not used yet", ""
    rest = "" if health.look_at is None else f", tried again in {max(0, int((health.look_at - now).total_seconds()))} s"
    return health.breaker.value.replace("_", " ") + rest, f"{health.troubles} of {health.answers}"


def _held(held: list[Pause], now: datetime, *, restored: bool) -> list[str]:
    all_of_it = ["Held back: everything, until `restore end`."] if restored else []
    if not held and not restored:
        return ["Nothing is held back."]
    return all_of_it + [
        f"Held back: {_what(each.lane.name.lower() if each.lane is not None else None, each.provider)},"
        f" by {each.by}, for {_for(each.since, now)}."
        for each in held
    ]


def _what(lane: str | None, provider: str | None) -> str:
    where = f" at {provider}" if provider else ""
    return (f"lane {lane}" if lane else "every lane") + where


def _for(since: datetime | None, now: datetime) -> str:
    return "" if since is None else f"{max(0, int((now - since).total_seconds()))} s"
