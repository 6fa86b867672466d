"""Embedded PostgreSQL and Redis keep what they were given, through stops, kills and awkward places."""

import os
import shutil
import signal
from pathlib import Path

import psycopg
import pytest
import redis

from ussd_app.local.embedded import Started, start_postgres, start_redis


def kill(service: Started) -> None:
    os.kill(service.pid, signal.SIGKILL)
    service.stop()


def remember(service: Started) -> None:
    with psycopg.connect(service.url) as connection:
        connection.execute("create table kept (name text)")
        connection.execute("insert into kept values ('Đào')")


def remembered(service: Started) -> str:
    with psycopg.connect(service.url) as connection:
        row = connection.execute("select lower(name) from kept").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("ending", [Started.stop, kill])
def test_postgres_keeps_its_rows_and_its_address(tmp_path: Path, ending):
    first = start_postgres(tmp_path, durable=True)
    remember(first)
    ending(first)
    second = start_postgres(tmp_path, durable=True)
    try:
        assert remembered(second) == "đào"
        assert second.url == first.url
    finally:
        second.stop()


@pytest.mark.parametrize("ending", [Started.stop, kill])
def test_redis_keeps_what_it_has_written_to_its_file(tmp_path: Path, ending):
    first = start_redis(tmp_path, durable=True)
    with redis.Redis.from_url(first.url) as connection:
        connection.set("rung", "once")
        connection.execute_command("WAITAOF", 1, 0, 5000)
    ending(first)
    second = start_redis(tmp_path, durable=True)
    try:
        with redis.Redis.from_url(second.url) as connection:
            assert connection.get("rung") == b"once"
    finally:
        second.stop()


def test_a_server_left_running_is_ended_before_the_next_one_starts(tmp_path: Path):
    left = start_postgres(tmp_path)
    remember(left)
    following = start_postgres(tmp_path)
    try:
        assert not left.child.alive()
        assert remembered(following) == "đào"
    finally:
        following.stop()


def test_a_lock_file_with_a_strangers_number_is_no_obstacle(tmp_path: Path):
    start_postgres(tmp_path).stop()
    (tmp_path / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path / 'data'}\n")
    again = start_postgres(tmp_path)
    try:
        remember(again)
    finally:
        again.stop()


def test_a_half_made_cluster_is_made_anew(tmp_path: Path):
    (tmp_path / "data.unfinished").mkdir()
    (tmp_path / "data.unfinished" / "PG_VERSION").write_text("18\n")
    service = start_postgres(tmp_path)
    try:
        remember(service)
    finally:
        service.stop()


def test_a_deep_directory_with_spaces_gets_short_sockets(tmp_path: Path):
    deep = tmp_path / "một thư mục, rất sâu" / ("x" * 90)
    database, queue = start_postgres(deep / "postgres"), start_redis(deep / "redis")
    try:
        remember(database)
        with redis.Redis.from_url(queue.url) as connection:
            assert connection.ping()
    finally:
        queue.stop()
        database.stop()
        for sockets in (Path(database.url.split("host=")[1]), Path(queue.url.removeprefix("unix://")).parent):
            shutil.rmtree(sockets)
