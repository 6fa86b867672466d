"""Whoever needs the services gets the given ones, the running ones, or their own for a while."""

import subprocess
import sys
from pathlib import Path

import psycopg
import redis

from ussd_app.local.services import running_services, services
from ussd_app.settings import HOME, Settings

GIVEN = Settings(
    database_url="postgresql+psycopg://office@db.example/bam",
    redis_url="redis://queue.example/0",
    networks_url="http://networks.example",
)
JOINING = """
import sys
from pathlib import Path
from ussd_app.local.services import services
from ussd_app.settings import Settings
with services(Settings(), Path(sys.argv[1])) as found:
    print(found.database_url, flush=True)
    sys.stdin.readline()
"""


def joining(var: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", JOINING, str(var)],
        cwd=HOME,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_given_services_are_used_and_nothing_is_started(tmp_path: Path):
    with services(GIVEN, tmp_path / "var") as found:
        assert found.database_url == "postgresql://office@db.example/bam"
        assert found.redis_url == GIVEN.redis_url
        assert found.networks_url == GIVEN.networks_url
    assert not (tmp_path / "var").exists()


def test_embedded_ones_run_for_as_long_as_they_are_needed(tmp_path: Path):
    with services(Settings(), tmp_path) as found:
        assert running_services(tmp_path) == found
        psycopg.connect(found.database_url).close()
        with redis.Redis.from_url(found.redis_url) as connection:
            assert connection.ping()
    assert running_services(tmp_path) is None


def test_only_what_is_not_given_is_started(tmp_path: Path):
    with services(Settings(database_url=GIVEN.database_url), tmp_path) as found:
        assert found.database_url == "postgresql://office@db.example/bam"
        assert found.redis_url.startswith("unix://")
    assert not (tmp_path / "postgres").exists()


def test_a_second_command_joins_and_the_first_one_waits_for_it(tmp_path: Path):
    with services(Settings(), tmp_path) as found:
        second = joining(tmp_path)
        assert second.stdout is not None and second.stdin is not None
        assert second.stdout.readline().strip() == found.database_url
        with services(Settings(), tmp_path) as nested:
            assert nested == found
        second.stdin.write("done\n")
        second.stdin.flush()
    assert second.communicate() == ("", "")
    assert second.returncode == 0


def test_a_joined_command_outlives_the_body_of_the_first(tmp_path: Path):
    first = joining(tmp_path)
    assert first.stdout is not None and first.stdin is not None and first.stderr is not None
    first.stdout.readline()
    with services(Settings(), tmp_path) as found:
        first.stdin.write("done\n")
        first.stdin.flush()
        heard = ""
        while "waiting for it to end" not in heard:
            heard = first.stderr.readline()
        psycopg.connect(found.database_url).close()
    first.communicate()
    assert first.returncode == 0
    assert running_services(tmp_path) is None
