"""What a wire is: it reads what one kind of gateway posts, and writes a page as that gateway wants it."""

from __future__ import annotations

from typing import Protocol

from flask import Request, Response

from ussd_app.domain.phone import Phone
from ussd_app.http.callback import Callback, Ending
from ussd_app.http.form import BadForm

MOST_TEXT = 1_000  # characters in one session's keys: four times what 180 seconds of pressing give
MOST_NAME = 100
MOST_NETWORK = 20


class Wire(Protocol):
    name: str
    """Also the last part of its path: `/callbacks/T/ussd/<name>`."""

    def read(self, request: Request) -> Callback | Ending:
        """Raises BadForm."""
        ...

    def write(self, call: Callback, body: str, screen: str) -> Response:
        """`body` is `CON …` or `END …`; `screen` is the permanent name of what is shown."""
        ...


def phone_of(written: str, field: str) -> Phone:
    """`84912345678` and `+84912345678` are the same number on a wire."""
    try:
        return Phone(written if written.startswith("+") else "+" + written)
    except ValueError as problem:
        raise BadForm(f"The field {field} is not a number like +84912345678.") from problem


def session_of(wire: str, written: str, field: str) -> str:
    """Sessions of two gateways may bear the same id."""
    if not written:
        raise BadForm(f"The field {field} is empty.")
    return f"{wire}:{written}"
