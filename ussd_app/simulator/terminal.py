"""The phone in the terminal: a screen drawn in a box, keys read a line at a time, messages as they come."""

from __future__ import annotations

import json
import sys
import textwrap
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from getpass import getpass
from typing import Any, Protocol
from urllib.parse import quote

import click

from ussd_app.simulator.gateway import Screen, UssdSession
from ussd_app.simulator.screens import Meter, asks_for_secret

COLUMNS = 24
PHONES_SHOWN = 12
LEAVE = "q"
WHAT_NEXT = "Enter calls again, m looks for messages, s WORDS sends one, q leaves: "
ANSWER_LOOKS, BETWEEN_LOOKS_S = 20, 0.25


class HungUp(Exception):
    """No more keys will come."""


class Keys(Protocol):
    def __call__(self, prompt: str, *, hidden: bool = False) -> str:
        """One line as it was typed; raises HungUp when there is no more."""
        ...


def keys_from_stdin(prompt: str, *, hidden: bool = False) -> str:
    """Piped keys, one a line, are shown as they are taken, so that the whole reads like a conversation."""
    if sys.stdin.isatty():
        try:
            return getpass(prompt) if hidden else input(prompt)
        except EOFError:
            raise HungUp from None
    line = sys.stdin.readline()
    if not line:
        raise HungUp
    typed = line.rstrip("\r\n")
    click.echo(prompt + ("•" * len(typed) if hidden else typed))
    return typed


@dataclass(slots=True)
class Terminal:
    """`url` is where the product runs; `service_code` what its phones dial."""

    url: str
    callback_token: str = field(repr=False)
    service_code: str
    keys: Keys = keys_from_stdin
    _seen: set[str] = field(default_factory=set, init=False)

    def choose_phone(self) -> str:
        phones = self._ask("phones?limit=" + str(PHONES_SHOWN)) or []
        for number, each in enumerate(phones, 1):
            click.echo(f"{number:>3}  {each['phone']}  {', '.join(each['people'])}")
        while True:
            typed = self.keys("Which phone? A line of the list, or a number: " if phones else "Which phone? ").strip()
            if typed == LEAVE:
                raise HungUp
            if typed.isdigit() and 1 <= int(typed) <= len(phones):
                return phones[int(typed) - 1]["phone"]
            if typed.startswith("+") and typed[1:].isdigit():
                return typed
            click.echo("That is not one of them; a number begins with +84.")

    def talk(self, phone: str) -> None:
        """One call after another, until q or the end of what was piped in."""
        self._seen = {each["id"] for each in self._inbox(phone)}
        click.echo(f"{phone} dials {self.service_code}. Answer and press Enter; q hangs up.")
        try:
            while True:
                self._call(phone)
                self._wait_for_another(phone)
        except HungUp:
            self._show_new_messages(phone)

    def _call(self, phone: str) -> None:
        call = UssdSession(f"{self.url}/callbacks/{self.callback_token}", phone, self.service_code)
        try:
            screen = call.dial()
            while True:
                self._show(screen, call.hops)
                self._show_new_messages(phone)
                if call.ended:
                    click.echo(f"The call failed: {call.error}." if call.error else "The line ended.")
                    return
                typed = self._answer(screen)
                if typed == LEAVE:
                    call.hang_up()
                    click.echo("You hung up.")
                    return
                screen = call.press(typed)
        except (KeyboardInterrupt, HungUp):
            call.hang_up()
            click.echo("\nYou hung up.")
            raise HungUp from None

    def _answer(self, screen: Screen) -> str:
        """An empty line sends nothing: nobody presses Send on an empty answer on purpose."""
        typed = ""
        while not typed:
            typed = self.keys("> ", hidden=asks_for_secret(screen.text)).strip()
        return typed

    def _wait_for_another(self, phone: str) -> None:
        while typed := self.keys(WHAT_NEXT).strip():
            word, _, text = typed.partition(" ")
            if word.lower() == LEAVE:
                raise HungUp
            if word.lower() == "s" and text.strip():
                self._send(phone, text.strip())
            elif word.lower() != "m":
                return
            elif not self._show_new_messages(phone):
                click.echo("No new message.")

    def _send(self, phone: str, text: str) -> None:
        """A message to the product's number, and the answer if it comes soon."""
        path = f"phones/{quote(phone, safe='+')}/messages"
        if self._ask(path, {"text": text}) is None:
            click.echo("It could not be sent.")
            return
        for _ in range(ANSWER_LOOKS):
            if self._show_new_messages(phone):
                return
            time.sleep(BETWEEN_LOOKS_S)
        click.echo("Sent. No answer yet: m looks again.")

    def _show(self, screen: Screen, hop: int) -> None:
        click.echo("\n" + boxed(screen.text))
        if screen.kind != "ERROR":
            click.echo(f"{Meter.of(screen.text)} · page {hop} · {screen.took_s * 1000:.0f} ms")

    def _show_new_messages(self, phone: str) -> bool:
        new = [each for each in self._inbox(phone) if each["id"] not in self._seen]
        for each in new:
            self._seen.add(each["id"])
            click.echo(
                f"\n✉ {each['from']}\n" + textwrap.fill(each["text"], 60, initial_indent="  ", subsequent_indent="  ")
            )
        return bool(new)

    def _inbox(self, phone: str) -> list[dict[str, str]]:
        return self._ask(f"phones/{quote(phone, safe='+')}/messages") or []

    def _ask(self, path: str, wish: dict[str, str] | None = None) -> Any:
        """None where the simulator is not served: a phone without an inbox is still a phone."""
        body = json.dumps(wish).encode() if wish is not None else None
        kind = {"Content-Type": "application/json"} if body else {}
        there = urllib.request.Request(f"{self.url}/simulator/api/{path}", body, kind)  # noqa: S310 - checked by the command
        try:
            with urllib.request.urlopen(there, timeout=5) as answer:  # noqa: S310
                return json.load(answer)
        except (OSError, ValueError):
            return None


def boxed(text: str) -> str:
    lines = [part for line in text.split("\n") for part in textwrap.wrap(line, COLUMNS) or [""]]
    body = [f"│ {line:<{COLUMNS}} │" for line in lines]
    return "\n".join([f"╭{'─' * (COLUMNS + 2)}╮", *body, f"╰{'─' * (COLUMNS + 2)}╯"])
