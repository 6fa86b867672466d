"""`programmes list`, `set-amount` and `set-priority`: what each programme pays from which month, and which pays first."""

from __future__ import annotations

import click

from ussd_app.actions import programmes as actions
from ussd_app.actions.payments import NotAllowed
from ussd_app.cli.counter import Counter, in_one_sentence, in_words, officer_named
from ussd_app.domain.payments import PROGRAMMES, Cycle
from ussd_app.domain.programmes import DatedAmount, dated_amounts
from ussd_app.lists.payments import read_amount
from ussd_app.store import programmes as store


@click.command("list")
@click.option("--cycle", "written", default="", help="The month to look at, YYYY-MM; this month when not given.")
@click.pass_obj
@in_one_sentence
def list_them(counter: Counter, written: str) -> None:
    """Every programme, which one pays first, and the amounts in force, each with its decree."""
    with counter.open() as desk, desk.database.begin() as db:
        today = desk.desk.local(desk.now()).date()
        cycle = actions.known_cycle(written) if written else Cycle(today.year, today.month)
        priorities, amounts = store.priorities(db), store.every_amount(db)
    for code in sorted(PROGRAMMES, key=lambda each: (priorities.get(each, 99), each)):
        click.echo(f"{priorities.get(code, 99):>2}  {code} ({PROGRAMMES[code].vi})")
        found = dated_amounts(code, cycle, amounts)
        for each in found:
            click.echo(f"      {_line(each)}")
        if not found:
            click.echo(f"      no amount is known for {cycle.code}: rows are not compared")
        for each in sorted((a for a in amounts if a.programme == code and a.since > cycle), key=lambda a: a.since):
            click.echo(f"      later: {_line(each)}")


def _line(each: DatedAmount) -> str:
    until = f" to {each.until.code}" if each.until else ""
    category = f", {each.category}" if each.category else ""
    guide = "; a standard: rows are not compared with it" if each.guide else ""
    return f"{each.amount} from {each.since.code}{until}{category} ({each.source}){guide}"


@click.command("set-amount")
@click.argument("programme")
@click.argument("amount")
@click.option("--from", "since", required=True, help="The first month it is paid for, YYYY-MM; not one that is over.")
@click.option("--source", required=True, callback=in_words, help="The decree or decision, such as 'Decree 12/2027/NĐ-CP'.")
@click.option("--category", default="", help="Whose amount it is, where a programme has several.")
@click.option("--as", "officer", required=True, help="The officer who approves it.")
@click.pass_obj
@in_one_sentence
def set_amount(counter: Counter, programme: str, amount: str, since: str, source: str, category: str, officer: str) -> None:
    """What a programme pays from a month on. Amounts of the past stay as they are."""
    code, cycle, dong = actions.known_programme(programme), actions.known_cycle(since), read_amount(amount)
    if isinstance(dong, str):
        raise NotAllowed(f"{amount}: {dong}.")
    if not source.strip():
        raise NotAllowed("Name the decree or decision: --source.")
    dated = DatedAmount(code, cycle, dong, source.strip(), category.strip())
    with counter.open() as desk, desk.database.begin() as db:
        now = desk.now()
        actions.set_amount(db, dated, officer_named(db, officer), today=desk.desk.local(now).date(), now=now)
    click.echo(f"{code}: {_line(dated)}.")


@click.command("set-priority")
@click.argument("programme")
@click.argument("priority", type=int)
@click.option("--as", "officer", required=True, help="The officer who approves it.")
@click.pass_obj
@in_one_sentence
def set_priority(counter: Counter, programme: str, priority: int, officer: str) -> None:
    """Which programme's money a cash-out takes first: the lowest number, and among equals the oldest account."""
    code = actions.known_programme(programme)
    with counter.open() as desk, desk.database.begin() as db:
        actions.set_priority(db, code, priority, officer_named(db, officer), desk.now())
    click.echo(f"{code} now has priority {priority}.")
