"""`payments check`, `held`, `decide`, `correct` and the exclusions: what is doubtful in a list, and who decides it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from ussd_app.actions.decisions import correct as correct_payment
from ussd_app.actions.decisions import decide as decide_payment
from ussd_app.actions.holds import look_through
from ussd_app.actions.payments import NotAllowed, find_batch, require
from ussd_app.cli.counter import Counter, in_one_sentence, in_words, officer_named
from ussd_app.cli.tables import show
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import MOST_IN_ONE_PAYMENT, PROGRAMMES, Cycle, Role
from ussd_app.domain.safety import Limits
from ussd_app.store import exclusions, safety

CSV = click.option("--csv", "to", type=click.Path(path_type=Path, dir_okay=False), help="Write a table to this file.")
BECAUSE = click.option("--because", required=True, callback=in_words, help="Why, in a few words; it is kept.")
PROGRAMME = click.Choice(sorted(PROGRAMMES))


def limits_of(counter: Counter) -> Limits:
    settings = counter.settings
    return Limits(settings.people_on_one_account, timedelta(hours=settings.settling_hours))


@click.command()
@click.argument("batch", type=int)
@CSV
@click.pass_obj
@in_one_sentence
def check(counter: Counter, batch: int, to: Path | None) -> None:
    """Show everything that is doubtful in a batch, before anybody signs it. Changes nothing."""
    with counter.open() as desk, desk.database.begin() as db:
        find_batch(db, batch)
        doubtful = look_through(db, batch, desk.now(), limits_of(counter))
    show(
        ("payment", "line", "name", "amount", "held", "what", "why"),
        (
            (
                str(each.facts.payment_id),
                str(each.facts.line),
                each.facts.full_name,
                str(each.facts.amount),
                "held" if finding.holds else "",
                finding.doubt.value,
                finding.words,
            )
            for each in doubtful
            for finding in each.findings
        ),
        to,
    )
    held = sum(each.holds for each in doubtful)
    click.echo(
        f"Batch {batch}: {held} payments would be held and asked about; {len(doubtful) - held} more are remarked on."
    )


@click.command()
@click.argument("batch", type=int, required=False)
@CSV
@click.pass_obj
@in_one_sentence
def held(counter: Counter, batch: int | None, to: Path | None) -> None:
    """List the payments that wait for a decision, the longest first."""
    with counter.open() as desk, desk.database.begin() as db:
        waiting = safety.held(db, batch)
        now = desk.now()
    show(
        ("payment", "batch", "line", "name", "commune", "programme", "cycle", "amount", "days", "why"),
        (
            (
                str(each.payment_id),
                str(each.batch_id),
                str(each.line),
                each.full_name,
                each.commune,
                each.programme,
                each.cycle,
                str(each.amount),
                str((now - each.since).days),
                "; ".join(each.reasons),
            )
            for each in waiting
        ),
        to,
    )
    total = sum(each.amount.amount for each in waiting)
    click.echo(f"{len(waiting)} payments wait for a decision, {total:,} đồng.")


@click.command()
@click.argument("payment", type=int)
@click.argument("what", type=click.Choice(["pay", "refuse"]))
@BECAUSE
@click.option("--as", "officer", required=True, help="The officer who decides; never the one who entered the list.")
@click.pass_obj
@in_one_sentence
def decide(counter: Counter, payment: int, what: str, because: str, officer: str) -> None:
    """Pay a held payment, or refuse it. The row, the reasons and the decision stay."""
    with counter.open() as desk:
        with desk.database.begin() as db:
            by = officer_named(db, officer)
            decide_payment(db, desk.desk, payment, by, pay=what == "pay", because=because, now=desk.now())
        desk.doorbell.ring_all()
    click.echo(f"Payment {payment} is {'released' if what == 'pay' else 'refused'} by {officer}.")


@click.command()
@click.argument("payment", type=int)
@click.option("--amount", type=click.IntRange(1, MOST_IN_ONE_PAYMENT.amount), help="The right amount, in đồng.")
@click.option("--remove", is_flag=True, help="Take it off the list.")
@BECAUSE
@click.option("--as", "officer", required=True, help="An officer who enters lists.")
@click.pass_obj
@in_one_sentence
def correct(counter: Counter, payment: int, amount: int | None, remove: bool, because: str, officer: str) -> None:
    """Mend a payment that is not yet released. An approval of its batch is struck out, and must be given again."""
    if remove == (amount is not None):
        raise NotAllowed("Say either --amount or --remove.")
    with counter.open() as desk, desk.database.begin() as db:
        right = Dong(amount) if amount else None
        by = officer_named(db, officer)
        struck = correct_payment(db, payment, by, amount=right, because=because, now=desk.now())
    click.echo(f"Payment {payment} is {'taken off its list' if remove else 'corrected'} by {officer}.")
    if struck:
        click.echo("The approval of its batch is struck out: it must be approved again.")


@click.command("exclusions")
@click.pass_obj
@in_one_sentence
def list_exclusions(counter: Counter) -> None:
    """Which programmes one person may not draw together in a month, since when, and by what rule."""
    with counter.open() as desk, desk.database.begin() as db:
        every = exclusions.every(db)
    rows = ((each.programme, each.other, each.since, each.until, each.basis) for each in every)
    show(("programme", "and", "since", "until", "by what rule"), rows, None)


@click.command("exclude")
@click.argument("one", type=PROGRAMME)
@click.argument("another", type=PROGRAMME)
@click.option("--since", metavar="YYYY-MM", help="The first month for which it holds.")
@click.option("--ends", metavar="YYYY-MM", help="Or: the last month for which it held.")
@click.option("--basis", default="", help="The rule it stands on, as a decree and its number.")
@click.option("--as", "officer", required=True, help="An officer who approves.")
@click.pass_obj
@in_one_sentence
def exclude(
    counter: Counter, one: str, another: str, since: str | None, ends: str | None, basis: str, officer: str
) -> None:
    """Two programmes exclude each other from a month on (--since with --basis), or no longer after one (--ends)."""
    month = Cycle.read(since or ends or "")
    if month is None or bool(since) == bool(ends) or (since and not basis.strip()):
        raise NotAllowed("Say --since YYYY-MM with --basis RULE, or --ends YYYY-MM.")
    with counter.open() as desk, desk.database.begin() as db:
        by = officer_named(db, officer)
        require(by, Role.APPROVES)
        done = exclusions.add(db, one, another, month, basis, by.id) if since else exclusions.end(db, one, another, month)
    if not done:
        raise NotAllowed(f"{one} and {another} {'exclude each other already' if since else 'did not then'}.")
    click.echo(f"{one} and {another}: {'excluded since' if since else 'no longer excluded after'} {month.code}.")
