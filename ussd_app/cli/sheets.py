"""`payments sheet`: what became of the news of every payment of a batch, to the unit."""

from __future__ import annotations

from pathlib import Path

import click

from ussd_app.actions.payments import NotAllowed
from ussd_app.cli.campaigns import write_csv
from ussd_app.cli.counter import Counter, in_one_sentence
from ussd_app.domain.phone import Phone
from ussd_app.store import sheets
from ussd_app.store.sheets import REMAINDERS, Place, Sheet

_WORDS = {
    Place.DELIVERED: "delivered",
    Place.ACCEPTED: "accepted, no report yet",
    Place.TO_SEND: "still to send",
    Place.FAILED: "failed",
    Place.UNSURE: "unsure",
    Place.NO_PHONE: "no phone",
}
_HEADER = ("commune_code", "commune", "person_code", "full_name", "programme", "cycle", "amount", "phone", "why")


@click.command("sheet")
@click.argument("batch", type=int)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="A folder for the lists of the remainders.")
@click.pass_obj
@in_one_sentence
def sheet(counter: Counter, batch: int, out: Path | None) -> None:
    """Paid = delivered + accepted + still to send + failed + unsure + no phone; the rest as lists for the communes."""
    with counter.open() as desk, desk.database.begin() as db:
        found = sheets.sheet(db, batch)
        if found is None:
            raise NotAllowed(f"There is no batch {batch}.")
        lists = {place: sheets.remainder(db, batch, place) for place in REMAINDERS} if out else {}
    for line in sheet_lines(found):
        click.echo(line)
    for place, rows in lists.items():
        assert out is not None  # noqa: S101 - there are lists only where there is a folder for them
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"batch-{batch}-{place.value}.csv"
        write_csv(_HEADER, [(*row[:-2], Phone(row.e164).masked() if row.e164 else "", row.note) for row in rows], path)
        click.echo(f"{len(rows):,} rows: {path}")


def sheet_lines(found: Sheet) -> list[str]:
    lines = [
        f"Batch {found.batch_id}: {found.listed:,} payments on the list, {found.paid:,} paid to {found.people:,} people"
    ]
    lines += [f"  {_WORDS[place]:<24}{count:>9,}" for place, count in found.by_place.items()]
    lines.append(
        f"  {'together':<24}{sum(found.by_place.values()):>9,}  {'balances' if found.balances else 'DOES NOT BALANCE'}"
    )
    return lines
