"""`pins`, `phones`, `helpers` and `people look-up`: what an officer does for one person, each time written down."""

from __future__ import annotations

import click
from sqlalchemy import Connection

from ussd_app.actions import pin_resets, records
from ussd_app.actions.payments import NotAllowed
from ussd_app.actions.people import person_named
from ussd_app.cli.counter import Counter, Open, in_one_sentence, in_words, officer_named
from ussd_app.cli.record import record_lines
from ussd_app.domain.phone import Phone, read_phone
from ussd_app.store import phones

WHO = click.option("--person", prompt="National id or person code", help="Asked for when it is not given.")
AS = click.option("--as", "officer", required=True, help="The officer who does it.")
BECAUSE = click.option("--because", required=True, callback=in_words, help="Why, in a few words; it is kept.")
CONSENT = click.option("--consent", required=True, callback=in_words, help="How the person agreed; kept and binding.")


def _phone(written: str, counter: Counter) -> Phone:
    read = read_phone(written, counter.settings.default_region)
    if read is None:
        raise NotAllowed(f"{written!r} is not a phone number.")
    return read.phone


def _person(db: Connection, desk: Open, named: str) -> int:
    person_id = person_named(db, desk.desk.vault, named)
    if person_id is None:
        raise NotAllowed("Nobody on the list has this national id or person code.")
    return person_id


@click.command("ask-reset")
@WHO
@AS
@click.option("--checked", required=True, callback=in_words, help="How you knew who it is: a card, a voice.")
@click.pass_obj
@in_one_sentence
def ask_reset(counter: Counter, person: str, officer: str, checked: str) -> None:
    """Ask for a temporary PIN for someone who forgot theirs; another officer sends it."""
    with counter.open() as desk, desk.database.begin() as db:
        number = pin_resets.ask(db, _person(db, desk, person), officer_named(db, officer), checked=checked, now=desk.now())
    click.echo(f"Asked. Another officer now runs: pins send-reset {number} --as THEIR-NAME\n{number}")


@click.command("send-reset")
@click.argument("request", type=int)
@AS
@click.option("--phone", help="Which of the person's proved numbers; else the oldest.")
@click.pass_obj
@in_one_sentence
def send_reset(counter: Counter, request: int, officer: str, phone: str | None) -> None:
    """Send the temporary PIN that another officer asked for. Nobody but its owner ever sees it."""
    to = _phone(phone, counter) if phone else None
    with counter.open() as desk:
        with desk.database.begin() as db:
            sent = pin_resets.give(
                db,
                desk.desk,
                request,
                officer_named(db, officer),
                digits=counter.settings.pin_length,
                now=desk.now(),
                to=to,
            )
        desk.doorbell.ring_all()
    click.echo(f"A temporary PIN goes to {sent.masked()}.")


@click.command()
@click.argument("phone")
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def doubt(counter: Counter, phone: str, officer: str, because: str) -> None:
    """From now on this number hears neither name nor amount, until it is proved again."""
    number = _phone(phone, counter)
    with counter.open() as desk, desk.database.begin() as db:
        by = officer_named(db, officer)
        served = phones.doubt(db, number.e164, because=because, officer_id=by.id, now=desk.now())
    click.echo(f"{number.masked()} is unproven: it served {served}.")


@click.command()
@click.argument("phone")
@WHO
@AS
@BECAUSE
@click.pass_obj
@in_one_sentence
def prove(counter: Counter, phone: str, person: str, officer: str, because: str) -> None:
    """This number is surely this person's again."""
    number = _phone(phone, counter)
    with counter.open() as desk, desk.database.begin() as db:
        by, who = officer_named(db, officer), _person(db, desk, person)
        proved = phones.prove(db, number.e164, who, because=because, officer_id=by.id, now=desk.now())
    click.echo(f"{number.masked()} is proved." if proved else "Nothing to prove: it is not an unproven number of theirs.")


@click.command("add")
@click.argument("phone")
@click.argument("name")
@WHO
@AS
@CONSENT
@click.pass_obj
@in_one_sentence
def add_helper(counter: Counter, phone: str, name: str, person: str, officer: str, consent: str) -> None:
    """A person agrees that someone else reads and confirms for them, from that phone; never with a PIN."""
    number = _phone(phone, counter)
    with counter.open() as desk, desk.database.begin() as db:
        by, who = officer_named(db, officer), _person(db, desk, person)
        phones.consent_to_help(db, who, number.e164, name=name, consent=consent, officer_id=by.id, now=desk.now())
    click.echo(f"{name} helps from {number.masked()}.")


@click.command("end")
@click.argument("phone")
@WHO
@click.pass_obj
@in_one_sentence
def end_helper(counter: Counter, phone: str, person: str) -> None:
    """The help ends at once."""
    number = _phone(phone, counter)
    with counter.open() as desk, desk.database.begin() as db:
        ended = phones.end_help(db, _person(db, desk, person), number.e164, desk.now())
    click.echo("Ended." if ended else "This number did not help with this person.")


@click.command("look-up")
@WHO
@AS
@CONSENT
@click.pass_obj
@in_one_sentence
def look_up(counter: Counter, person: str, officer: str, consent: str) -> None:
    """Read one person's record on their behalf. The consent is kept, and the person is told by SMS."""
    with counter.open() as desk:
        with desk.database.begin() as db:
            by, who = officer_named(db, officer), _person(db, desk, person)
            records.look_up(db, desk.desk, who, by.id, consent=consent, now=desk.now())
            lines = record_lines(db, who)
        desk.doorbell.ring_all()
    click.echo("\n".join(lines))
