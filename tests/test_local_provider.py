"""`make provider` says where it is, works with plain HTTP, keeps what it was told, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import psycopg
import pytest
from waiting import until

from ussd_app.local.freshness import forget_everything
from ussd_app.local.ports import answers, free_port
from ussd_app.local.troubles import CannotStart
from ussd_app.settings import HOME

HERE_STILL = """SELECT count(*) FROM pg_stat_activity
                WHERE application_name = 'networks' AND datname = current_database()"""


def start(var: Path, port: int, **environment: str) -> tuple[subprocess.Popen[str], str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "MAKELEVEL"}}
    launcher = subprocess.Popen(
        [sys.executable, "-m", "ussd_app.local", "provider"],
        cwd=HOME,
        env=kept | {"BAM_VAR": str(var), "PROVIDER_PORT": str(port)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert launcher.stdout is not None
    said = ""
    for line in launcher.stdout:
        said += line
        if "Ctrl-C stops it." in line:
            break
    return launcher, said


def ask(url: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    data = json.dumps(body).encode() if body is not None else None
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, named), timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def test_the_provider_alone(database_url: str, own_directory: Path):
    var, port, key = own_directory / "alone", free_port(), uuid4().hex
    wishes = {
        "DATABASE_URL": database_url,
        "MOMO_API_KEY": key,
        "PROVIDER_REQUIRE_KEY": "1",
        "PROVIDER_SYNC": "1",
        "PROVIDER_ACCOUNTS": "msisdn:+84900000077:VND:70000:LE THI HOA",
        "PROVIDER_LIMITS": '{"max_value": 50000}',
    }
    launcher, said = start(var, port, **wishes)
    try:
        url = f"http://127.0.0.1:{port}"
        assert f"{url}/v1.2/mm" in said
        assert "LE THI HOA" in said
        children = psutil.Process(launcher.pid).children(recursive=True)
        assert children
        assert ask(f"{url}/heartbeat")[1]["errorCode"] == "clientAuthorisationError"
        shown = {"X_API_Key": key}
        assert ask(f"{url}/accounts/msisdn/+84900000077/balance", **shown)[1]["currentBalance"] == "70000"
        pay = {"currency": "VND", "debitParty": [{"key": "msisdn", "value": "+84900000077"}]}
        for amount, status in (("50000", 201), ("50001", 400)):
            told = ask(
                f"{url}/v1.2/mm/transactions/type/transfer", pay | {"amount": amount}, X_CorrelationID=str(uuid4()), **shown
            )
            assert told[0] == status
        with pytest.raises(CannotStart, match="make provider"):
            forget_everything(var)
        assert "already runs here" in start(var, port, **wishes)[1]
    finally:
        launcher.send_signal(signal.SIGINT)
        said += launcher.communicate(timeout=30)[0]
    assert launcher.returncode == 0
    assert not answers(port)
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    logs = "".join(each.read_text("utf-8") for each in (var / "provider" / "log").glob("*"))
    assert key not in said + logs
    with psycopg.connect(database_url, autocommit=True) as connection:  # a server process ends a moment after its client
        until(lambda: connection.execute(HERE_STILL).fetchone() == (0,))


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"PROVIDER_LIMITS": '{"hourly": 1}'}, "no limit called 'hourly'"),
        ({"PROVIDER_LIMITS": "much"}, "PROVIDER_LIMITS"),
        ({"PROVIDER_ACCOUNTS": "msisdn:+84900000077"}, "PROVIDER_ACCOUNTS is written"),
        ({"PROVIDER_PORT": "eight"}, "PROVIDER_PORT must be a whole number"),
    ],
)
def test_what_it_cannot_be_told_is_said_in_a_sentence(own_directory: Path, wishes: dict[str, str], words: str):
    launcher, said = start(own_directory / "alone", free_port(), DATABASE_URL="postgresql://", **wishes)
    assert launcher.wait(10) == 1
    assert words in said
    assert "Traceback" not in said
