"""`payments returned` and `payments send-again`: what banks, wallets and communes sent back, and its second way out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ussd_app.actions import sending_again as actions
from ussd_app.cli.adjustments import AS, BECAUSE, asked, moment
from ussd_app.cli.counter import ALL_WENT_IN, NOTHING_DONE, SOME_REJECTED, Counter, in_one_sentence, officer_named
from ussd_app.cli.tables import show
from ussd_app.domain.adjustments import Kind
from ussd_app.domain.money import Dong
from ussd_app.store import adjustments, sent_back

HEADER = (
    "payment", "name", "commune", "programme", "cycle", "here", "can be sent", "came back", "because", "paid through",
    "account mended", "waits as number",
)  # fmt: skip


@click.command("returned")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="Write a CSV here instead of showing it.")
@click.pass_obj
@in_one_sentence
def returned(counter: Counter, to: Path | None) -> None:
    """Payments that came back and have not gone out again, the longest first."""
    with counter.open() as desk, desk.database.begin() as db:
        found = sent_back.waiting(db)
        waits = adjustments.asked_for(db, [Kind.SEND_AGAIN], [each.grant_id for each in found])
    rows = (
        (
            str(each.payment_id), each.full_name, each.commune, each.programme, each.cycle, str(each.here),
            str(each.amount), moment(desk, each.came_back_at), each.reason, each.method.value,
            "no" if each.same_account else moment(desk, each.account_changed_at),
            str(waits[each.grant_id][0]) if each.grant_id in waits else "",
        )
        for each in found
    )  # fmt: skip
    show(HEADER, rows, to)
    click.echo(f"{len(found)} payments came back and are here, {Dong(sum(each.here.amount for each in found))}.")


@click.command("send-again")
@click.argument("payments", type=int, nargs=-1, required=True, metavar="PAYMENT...")
@click.option("--same-account", is_flag=True, help="It goes to the account that it came back from, and is meant to.")
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def send_again(counter: Counter, payments: tuple[int, ...], same_account: bool, officer: str, because: str) -> None:
    """Ask that payments which came back go out again, each once, to where their owners are paid now.

    PAYMENT is the number in `payments returned`. The last line is the number to agree to.
    """
    with counter.open() as desk, desk.database.begin() as db:
        by = officer_named(db, officer)
        number, total, problems = actions.ask(db, payments, because, by, desk.now(), same_account=same_account)
    for each in problems:
        click.echo(f"not asked for: {each}", err=True)
    if number is None:
        sys.exit(NOTHING_DONE)
    asked(number, f"{total} would be sent out again")
    sys.exit(SOME_REJECTED if problems else ALL_WENT_IN)
