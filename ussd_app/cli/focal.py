"""`focal`: what a commune keeps for its people is handed out in cash, in sessions that two officers answer for."""

from __future__ import annotations

import sys
from pathlib import Path
from uuid import uuid4

import click
from sqlalchemy import text

from ussd_app.actions import focal
from ussd_app.actions.payments import NotAllowed
from ussd_app.actions.programmes import known_cycle
from ussd_app.cli.counter import ALL_WENT_IN, SOME_REJECTED, Counter, in_one_sentence, in_words, officer_named
from ussd_app.cli.lists import go_through
from ussd_app.cli.tables import show
from ussd_app.domain.money import Dong
from ussd_app.lists.hand_outs import HAND_OUTS, HandOut, read_hand_out
from ussd_app.lists.payments import read_amount
from ussd_app.store import trust

AS = click.option("--as", "officer", required=True, help="The officer who does it.")
TO = click.option("--to", type=click.Path(path_type=Path), help="Write a CSV here instead of showing it.")
HEADER = ("session", "number", "full_name", "birth_year", "programmes", "amount", "paid", "received_by")


@click.command("open-session")
@click.argument("commune")
@click.option("--cycle", required=True, help="The newest month that is handed out, YYYY-MM; older money is with it.")
@click.option("--place", default="", help="Where it is handed out.")
@AS
@TO
@click.pass_obj
@in_one_sentence
def open_session(counter: Counter, commune: str, cycle: str, place: str, officer: str, to: Path | None) -> None:
    """Make the list of who gets what and hold it for this session; the last line is the session's number."""
    month = known_cycle(cycle)
    with counter.open() as desk, desk.database.begin() as db:
        session = focal.open_session(db, uuid4(), commune, month, place, officer_named(db, officer), desk.now())
        parts = trust.parts(db, session.id)
        _show(session.id, parts, to)
    total = Dong(sum(each.amount.amount for each in parts))
    click.echo(f"{len(parts)} people, {total}. Whoever counts at the end is another officer.\n{session.id}")


@click.command("list")
@click.argument("session", type=int)
@TO
@click.pass_obj
@in_one_sentence
def list_session(counter: Counter, session: int, to: Path | None) -> None:
    """The list of a session as it stands: write `yes` or an amount under `paid`, and hand it in."""
    with counter.open() as desk, desk.database.begin() as db:
        parts = trust.parts(db, session)
        if not parts:
            raise NotAllowed(f"There is no session {session}.")
        _show(session, parts, to)


def _show(session: int, parts: list[trust.Part], to: Path | None) -> None:
    rows = [
        (
            str(session), str(each.number), each.full_name, str(each.birth_year or ""), each.programmes,
            str(each.amount.amount), str(each.handed.amount) if each.handed else "", each.received_by,
        )
        for each in parts
    ]  # fmt: skip
    show(HEADER, rows, to)


@click.command("hand-out")
@click.argument("session", type=int)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--person", type=int, help="Instead of a file: one person's number on the list.")
@click.option("--amount", help="With --person: less than the whole amount.")
@click.option("--received-by", default="", help="With --person: who came in their place.")
@AS
@click.pass_obj
@in_one_sentence
def hand_out(
    counter: Counter,
    session: int,
    file: Path | None,
    person: int | None,
    amount: str | None,
    received_by: str,
    officer: str,
) -> None:
    """Write down who was paid, from the list as it comes back or one by one. The same list twice changes nothing."""
    if (file is None) == (person is None):
        raise NotAllowed("Name a FILE, or one --person by the number on the list.")
    with counter.open() as desk, desk.database.begin() as db:
        hands = focal.Hands(db, session, officer_named(db, officer), desk.now())
        if file is not None:
            rejected = go_through(file, HAND_OUTS, read_hand_out, hands.enter, "hand-outs")
        else:
            paid = _amount(amount) if amount else None
            refused = hands.enter([HandOut(0, session, person or 0, paid, received_by)])
            if refused:
                raise NotAllowed(f"Number {person}: {refused[0].reason}.")
            rejected = 0
    click.echo(
        f"{hands.handed} paid, {Dong(hands.total)}; {hands.unchanged} as they were; {hands.not_there} not there;"
        f" {rejected} rows rejected."
    )
    sys.exit(SOME_REJECTED if rejected else ALL_WENT_IN)


def _amount(written: str) -> Dong:
    read = Dong(0) if written == "0" else read_amount(written)
    if not isinstance(read, Dong):
        raise NotAllowed(f"{written}: {read}.")
    return read


@click.command("close-session")
@click.argument("session", type=int)
@click.option("--counted", required=True, help="The cash that is left, counted by the officer who closes.")
@AS
@click.pass_obj
@in_one_sentence
def close_session(counter: Counter, session: int, counted: str, officer: str) -> None:
    """A second officer counts what is left and closes; who was not there keeps their part."""
    rest = Dong(0) if counted == "0" else _sum(counted)
    with counter.open() as desk, desk.database.begin() as db:
        closed = focal.close_session(db, session, rest, officer_named(db, officer), desk.now())
    click.echo(f"Session {session} is closed by {officer}: {closed.not_there} were not there and keep their part.")
    for name, times in closed.came_for_several:
        click.echo(f"{name} came for {times} people: ask those people whether they have their money.")
    if closed.difference:
        more = "more" if closed.difference > 0 else "less"
        click.echo(
            f"Counted {closed.counted}, that is {Dong(abs(closed.difference))} {more} than {closed.expected}."
            f" No other session opens until it is explained: focal explain {session}."
        )
        sys.exit(SOME_REJECTED)
    click.echo(f"The count is right: {closed.counted}.")


def _sum(written: str) -> Dong:
    digits = written.replace(".", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        raise NotAllowed(f"{written!r} is not an amount in whole đồng.")
    return Dong(int(digits))


@click.command("explain")
@click.argument("session", type=int)
@click.option("--because", required=True, callback=in_words, help="Why the count was wrong; it is kept.")
@AS
@click.pass_obj
@in_one_sentence
def explain(counter: Counter, session: int, because: str, officer: str) -> None:
    """Say why a closed session's count was wrong; never whoever opened it."""
    with counter.open() as desk, desk.database.begin() as db:
        focal.explain(db, session, because, officer_named(db, officer), desk.now())
    click.echo(f"Session {session} is explained by {officer}.")


@click.command("communes")
@click.pass_obj
@in_one_sentence
def communes(counter: Counter) -> None:
    """What each commune keeps: it must equal the balance of its focal account."""
    with counter.open() as desk, desk.database.begin() as db:
        rows = db.execute(
            text("""SELECT a.commune_code, coalesce(max(c.name), ''), count(DISTINCT a.kept_for),
                           sum(a.credits_posted - a.debits_posted)::bigint, sum(a.debits_pending)::bigint
                    FROM account a LEFT JOIN commune c ON c.code = a.commune_code AND c.valid_to IS NULL
                    WHERE a.kind = 'trust' GROUP BY 1 ORDER BY 1""")
        ).all()
    show(("commune", "name", "people", "kept", "in a session"), [tuple(str(each) for each in row) for row in rows], None)
