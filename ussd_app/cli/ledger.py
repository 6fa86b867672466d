"""`ledger check`: every invariant of the ledger, looked at on live data, and the sums that must close."""

from __future__ import annotations

import sys

import click

from ussd_app.cli.counter import SOME_REJECTED, Counter, in_one_sentence
from ussd_app.store import ledger_check


@click.command()
@click.pass_obj
@in_one_sentence
def check(counter: Counter) -> None:
    """Check every invariant; exit status 1 at the first đồng that does not close."""
    with counter.open() as desk, desk.database.begin() as db:
        findings = ledger_check.check(db)
        sums = ledger_check.sums(db)
    for kind, accounts, balance, pending in sums.by_kind:
        click.echo(f"{kind:<12} {accounts:>8} accounts  balance {balance:>20,} đ  held {pending:>16,} đ")
    click.echo(f"{sums.transfers} transfers; balances add up to {sum(row[2] for row in sums.by_kind)} đ.")
    broken = [each for each in findings if each.breaches]
    for finding in findings:
        click.echo(f"{'no  ' if finding.breaches else 'yes '} {finding.invariant}")
        for breach in finding.breaches:
            click.echo(f"       {breach}")
    click.echo("The ledger closes." if not broken else f"{len(broken)} invariants do not hold.")
    sys.exit(SOME_REJECTED if broken else 0)
