"""`simulate`: a written session played against any service that speaks Africa's Talking's form."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

import click

from ussd_app.settings import Settings
from ussd_app.simulator.recording import without_codes
from ussd_app.simulator.replay import Played, Player, Service
from ussd_app.simulator.transcript import HIDDEN, BadTranscript, Drops, Transcript, read

SAME, DIFFERS, CANNOT = 0, 1, 2
COLOURS = {"-": "red", "+": "green"}


def simulate_command(find_port: Callable[[], int | None]) -> click.Command:
    """`find_port` tells where the stack of this checkout runs; None when it does not. No database is touched."""

    @click.command("simulate")
    @click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.File(encoding="utf-8"))
    @click.option("--url", metavar="URL", help="The service's whole callback address; else the stack of this checkout.")
    @click.option("--events-url", metavar="URL", default="", help="Where the service is told that a session ended.")
    @click.option("--phone", metavar="E164", default="", help="Who calls; else the phone that the transcript names.")
    @click.option("--secret", "given", metavar="NAME=VALUE", multiple=True, help="Else from SIMULATE_<NAME>, or asked for.")
    @click.option("--repeat", is_flag=True, help="Send every callback twice, and demand the same bytes.")
    @click.option(
        "--drop-after", metavar="N", default=0, type=click.IntRange(0), help="Drop the line after page N, dial again."
    )
    def simulate(
        files: tuple[TextIO, ...],
        url: str | None,
        events_url: str,
        phone: str,
        given: tuple[str, ...],
        repeat: bool,
        drop_after: int,
    ) -> None:
        """Play transcripts. Exit status 0: every page as written; 1: some differ; 2: something could not be played."""
        settings = Settings.from_environment()
        worst = SAME
        for file in files:
            try:
                transcript = read(file.read())
                service = _service(transcript, settings, url, events_url, find_port)
                player = Player(service, phone or transcript.phone, _secrets(transcript, given), repeat, drop_after)
                status = _play(Path(file.name).name, player, transcript)
            except (BadTranscript, UnicodeDecodeError) as problem:
                click.echo(f"{file.name}: {problem}", err=True)
                status = CANNOT
            worst = max(worst, status)
        sys.exit(worst)

    return simulate


def _service(
    transcript: Transcript, settings: Settings, url: str | None, events_url: str, find_port: Callable[[], int | None]
) -> Service:
    code = transcript.service_code(settings.ussd_code)
    if url:
        if not re.fullmatch(r"https?://[^/\s]+(/\S*)?", url):
            raise BadTranscript("--url is a whole address, as in http://127.0.0.1:5000/ussd.")
        return Service(url, code, events_url)
    port = find_port()
    if port is None:
        raise BadTranscript("There is nothing to play against: start it with `make run`, or give --url.")
    ours = f"http://127.0.0.1:{port}/callbacks/{settings.callback_token}"
    return Service(f"{ours}/ussd", code, f"{ours}/ussd-events")


def _secrets(transcript: Transcript, given: tuple[str, ...]) -> Mapping[str, str]:
    """By option, from the environment (`the PIN` is SIMULATE_THE_PIN), or from whoever sits there; never from the file."""
    spoken = {name: value for name, _, value in (each.partition("=") for each in given)}
    found: dict[str, str] = {}
    for name in transcript.secrets:
        variable = "SIMULATE_" + re.sub(r"\W+", "_", name).upper()
        value = spoken.get(name) or os.environ.get(variable, "")
        if not value and sys.stdin.isatty():
            value = click.prompt(name, hide_input=True, err=True)
        if not value:
            raise BadTranscript(f"{name} is needed: set {variable}, or give --secret '{name}=…'.")
        found[name] = value
    return found


def _play(name: str, player: Player, transcript: Transcript) -> int:
    if not re.fullmatch(r"\+[1-9]\d{6,14}", player.phone):
        raise BadTranscript("Who calls? Give --phone +84912000101, or write `phone +84912000101` at the top.")
    pages = 0
    try:
        for played in player.play(transcript):
            if played.difference and pages == 0 and "could not be reached" in played.why:
                raise BadTranscript(f"{played.why}.")
            _tell(played, player.secrets)
            if played.difference:
                click.echo(f"{name}: differs from line {played.step.line} on; what follows was not played.")
                return DIFFERS
            pages += not isinstance(played.step, Drops)
    finally:
        player.hang_up()
    click.echo(f"{name}: {pages} page{'s' * (pages != 1)}, all as written.")
    return SAME


def _tell(played: Played, secrets: Mapping[str, str]) -> None:
    click.echo(str(played.step))
    shown = played.screen.text.split("\n") if played.screen else []
    for line in played.difference or [f"  | {each}" for each in shown]:
        said = _masked(line, secrets)
        click.echo(click.style(said, fg=COLOURS[line[0]]) if line[0] in COLOURS else said)
    if played.why and played.difference:
        click.echo(f"  ({played.why})")


def _masked(line: str, secrets: Mapping[str, str]) -> str:
    """Terminals and build logs are kept: what a page reads out to one person shall not be kept with them."""
    for value in secrets.values():
        line = line.replace(value, HIDDEN)
    return without_codes(line, hotline=Settings.from_environment().hotline)
