"""Reading what others post: every field is there, of a sane length, and plain text, or one sentence says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Response

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd]")


class BadForm(Exception):
    """What was posted cannot be used; the message is one sentence and holds nothing of what was posted."""


def field(form: Mapping[str, str], name: str, most: int, *, default: str | None = None) -> str:
    value = form.get(name, default)
    if value is None:
        raise BadForm(f"The field {name} is missing.")
    if len(value) > most:
        raise BadForm(f"The field {name} is longer than {most} characters.")
    if _NO_TEXT.search(value):
        raise BadForm(f"The field {name} holds characters that are not text.")
    return value


def sentence(words: str, status: int) -> Response:
    return Response(words + "\n", status=status, content_type="text/plain; charset=utf-8")
