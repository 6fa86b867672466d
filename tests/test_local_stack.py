"""The launcher starts everything, keeps it alive, and leaves nothing behind however it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from ussd_app.local.freshness import forget_everything
from ussd_app.local.leftovers import same_process
from ussd_app.local.ports import answers, free_port
from ussd_app.local.services import running_port, running_services
from ussd_app.local.troubles import CannotStart
from ussd_app.settings import HOME

ROOM = HOME / "tests"
Launcher = subprocess.Popen[str]


def launch(var: Path, port: int, **environment: str) -> Launcher:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "MAKELEVEL"}}
    return subprocess.Popen(
        [sys.executable, str(ROOM / "local_stack.py"), str(var)],
        env=kept | {"PYTHONPATH": str(HOME), "PORT": str(port)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # also where the tests run under nohup
    )


def read_until(launcher: Launcher, words: str) -> str:
    assert launcher.stdout is not None and launcher.stderr is not None
    said = ""
    for line in launcher.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"never said {words!r}:\n{said}{launcher.stderr.read()}")


@contextmanager
def running(var: Path, port: int, **environment: str) -> Iterator[Launcher]:
    launcher = launch(var, port, **environment)
    try:
        read_until(launcher, "READY")
        yield launcher
    finally:
        ask(launcher, signal.SIGTERM)


def ask(launcher: Launcher, number: signal.Signals) -> tuple[str, str]:
    if launcher.poll() is None:
        launcher.send_signal(number)
    return launcher.communicate(timeout=120)


def refusal(var: Path, port: int, **environment: str) -> str:
    launcher = launch(var, port, **environment)
    _, complaint = launcher.communicate(timeout=120)
    assert launcher.returncode == 1
    assert "Traceback" not in complaint
    assert complaint.count("\n") == 1
    return complaint


def all_processes(var: Path) -> list[tuple[int, float]]:
    """Those the launcher started, and the one that its worker started."""
    child = psutil.Process(int((var / "child").read_text()))
    return [*written_down(var), (child.pid, child.create_time())]


def written_down(var: Path) -> list[tuple[int, float]]:
    return [(each["pid"], each["created"]) for each in json.loads((var / "processes.json").read_text())["processes"]]


def none_lives(processes: list[tuple[int, float]]) -> bool:
    return not any(same_process(pid, created) for pid, created in processes)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_everything_runs_until_asked_to_stop_and_then_nothing_does(tmp_path: Path, number: signal.Signals):
    port = free_port()
    launcher = launch(tmp_path, port)
    read_until(launcher, "READY")
    found, processes = running_services(tmp_path), all_processes(tmp_path)
    assert found is not None
    assert running_port(tmp_path) == port
    assert (tmp_path / "stack.json").stat().st_mode & 0o777 == 0o600
    psycopg.connect(found.database_url).close()
    with redis.Redis.from_url(found.redis_url) as connection:
        assert connection.ping()
    assert len(processes) == 5
    _, complaint = ask(launcher, number)
    assert (launcher.returncode, complaint) == (0, "")
    assert none_lives(processes)
    assert not answers(port)
    assert running_services(tmp_path) is None
    assert not (tmp_path / "stack.json").exists()


def test_a_killed_child_and_its_own_children_are_replaced(tmp_path: Path):
    with running(tmp_path, free_port()) as launcher:
        before, orphan = written_down(tmp_path), all_processes(tmp_path)[-1]
        os.kill(before[-1][0], signal.SIGKILL)
        said = read_until(launcher, "worker runs again")
        assert "worker ended (killed by SIGKILL); starting it again in 0.5 s" in said
        after = written_down(tmp_path)
        assert none_lives([orphan])
        assert after[:-1] == before[:-1]
        assert after[-1] != before[-1]


def test_a_killed_postgres_comes_back_at_the_same_address(tmp_path: Path):
    with running(tmp_path, free_port()) as launcher:
        found = running_services(tmp_path)
        assert found is not None
        os.kill(written_down(tmp_path)[0][0], signal.SIGKILL)
        read_until(launcher, "postgres runs again")
        assert found == running_services(tmp_path)


def test_after_kill_9_the_next_start_and_stop_leave_nothing(tmp_path: Path):
    port = free_port()
    killed = launch(tmp_path, port)
    read_until(killed, "READY")
    processes = all_processes(tmp_path)
    killed.kill()
    killed.communicate()
    assert running_services(tmp_path) is None
    with running(tmp_path, port):
        processes += all_processes(tmp_path)
    assert none_lives(processes)
    assert not answers(port)


def test_a_second_start_says_where_the_first_one_is(tmp_path: Path):
    port = free_port()
    with running(tmp_path, port):
        assert f"already runs here: http://127.0.0.1:{port}/" in refusal(tmp_path, free_port())
        with pytest.raises(CannotStart, match=f"still runs here at http://127.0.0.1:{port}"):
            forget_everything(tmp_path)


def test_two_checkouts_do_not_disturb_each_other(tmp_path: Path):
    with running(tmp_path / "one", free_port()), running(tmp_path / "two", free_port()):
        assert running_services(tmp_path / "one") != running_services(tmp_path / "two")


def test_a_taken_port_is_one_sentence(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert refusal(tmp_path, port) == f"Port {port} is taken; try PORT={port + 1} make run.\n"


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"DATABASE_URL": "postgresql://bam:tiptoe@127.0.0.1:1/bam"}, "DATABASE_URL cannot be used: "),
        ({"DATABASE_URL": "mysql://bam:tiptoe@127.0.0.1/bam"}, "DATABASE_URL must begin with postgresql://"),
        ({"REDIS_URL": "redis://:tiptoe@127.0.0.1:1/0"}, "REDIS_URL cannot be used: "),
        ({"REDIS_URL": "http://:tiptoe@127.0.0.1:1/0"}, "REDIS_URL must be an address"),
    ],
)
def test_an_address_that_does_not_work_is_one_sentence_without_its_password(tmp_path: Path, environment, complaint):
    said = refusal(tmp_path, free_port(), **environment)
    assert said.startswith(complaint)
    assert "tiptoe" not in said
    assert not (tmp_path / "processes.json").exists()


def test_a_file_in_the_way_of_var_is_one_sentence(tmp_path: Path):
    (tmp_path / "var").write_text("")
    assert "must be a directory" in refusal(tmp_path / "var", free_port())


def test_fresh_forgets_the_data_of_a_stopped_stack(tmp_path: Path):
    with running(tmp_path, free_port()):
        pass
    assert (tmp_path / "postgres" / "data" / "PG_VERSION").exists()
    forget_everything(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} <= {"lock", "users"}
