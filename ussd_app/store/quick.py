"""How the two statements of a turn are spoken to PostgreSQL: prepared once on each connection, straight through libpq.

SQLAlchemy, and then psycopg's own cursors, cost more processor time there than the statements themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result
from sqlalchemy import Connection

# A place in a dialogue may be lost with the last 200 ms of a crashed PostgreSQL: the caller is asked again.
# Every statement here finds a few rows by a key: one plan is kept for each, and a plan that was made while a
# table was still empty must not read all of it later.
_BY_KEY = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"
_OPTIONS = _BY_KEY + " -c synchronous_commit=off -c statement_timeout=4s"  # the caller has hung up by then
_LASTING = _BY_KEY + " -c statement_timeout=30s"

_TEXT, _BINARY = 0, 1
_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Speaker(Protocol):
    """Says one statement; its values are named `%(like_this)s`. The only row, and how many rows there were."""

    def say(self, statement: str, values: Mapping[str, Any]) -> tuple[tuple[Any, ...] | None, int]: ...


class InTransaction:
    """Within somebody's transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def say(self, statement: str, values: Mapping[str, Any]) -> tuple[tuple[Any, ...] | None, int]:
        result = self._db.exec_driver_sql(statement, dict(values))
        count = result.rowcount
        row = result.first() if result.returns_rows else None
        return (None if row is None else tuple(row)), count


class Quick:
    """A connection of its own, on which each statement is a transaction; `lasting` ones outlive a crash of the server."""

    def __init__(self, url: str, *, lasting: bool = False) -> None:
        options = _LASTING if lasting else _OPTIONS
        self._connection = psycopg.connect(url, autocommit=True, options=options, connect_timeout=4)
        self._server = self._connection.pgconn
        self._prepared: dict[str, tuple[bytes, tuple[str, ...]]] = {}

    def say(self, statement: str, values: Mapping[str, Any]) -> tuple[tuple[Any, ...] | None, int]:
        name, names = self._prepared.get(statement) or self._prepare(statement)
        written = [_written(values[each]) for each in names]
        result = self._server.exec_prepared(
            name,
            [value for value, _ in written],  # pyright: ignore[reportArgumentType] - None is a NULL, as in libpq
            [form for _, form in written],
            _BINARY,
        )
        self._check(result)
        return (_row(result) if result.ntuples else None), result.command_tuples or 0

    def close(self) -> None:
        self._connection.close()

    def _prepare(self, statement: str) -> tuple[bytes, tuple[str, ...]]:
        names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
        numbered = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", statement)
        name = b"turn %d" % len(self._prepared)
        self._check(self._server.prepare(name, numbered.encode()))
        self._prepared[statement] = name, names
        return name, names

    def _check(self, result: pq.abc.PGresult) -> None:
        if result.status in _GOOD:
            return
        if self._server.status != pq.ConnStatus.OK:
            raise psycopg.OperationalError("the connection to PostgreSQL is lost")
        raise error_from_result(result)


def _written(value: Any) -> tuple[bytes | None, int]:
    match value:
        case None:
            return None, _TEXT
        case str():
            return value.encode(), _BINARY
        case bytes():
            return value, _BINARY
        case _:  # PostgreSQL reads numbers, moments and UUIDs as Python writes them
            return str(value).encode(), _TEXT


def _row(result: pq.abc.PGresult) -> tuple[Any, ...]:
    found = ((result.get_value(0, at), result.ftype(at)) for at in range(result.nfields))
    return tuple([None if value is None else _READ[kind](value) for value, kind in found])


def _whole_number(value: bytes) -> int:
    return int.from_bytes(value, "big", signed=True)


def _truth(value: bytes) -> bool:
    return value != b"\0"


_READ: dict[int, Callable[[bytes], Any]] = {
    16: _truth,  # bool
    17: bytes,  # bytea
    20: _whole_number,  # int8
    23: _whole_number,  # int4
    25: bytes.decode,  # text
    114: json.loads,  # json
}
"""By the number of the type in PostgreSQL's catalogue, where these have had theirs since its beginning."""
