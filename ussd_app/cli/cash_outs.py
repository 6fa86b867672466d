"""`cash-outs`: those about which a person must decide, by two officers, and those that came out otherwise than said."""

from __future__ import annotations

from typing import cast

import click
from sqlalchemy import text

from ussd_app.actions import declarations
from ussd_app.actions.declarations import Verdict
from ussd_app.cli.care import AS, BECAUSE
from ussd_app.cli.counter import Counter, in_one_sentence, officer_named
from ussd_app.cli.tables import show
from ussd_app.domain.money import Dong


@click.command("unknown")
@click.pass_obj
@in_one_sentence
def list_unknown(counter: Counter) -> None:
    """Cash-outs that the provider does not know and that may no longer be sent: somebody must find out."""
    with counter.open() as desk, desk.database.begin() as db:
        rows = declarations.unknown(db, desk.now())
        local = desk.desk.local
    cells = (
        [r.reference, f"{local(r.asked_at):%d/%m/%Y %H:%M}", str(Dong(r.amount)), r.point_code, r.verdict, r.declared_by]
        for r in rows
    )
    show(("cash-out", "asked", "amount", "point", "declared", "by"), cells, None)
    if not rows:
        click.echo("No cash-out waits for anyone's word.")


@click.command("declare")
@click.argument("reference")
@click.argument("verdict", type=click.Choice(["paid", "failed"]))
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def declare(counter: Counter, reference: str, verdict: str, officer: str, because: str) -> None:
    """Say what became of it; once another officer says the same, it is so. `failed` gives the money back."""
    with counter.open() as desk:
        with desk.database.begin() as db:
            by = officer_named(db, officer)
            done = declarations.declare(
                db, desk.desk, reference, cast(Verdict, verdict), by, because=because, now=desk.now()
            )
        desk.doorbell.ring_all()
    if done:
        click.echo(f"{reference} is {verdict}, by the word of two.")
    else:
        click.echo(f"Declared. Another officer now runs: cash-outs declare {reference} {verdict} --as THEIR-NAME")


@click.command("withdraw")
@click.argument("reference")
@AS
@click.pass_obj
@in_one_sentence
def withdraw(counter: Counter, reference: str, officer: str) -> None:
    """Take back what you have declared, while nobody has confirmed it."""
    with counter.open() as desk, desk.database.begin() as db:
        declarations.withdraw(db, desk.desk, reference, officer_named(db, officer), desk.now())
    click.echo(f"Nothing is declared about {reference}.")


@click.command("findings")
@click.pass_obj
@in_one_sentence
def findings(counter: Counter) -> None:
    """What an officer must look at: paid after all, taken back, more back than was paid, a wallet in another's name."""
    with counter.open() as desk, desk.database.begin() as db:
        rows = db.execute(
            text("""SELECT f.reference, f.kind, o.reference AS cash_out, o.amount, f.first_at, f.how_often,
                           c.name || coalesce(' (' || c.officer_name || ')', '') AS owner
                    FROM cash_out_finding f JOIN cash_out o ON o.id = f.cash_out_id
                    JOIN person p ON p.id = o.person_id JOIN commune c ON c.id = p.commune_id
                    WHERE f.closed_at IS NULL ORDER BY f.first_at DESC""")
        ).all()
    cells = (
        [
            r.reference,
            r.kind.replace("_", " "),
            r.cash_out,
            str(Dong(r.amount)),
            f"{r.first_at:%d/%m/%Y}",
            str(r.how_often),
            r.owner,
        ]
        for r in rows
    )
    show(("finding", "what", "cash-out", "amount", "since", "times", "owner"), cells, None)
    if not rows:
        click.echo("Nothing came out otherwise than was said.")


@click.command("settle-finding")
@click.argument("reference")
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def settle_finding(counter: Counter, reference: str, officer: str, because: str) -> None:
    """Somebody has looked into a finding: it leaves the list, with the reason kept. No money moves."""
    with counter.open() as desk, desk.database.begin() as db:
        declarations.settle_finding(db, reference, officer_named(db, officer), because=because, now=desk.now())
    click.echo(f"Finding {reference} is settled by {officer}.")


COMMANDS = (list_unknown, declare, withdraw, findings, settle_finding)
