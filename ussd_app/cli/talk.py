"""`talk`: a phone in the terminal, on the line to the running stack or to any address that is given."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.error import HTTPError
from urllib.request import urlopen

import click

from ussd_app.settings import Settings
from ussd_app.simulator.terminal import HungUp, Terminal


def talk_command(find_port: Callable[[], int | None]) -> click.Command:
    """`find_port` tells where the stack of this checkout runs; None when it does not."""

    @click.command("talk")
    @click.option("--phone", metavar="E164", callback=_e164, help="The phone to pick up; else a list is shown.")
    @click.option("--url", metavar="URL", callback=_address, help="Where Bấm runs; else the stack of this checkout.")
    def talk(phone: str | None, url: str | None) -> None:
        """A phone in the terminal. Keys may be piped in, one answer a line."""
        port = None if url else find_port()
        if url is None and port is None:
            raise click.ClickException("Start it first: make run")
        settings = Settings.from_environment()
        terminal = Terminal(url or f"http://127.0.0.1:{port}", settings.callback_token, settings.ussd_code)
        _must_answer(terminal.url)
        try:
            terminal.talk(phone or terminal.choose_phone())
        except (KeyboardInterrupt, HungUp):
            click.echo("")

    return talk


def _e164(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"\+[1-9]\d{6,14}", value):
        raise click.BadParameter("a phone is written +84912000101.")
    return value


def _address(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"https?://[^/\s]+/?", value):
        raise click.BadParameter("an address is written http://127.0.0.1:8000.")
    return value.rstrip("/") if value else None


def _must_answer(url: str) -> None:
    try:
        urlopen(f"{url}/live", timeout=5).close()  # noqa: S310 - the option admits http and https only
    except HTTPError:
        return  # somebody is there
    except OSError as problem:
        raise click.ClickException(f"Nothing answers at {url}. Start it first: make run") from problem
