"""The way to a GSMA provider: what goes with every request, a key that is renewed once, and lists page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from workers.mobile_money.connection import Answer, Connection, as_json, content_hash
from workers.mobile_money.gsma_account import PAGE, read_extent
from workers.mobile_money.gsma_answers import read_error
from workers.mobile_money.gsma_wishes import OUR_ACCOUNT_IS_A
from workers.mobile_money.json_reading import read_object
from workers.mobile_money.keys import KeyedConnection, Keys
from workers.mobile_money.port import StatementCut

MOST_PAGES = 10_000
"""Of a hundred entries each: a month of a province is a tenth of it."""


def at_home(account: str) -> str:
    """The path of our own account."""
    return f"/accounts/{OUR_ACCOUNT_IS_A}/{quote(account, safe='')}"


def moment_now() -> str:
    """X-Date and requestDate, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class GsmaLine:
    """Every method raises NeverLeft or Lost when no answer came."""

    def __init__(self, connection: Connection, keys: Keys, *, hashed: bool = False) -> None:
        self._connection, self._hashed = KeyedConnection(connection, keys, _about_our_key), hashed
        self.within = connection.within

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        return self._connection.call("GET", path, headers={"X-Date": moment_now()}, query=query)

    def read(self, path: str) -> tuple[int, bytes]:
        answer = self.get(path)
        return answer.status, answer.body

    def change(self, method: str, path: str, id: UUID, wish: Any, now: str, callback_url: str = "") -> Answer:
        """Never without a correlation id: the standard allows it, and nothing could be asked about then."""
        headers = {"X-CorrelationID": str(id), "X-Date": now, "X-Channel": "USSD", "Content-Type": "application/json"}
        if callback_url:
            headers["X-Callback-URL"] = callback_url
        body = as_json(wish)
        if self._hashed:
            headers["X-Content-Hash"] = content_hash(body)
        return self._connection.call(method, path, headers=headers, body=body)

    def pages(self, path: str, query: Mapping[str, str]) -> Iterator[Answer]:
        """Page by page until they have no more; raises StatementCut for an answer that is no page.

        A short page is not the last one: they may give fewer at once than we ask for.
        """
        offset, before = 0, b""
        for _ in range(MOST_PAGES):
            answer = self.get(path, {**query, "limit": str(PAGE), "offset": str(offset)})
            if offset and _past_the_end(answer):
                return
            entries, available = read_extent(answer)
            if entries and answer.body == before:
                if entries < PAGE:
                    return
                raise StatementCut("pages_do_not_turn")
            yield answer
            offset, before = offset + entries, answer.body
            if entries == 0 or offset == available:
                return
        raise StatementCut("pages_without_end")


def _past_the_end(answer: Answer) -> bool:
    error = read_error(read_object(answer.body))
    return error is not None and error[1] == "invalidoffset"


def _about_our_key(answer: Answer) -> bool:
    """Not a person's or a party's lack of authority, which another token would not mend."""
    error = read_error(read_object(answer.body))
    return error is None or error[1] == "clientauthorisationerror"
