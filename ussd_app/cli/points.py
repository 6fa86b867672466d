"""`points`: which pay points there are, when they pay, and what an officer does about one."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import click
from sqlalchemy import text

from ussd_app.actions import points as actions
from ussd_app.actions.payments import NotAllowed
from ussd_app.actions.redemptions import say_cash
from ussd_app.cli.care import AS, BECAUSE
from ussd_app.cli.counter import Counter, in_one_sentence, officer_named
from ussd_app.cli.tables import show
from ussd_app.domain.money import Dong
from ussd_app.store import points

TO = click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="Write a CSV there instead.")


@click.command("list")
@click.option("--commune", help="Only this commune's, by its code.")
@TO
@click.pass_obj
@in_one_sentence
def list_points(counter: Counter, commune: str | None, to: Path | None) -> None:
    """Every point: open or why not, its hours, and what people say was handed over too little."""
    with counter.open() as desk, desk.database.begin() as db:
        today = desk.desk.local(desk.now()).date()
        rows = db.execute(
            text("""SELECT t.code, t.name, c.code AS commune, CASE WHEN NOT t.open THEN 'closed'
                        WHEN t.suspended_because IS NOT NULL THEN 'suspended: ' || t.suspended_because
                        WHEN t.no_cash_on = :today THEN 'no cash today' ELSE 'open' END AS state,
                        coalesce(to_char(t.opens_at, 'HH24:MI') || '-' || to_char(t.shuts_at, 'HH24:MI'), '') AS hours,
                        (SELECT count(*) FROM cash_out WHERE point_code = t.code AND given IN ('less', 'nothing')) AS short
                    FROM point t JOIN commune c ON c.id = t.commune_id
                    WHERE CAST(:commune AS text) IS NULL OR c.code = :commune ORDER BY t.code"""),
            {"today": today, "commune": commune},
        ).all()
    header = ("point", "name", "commune", "state", "hours", "short")
    show(header, ([str(cell) for cell in row] for row in rows), to)
    if not rows:
        click.echo("There is no such point.")


@click.command("open")
@click.argument("point")
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def open_point(counter: Counter, point: str, officer: str, because: str) -> None:
    """Open a point again; this also ends its suspension."""
    with counter.open() as desk, desk.database.begin() as db:
        actions.open_or_close(db, point, officer_named(db, officer), open=True, because=because, now=desk.now())
    click.echo(f"{point} is open.")


@click.command("close")
@click.argument("point")
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def close_point(counter: Counter, point: str, officer: str, because: str) -> None:
    """Close a point: no cash-out is offered there any more."""
    with counter.open() as desk, desk.database.begin() as db:
        actions.open_or_close(db, point, officer_named(db, officer), open=False, because=because, now=desk.now())
    click.echo(f"{point} is closed.")


@click.command("suspend")
@click.argument("point")
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def suspend_point(counter: Counter, point: str, officer: str, because: str) -> None:
    """Stop a point for a reason that is kept; `points open` ends it."""
    with counter.open() as desk, desk.database.begin() as db:
        waiting = actions.suspend(db, point, officer_named(db, officer), because=because, now=desk.now())
    click.echo(f"{point} is suspended; {waiting} codes were waiting there.")


@click.command("cash")
@click.argument("point")
@click.argument("has", type=click.Choice(["yes", "no"]))
@AS
@click.pass_obj
@in_one_sentence
def cash(counter: Counter, point: str, has: str, officer: str) -> None:
    """Say whether a point has cash for the rest of today."""
    with counter.open() as desk, desk.database.begin() as db:
        actions.known(db, point)
        by = officer_named(db, officer)
        say_cash(db, desk.desk, point, has_cash=has == "yes", officer_id=by.id, now=desk.now())
    click.echo(f"{point} has {'cash' if has == 'yes' else 'no cash today'}.")


@click.command("hours")
@click.argument("point")
@click.argument("opens")
@click.argument("shuts")
@click.option("--days", default="1234567", show_default=True, help="Monday is 1: 12345 is Monday to Friday.")
@AS
@click.pass_obj
@in_one_sentence
def hours(counter: Counter, point: str, opens: str, shuts: str, days: str, officer: str) -> None:
    """Say from when until when a point is open, such as 07:30 17:00."""
    try:
        since, until = time.fromisoformat(opens), time.fromisoformat(shuts)
        on = frozenset(int(each) for each in days)
    except ValueError:
        raise NotAllowed("Hours are written like 07:30 17:00, and days like 12345.") from None
    if since >= until or not on or not on <= frozenset(range(1, 8)):
        raise NotAllowed("A point opens before it shuts, on at least one day from 1 (Monday) to 7 (Sunday).")
    with counter.open() as desk, desk.database.begin() as db:
        actions.known(db, point)
        points.set_hours(db, point, since, until, on)
        points.note(
            db, point, "hours", because=f"{opens}-{shuts}", officer_id=officer_named(db, officer).id, now=desk.now()
        )
    click.echo(f"{point} is open from {opens} until {shuts}.")


@click.command("short")
@click.option("--commune", help="Only this commune's, by its code.")
@TO
@click.pass_obj
@in_one_sentence
def short(counter: Counter, commune: str | None, to: Path | None) -> None:
    """What people say was handed over too little, point by point, newest first."""
    with counter.open() as desk, desk.database.begin() as db:
        rows = db.execute(
            text("""SELECT t.code, t.name, o.reference, o.amount, o.given_amount, k.reference AS ticket, o.given_at
                    FROM cash_out o JOIN point t ON t.code = o.point_code JOIN commune c ON c.id = t.commune_id
                         LEFT JOIN LATERAL (SELECT reference FROM complaint WHERE person_id = o.person_id
                             AND kind = 'short_cash' AND opened_at <= o.given_at ORDER BY opened_at DESC LIMIT 1) k ON true
                    WHERE o.given IN ('less', 'nothing') AND (CAST(:commune AS text) IS NULL OR c.code = :commune)
                    ORDER BY t.code, o.given_at DESC"""),
            {"commune": commune},
        ).all()
    header = ("point", "name", "cash-out", "amount", "given", "ticket")
    cells = ([r.code, r.name, r.reference, str(Dong(r.amount)), str(Dong(r.given_amount)), r.ticket or ""] for r in rows)
    show(header, cells, to)
    if not rows:
        click.echo("Nobody says that too little was handed over.")


COMMANDS = (list_points, open_point, close_point, suspend_point, cash, hours, short)
