"""What the launcher says in the terminal: progress, where to go, what to press."""

from __future__ import annotations

import contextlib
import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from ussd_app.settings import Settings

_BEGAN = time.monotonic()
_PHONES_SHOWN = 4


def say(sentence: str) -> None:
    tell(f"[{time.monotonic() - _BEGAN:6.1f} s] {sentence}")


def tell(text: str) -> None:
    """A terminal that has gone away is no reason to stop."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


def complain(sentence: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        print(sentence, file=sys.stderr, flush=True)


def welcome(settings: Settings, var: Path) -> None:
    here = f"http://127.0.0.1:{settings.port}"
    lines = [
        "",
        "  Bấm is running.",
        "",
        f"  A phone            {here}/simulator/",
        f"  Logs               {var / 'log'}/",
        "",
        *_people(here),
        f"  Dial {settings.ussd_code}, press 1 for the balance.",
        "  Ctrl-C stops everything; your data stays for the next `make run`.",
        "",
    ]
    tell("\n".join(lines))


def _people(here: str) -> list[str]:
    phones = [line for entry in _phones(here) if (line := _line(entry))][:_PHONES_SHOWN]
    return ["  Some of the phones:", *phones, ""] if phones else []


def _phones(here: str) -> list[Any]:
    """Empty while there are no demo people, or no simulator."""
    try:
        with urllib.request.urlopen(f"{here}/simulator/api/phones", timeout=3) as answer:  # noqa: S310 - our own loopback
            found = json.load(answer)
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []


def _line(entry: object) -> str:
    if not isinstance(entry, dict) or not isinstance(entry.get("phone"), str):
        return ""
    people = entry.get("people")
    names = [_name(person) for person in people] if isinstance(people, list) else []
    return f"    {entry['phone']}   {', '.join(name for name in names if name)}".rstrip()


def _name(person: object) -> str:
    match person:
        case str():
            return person
        case {"name": str() as name} | {"full_name": str() as name} | {"given_name": str() as name}:
            return name
        case _:
            return ""
