"""A row of a provider's statement file becomes one line with its local moment, or the reasons why not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.statements import LineKind, StatementLine
from ussd_app.lists.errors import Reject
from ussd_app.lists.fields import Fields
from ussd_app.lists.header import Columns
from ussd_app.lists.table import Row

STATEMENT = Columns(
    what="statement",
    required=("line_key", "at", "kind", "amount"),
    optional=("provider_reference", "order_id", "reference", "original_reference"),
)

MOST_IN_ONE_LINE = Dong(999_999_999_999)
"""A top-up may be a province's month; more digits than this are a slip."""


def read_line(row: Row, provider: str, zone: ZoneInfo) -> StatementLine | tuple[Reject, ...]:
    """`at` is ISO 8601; without an offset it is local time, so that the day is the day people had."""
    if row.rejects:
        return row.rejects
    fields = Fields(row)
    key, at, kind = fields["line_key"], _moment(fields, zone), _kind(fields)
    if not key or len(key) > 200:
        fields.reject("line_key", "the provider's own name of the line is missing, or longer than 200 characters")
    amount, attempt = _amount(fields), _order(fields)
    return tuple(fields.rejects) or StatementLine(
        provider,
        key,
        at,
        kind,
        amount,
        fields["provider_reference"],
        attempt,
        fields["reference"],
        fields["original_reference"],
    )


def _moment(fields: Fields, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(fields["at"])
    except ValueError:
        at = None
    if at is None or not re.match(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}", fields["at"]):
        fields.reject("at", "write the moment as 2026-11-23T14:05:00, in local time or with its offset")
        return datetime(2000, 1, 1, tzinfo=UTC)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _kind(fields: Fields) -> LineKind:
    try:
        return LineKind(fields["kind"].lower())
    except ValueError:
        fields.reject("kind", f"write {', '.join(LineKind)}")
        return LineKind.OTHER


def _amount(fields: Fields) -> Dong:
    written = fields["amount"]
    if match := re.fullmatch(r"([0-9]{1,15})(?:\.0{1,2})?", written):
        amount = int(match[1])
        if amount <= MOST_IN_ONE_LINE.amount:
            return Dong(amount)
        fields.reject("amount", f"more than {MOST_IN_ONE_LINE}: is this a typing error?")
    elif written.startswith("-"):
        fields.reject("amount", "an amount is never less than nothing: the kind says which way it went")
    else:
        fields.reject("amount", "write an amount in whole đồng, digits only")
    return NOTHING


def _order(fields: Fields) -> UUID | None:
    if not fields["order_id"]:
        return None
    try:
        return UUID(fields["order_id"])
    except ValueError:
        fields.reject("order_id", "an order_id of ours looks like 123e4567-e89b-12d3-a456-426614174000, or is empty")
        return None
