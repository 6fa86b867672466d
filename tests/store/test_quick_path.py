"""The quick path of a turn outlives a restart of PostgreSQL, and never hides that PostgreSQL is away."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from ussd_app.store.database import Database
from ussd_app.store.quick import InTransaction, Quick, Speaker

NOON = datetime(2027, 1, 25, 5, 0, tzinfo=UTC)


def _backend(db: Speaker) -> int:
    row, _ = db.say("SELECT pg_backend_pid()", {})
    return row[0] if row else 0


def test_one_connection_is_kept_between_turns(database: Database) -> None:
    assert database.quick(_backend) == database.quick(_backend)


def test_a_dead_connection_is_replaced_and_the_work_done_again(database: Database) -> None:
    before = database.quick(_backend)
    with database.begin() as db:
        db.exec_driver_sql(f"SELECT pg_terminate_backend({before}, 5000)")
    assert database.quick(_backend) != before


def test_when_postgres_is_away_it_is_said() -> None:
    with pytest.raises(psycopg.OperationalError):
        Database("postgresql://bam@127.0.0.1:1/nowhere").quick(_backend)


def test_what_goes_wrong_in_the_work_is_not_tried_again(database: Database) -> None:
    tries: list[int] = []

    def fail(db: Quick) -> None:
        tries.append(_backend(db))
        raise ValueError("a mistake of ours")

    with pytest.raises(ValueError, match="a mistake of ours"):
        database.quick(fail)
    assert len(tries) == 1
    assert database.quick(_backend) != tries[0], "a connection in an unknown state is not kept"


_KINDS = """SELECT %(words)s::text, %(bytes)s::bytea, %(number)s::int, %(large)s::bigint, %(nothing)s::text,
            json_build_object('a', %(number)s::int), (%(moment)s::timestamptz AT TIME ZONE 'UTC')::text,
            %(id)s::uuid::text, %(words)s::text"""


def test_both_ways_of_speaking_say_the_same(database: Database) -> None:
    values = {
        "words": "Thái Nguyên '%' \\ đ",
        "bytes": bytes(range(256)),
        "number": -7,
        "large": 10**15,
        "nothing": None,
        "moment": NOON,
        "id": UUID(int=8899),
    }
    quickly = database.quick(lambda db: db.say(_KINDS, values))
    with database.begin() as db:
        assert InTransaction(db).say(_KINDS, values) == quickly
    assert quickly[0] == (
        values["words"], bytes(range(256)), -7, 10**15, None, {"a": -7},
        "2027-01-25 05:00:00", str(UUID(int=8899)), values["words"],
    )  # fmt: skip


def test_a_text_is_never_cut_short_without_a_word(database: Database) -> None:
    with pytest.raises(psycopg.DataError):
        database.quick(lambda db: db.say("SELECT %(words)s::text", {"words": "one\0two"}))


def test_each_statement_is_committed_by_itself(database: Database) -> None:
    statement = "INSERT INTO visit_ending (session_id, status) VALUES (%(session)s, 'Success')"
    assert database.quick(lambda db: db.say(statement, {"session": "s1"})) == (None, 1)
    with database.begin() as db:
        assert db.exec_driver_sql("SELECT status FROM visit_ending").scalar_one() == "Success"
