"""The small print of what providers write: names and words in any case, amounts as text, moments without a zone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ussd_app.domain.money import Dong


def read_object(body: bytes) -> dict[str, Any] | None:
    """A JSON object with its names in lower case at every depth: providers differ from the standard in case."""
    read = read_json(body)
    return read if isinstance(read, dict) else None


def read_json(body: bytes) -> Any:
    """None for what is not JSON."""
    try:
        return json.loads(body, object_pairs_hook=lambda pairs: {name.lower(): value for name, value in pairs})
    except (ValueError, RecursionError):
        return None


def read_amount(written: object) -> Dong | None:
    """`500000` or `500000.00`; anything else, and any part of a đồng, is not an amount."""
    match = re.fullmatch(r"(0|[1-9][0-9]{0,17})(\.0{1,4})?", written) if isinstance(written, str) else None
    return Dong(int(match[1])) if match else None


def word(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def moment(written: object) -> datetime | None:
    """An ISO 8601 moment; without a zone it is UTC."""
    try:
        read = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def pairs(answer: Mapping[str, Any], name: str = "metadata") -> dict[str, str]:
    """A list of `{"key": …, "value": …}`, as GSMA writes metadata, custom data and parties; keys in lower case."""
    listed = answer.get(name)
    return {
        word(each.get("key")): str(each["value"])
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict) and each.get("value")
    }


def same_number(one: str, other: str) -> bool:
    """Two ways to write one phone number: only its digits count."""
    return bool(one) and re.sub(r"\D", "", one) == re.sub(r"\D", "", other)
