"""What the provider's pages share: both ways to write an account in an address, and lists page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from ussd_app.simulator.networks.gsma.accounts import Account, NoNumber
from ussd_app.simulator.networks.gsma.errors import Refusal, unknown
from ussd_app.simulator.networks.gsma.receiving import moment
from ussd_app.simulator.networks.gsma.statements import Page

MOST_RECORDS = 1000


def account_rule(pages: Blueprint, method: str, rest: str, view: Callable[..., Response], *, nobody: bool = False) -> None:
    """`/accounts/msisdn/+849…/rest` and `/accounts/msisdn@+849…$walletid@7/rest`; `view` is given the account first.

    With `nobody` an msisdn that cannot be one is an account that does not exist, and no error in the address.
    """

    def by_one(kind: str, identifier: str, **more: str) -> Response:
        return view(named(Account.named, kind, identifier), **more)

    def by_several(identities: str, **more: str) -> Response:
        return view(named(Account.of_path, identities), **more)

    def named(read: Callable[..., Account], *words: str) -> Account:
        try:
            return read(*words)
        except NoNumber:
            raise unknown("account") if nobody else NoNumber from None

    name = f"{method}_{view.__name__}"
    pages.add_url_rule(f"/accounts/<kind>/<identifier>{rest}", f"{name}_one", by_one, methods=[method])
    pages.add_url_rule(f"/accounts/<identities>{rest}", f"{name}_several", by_several, methods=[method])


def page(query: Mapping[str, str]) -> Page:
    limit, offset = query.get("limit", "50"), query.get("offset", "0")
    if not (limit.isdecimal() and offset.isdecimal() and len(limit + offset) < 18):
        raise Refusal("validation", "invalidOffset", "limit and offset are whole numbers.")
    return Page(
        min(int(limit), MOST_RECORDS),
        int(offset),
        _moment(query, "fromDateTime"),
        _moment(query, "toDateTime"),
        query.get("transactionStatus", ""),
        query.get("transactionType", query.get("displayType", "")),
    )


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    """A plus sign that nobody escaped arrives as a space; a moment without its zone is taken as UTC."""
    try:
        at = moment(query.get(name, "").strip().replace(" ", "+"))
    except ValueError:
        raise Refusal("validation", "formatError", f"{name} is no date and time.") from None
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def listed(items: list[dict[str, Any]], available: int) -> Response:
    answer = jsonify(items)
    answer.headers["X-Records-Available-Count"] = str(available)
    answer.headers["X-Records-Returned-Count"] = str(len(items))
    return answer
