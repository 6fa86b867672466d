"""The networks' book survives a restart, keeps secrets sealed, and the standard's schemas are really applied."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import requests
from jsonschema import ValidationError

from ussd_app.simulator.networks.gsma.validation import checked, validator
from ussd_app.simulator.networks.sealing import BrokenSeal, Seal

ROOT = Path(__file__).resolve().parents[2]


def whole_schema(url):
    """Everything that stands in any table of the networks, as a dump would show it."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'networks'").fetchall()
        rows = [connection.execute(f"SELECT t::text FROM networks.{name} AS t").fetchall() for (name,) in tables]
    assert len(tables) >= 6
    return "\n".join(text for table in rows for (text,) in table)


def test_no_text_and_no_code_can_be_read_in_any_table(networks, product, fresh_database):
    code = networks.code()["authorisationCode"]
    client_id = str(uuid4())
    product.answer = lambda told: (503, "")  # so that a callback is still owed
    networks.order_code(client_id, f"{product.url}/money")
    owed = networks.outcome(client_id)["authorisationCode"]
    form = {"username": "sandbox", "to": "+84912345678", "message": f"Mã rút tiền: {code}", "bulkSMSMode": "1"}
    requests.post(f"{networks.url}/version1/messaging", form, headers={"apiKey": "k"}, timeout=10)
    networks.redeem("1001", code)

    assert networks.book()["callbacks_owed"] >= 1
    written = whole_schema(fresh_database)
    for secret in (code, owed, "rút tiền"):
        assert secret not in written
        assert secret.encode().hex() not in written


def test_the_process_says_where_it_listens_logs_no_path_and_finds_its_book_again(fresh_database):
    environment = os.environ | {
        "DATABASE_URL": fresh_database,
        "WEB_URL": "http://127.0.0.1:9",
        "SECRET_KEY": "one",
        "DATA_KEY": "a key for tests",
        "NETWORKS_PORT": "0",
    }
    said = ""
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-m", "ussd_app.simulator.networks"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        first = process.stdout.readline()
        assert first.startswith("networks: listening on http://127.0.0.1:")
        url = first.split()[-1]
        form = {"username": "sandbox", "to": "+84977777777", "message": "giữ lấy", "bulkSMSMode": "1"}
        requests.post(f"{url}/version1/messaging", form, headers={"apiKey": "k"}, timeout=10)
        requests.get(f"{url}/v1.2/mm/accounts/a/b/authorisationcodes/87654321", timeout=10)
        inbox = requests.get(f"{url}/control/phones/+84977777777/messages", timeout=10).json()
        process.send_signal(signal.SIGTERM)
        said += process.communicate(timeout=20)[0]
        assert process.returncode == 0
    assert [each["text"] for each in inbox] == ["giữ lấy", "giữ lấy"]
    assert "87654321" not in said


def test_what_was_sealed_with_another_key_holds_nothing_up(networks, product, fresh_database):
    other = Seal.of(b"another key").close("unreadable")
    lost = uuid4()
    with psycopg.connect(fresh_database) as connection:
        connection.execute("INSERT INTO networks.letters (lane, due, sealed) VALUES ('money', '2000-01-01', %s)", (other,))
        connection.execute(
            "INSERT INTO networks.requests (server_id, client_id, kind, due, by_callback, sealed)"
            " VALUES (%s, %s, 'withdrawal', '2000-01-01', false, %s)",
            (uuid4(), lost, other),
        )
    networks.order_code(str(uuid4()), f"{product.url}/money")
    assert "codeState" in product.hears().body
    assert networks.outcome(str(lost))["error"]["errorCategory"] == "internal"


def test_a_seal_opens_with_its_own_key_only():
    seal = Seal.of(b"key")
    assert seal.open(seal.close({"a": 1})) == {"a": 1}
    assert seal.close("x") != seal.close("x")
    assert seal.digest("12345678") == Seal.of(b"key").digest("12345678") != Seal.of(b"other").digest("12345678")
    with pytest.raises(BrokenSeal):
        Seal.of(b"other").open(seal.close("x"))


def test_an_answer_against_the_standard_cannot_leave_the_provider():
    good = {"authorisationCode": "12345678", "codeState": "active", "amount": "500000", "currency": "VND"}
    assert checked("responseAuthorisationCode", good) == good
    with pytest.raises(ValidationError):
        checked("responseAuthorisationCode", good | {"codeState": "redeemed"})


@pytest.mark.parametrize("schema", ["requestStateObject", "responseTransaction", "errorObject", "responseResponse"])
def test_the_standards_schemas_are_there_and_refuse_an_empty_object(schema):
    validator(schema).check_schema(validator(schema).schema)
    assert not validator(schema).is_valid({})
