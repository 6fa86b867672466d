"""Reading what others post: every field is there, of a sane length, and plain text, or one sentence says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response


class BadForm(Exception):
    """What was posted cannot be used; the message is one sentence and holds nothing of what was posted."""


def field(form: Mapping[str, str], name: str, most: int, *, default: str | None = None) -> str:
    value = form.get(name, default)
    if value is None:
        raise BadForm(f"The field {name} is missing.")
    if len(value) > most:
        raise BadForm(f"The field {name} is longer than {most} characters.")
    if any(ord(character) < 32 and character not in "\t\n\r" for character in value) or "\ufffd" in value:
        raise BadForm(f"The field {name} holds characters that are not text.")
    return value


def sentence(words: str, status: int) -> Response:
    return Response(words + "\n", status=status, content_type="text/plain; charset=utf-8")
