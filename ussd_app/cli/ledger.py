"""`ledger check`, `fund` and `periods`: the invariants on live data, what the state paid in, and what became of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from uuid import UUID, uuid4, uuid5

import click

from ussd_app.actions import funding
from ussd_app.actions.programmes import known_cycle, known_programme
from ussd_app.actions.statement_check import against_statements
from ussd_app.cli.amounts import amount_typed
from ussd_app.cli.counter import SOME_REJECTED, Counter, in_one_sentence, officer_named
from ussd_app.store import ledger_check
from ussd_app.store import periods as periods_store
from ussd_app.store.statement_days import StatementDay

_NAMED = 20  # breaches named of each invariant; the first is enough to stop a day

_DOCUMENTS = UUID("4d8e5c1a-3f0b-5c57-9a55-6a1f2b7c9e10")
"""Under this name a document of the treasury always makes the same id, so that it is written down once."""


@click.command()
@click.pass_obj
@in_one_sentence
def check(counter: Counter) -> None:
    """Check every invariant; exit status 1 at the first đồng that does not close."""
    with counter.open() as desk, desk.database.begin() as db:
        findings = ledger_check.check(db)
        sums = ledger_check.sums(db)
        stated, days = against_statements(db, desk.desk.zone, desk.now())
    for kind, accounts, balance, pending in sums.by_kind:
        click.echo(f"{kind:<12} {accounts:>8} accounts  balance {balance:>20,} đ  held {pending:>16,} đ")
    click.echo(f"{sums.transfers} transfers; balances add up to {sum(row[2] for row in sums.by_kind)} đ.")
    _say_statements(days)
    findings = (*findings, stated) if days else findings  # where there is no statement, nothing is said of one
    broken = [each for each in findings if each.breaches]
    for finding in findings:
        click.echo(f"{'no  ' if finding.breaches else 'yes '} {finding.invariant}")
        for breach in finding.breaches[:_NAMED]:
            click.echo(f"       {breach}")
        if len(finding.breaches) > _NAMED:
            click.echo(f"       and {len(finding.breaches) - _NAMED} more")
    click.echo("The ledger closes." if not broken else f"{len(broken)} invariants do not hold.")
    sys.exit(SOME_REJECTED if broken else 0)


def _say_statements(days: Sequence[StatementDay]) -> None:
    for provider in dict.fromkeys(each.provider for each in days):
        mine = [each for each in days if each.provider == provider]
        said, booked = sum(each.by_statement for each in mine), sum(each.by_books for each in mine)
        click.echo(
            f"{provider}, {len(mine)} days: paid out less came back {said:,} đ by statement, {booked:,} đ by our books"
        )


@click.command()
@click.argument("programme")
@click.argument("cycle")
@click.argument("amount")
@click.option("--as", "officer", required=True, help="The officer who approves it.")
@click.option("--document", default="", help="The treasury's own number; the same document twice is written down once.")
@click.option("--back", is_flag=True, help="The state takes this much back of what is left.")
@click.pass_obj
@in_one_sentence
def fund(counter: Counter, programme: str, cycle: str, amount: str, officer: str, document: str, back: bool) -> None:
    """Write down what the state paid in for a programme's month; releases can then be no more than that."""
    code, month, dong = known_programme(programme), known_cycle(cycle), amount_typed(amount)
    paper = document.strip()
    id = uuid5(_DOCUMENTS, f"{code}:{month.code}:{'back' if back else 'in'}:{paper}") if paper else uuid4()
    do = funding.take_back if back else funding.fund
    with counter.open() as desk, desk.database.begin() as db:
        new = do(db, id, code, month, dong, paper, officer_named(db, officer), desk.now())
        row = next(each for each in periods_store.periods(db) if (each.programme, each.cycle) == (code, month.code))
    what = "is known already" if not new else "went back" if back else "is funded"
    click.echo(
        f"{dong} for {code} {month.code} {what}. Funded {row.funded:,}, granted {row.granted:,}, left {row.left:,} đồng."
    )


@click.command()
@click.pass_obj
@in_one_sentence
def periods(counter: Counter) -> None:
    """Each programme's months: what came in, what was granted, and what its people still have; it must add up."""
    with counter.open() as desk, desk.database.begin() as db:
        rows, programmes = periods_store.periods(db), periods_store.programmes(db)
    heads = ("funded", "granted", "left", "with people", "in communes", "gone out")
    click.echo(f"{'programme':<20} {'cycle':<8}" + "".join(f"{head:>18}" for head in heads))
    for row in rows:
        amounts = (row.funded, row.granted, row.left, row.with_people, row.in_communes, row.gone_out)
        click.echo(f"{row.programme:<20} {row.cycle:<8}" + "".join(f"{each:>18,}" for each in amounts))
    for each in programmes:
        parts = ", ".join(f"{name} {amount:,}" for name, amount in each.parts if amount)
        click.echo(f"{each.programme}: from the state {each.from_state:,} = {parts} đồng")
