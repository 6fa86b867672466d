"""Runs a conformance case of tests/wire/gsma-compliance/ against any provider that speaks the GSMA API."""

from __future__ import annotations

import json
import queue
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
import yaml
from openapi import conforms

CASES = Path(__file__).resolve().parent.parent / "wire" / "gsma-compliance"
_PATIENCE_S = 15


def all_cases() -> list[tuple[str, dict[str, Any]]]:
    files = sorted(CASES.glob("*.yaml"))
    return [(case["code"], case) for file in files for case in yaml.safe_load(file.read_text("utf-8"))]


@dataclass
class Listener:
    """What the client hears at its callback address, by the correlation id of its own request."""

    url: str = ""
    heard: defaultdict[str, queue.Queue[tuple[str, Any]]] = field(default_factory=lambda: defaultdict(queue.Queue))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        told = json.loads(environ["wsgi.input"].read())
        self.heard[environ["HTTP_X_CORRELATIONID"]].put((environ["REQUEST_METHOD"], told))
        start_response("204 No Content", [])
        return []


def run(case: dict[str, Any], base: str, listener: Listener) -> None:
    done: list[dict[str, Any]] = []
    ids: list[str] = []
    lenient = "deviations" in case
    for step in case["steps"]:
        ids.append(str(uuid4()))
        if "callback" in step:
            method, body = listener.heard[ids[step["callback"] - 1]].get(timeout=_PATIENCE_S)
            assert method == "PUT"
            done.append({"body": body})
            _hold(step["told"], done)
        else:
            done.append(_send(step, ids[-1], base, listener, done, lenient))
            until = time.monotonic() + _PATIENCE_S
            while "again_while" in step and _holds(step["again_while"], done) and time.monotonic() < until:
                done[-1] = _send(step, ids[-1], base, listener, done, lenient)
            _hold(step["answer"], done)


def _send(
    step: dict[str, Any], client_id: str, base: str, listener: Listener, done: list[Any], lenient: bool
) -> dict[str, Any]:
    method, path = _filled(step["send"], done).replace("UUID", str(uuid4())).split(" ", 1)
    headers = {"X-Date": datetime.now(UTC).isoformat(timespec="milliseconds")} | dict(step.get("headers", {}))
    if "X-Callback-URL" in headers:
        headers["X-Callback-URL"] = f"{listener.url}/callback"
    if method != "GET":
        headers["X-CorrelationID"] = client_id
    body = json.loads(_filled(json.dumps(step["body"]), done)) if "body" in step else None
    for name in step.get("without", []):
        body.pop(name)
    answer = requests.request(method, f"{base}/{path}", headers=headers, json=body, timeout=30)
    assert answer.headers["X-Date"]
    if not lenient:
        conforms(method, path, answer.status_code, answer.json())
    return {"status": answer.status_code, "body": answer.json()}


def _filled(text: str, done: list[Any]) -> str:
    return re.sub(r"\{([0-9]+[.][^{}\" ]*)\}", lambda found: str(_looked_up(found[1], done)), text)


def _looked_up(path: str, done: list[Any]) -> Any:
    number, _, rest = path.partition(".")
    (value,) = _values(done[int(number) - 1], rest)
    return value


def _hold(rules: dict[str, str], done: list[Any]) -> None:
    for path, wanted in rules.items():
        values = _values(done[-1], path)
        assert values or "required" not in wanted, f"{path} is missing in {done[-1]}"
        for value in values:
            for rule in re.split(r"\|(?=required|in:|regex:|array|min:|max:)", _filled(wanted, done)):
                assert _fits(rule, value), f"{path} is {value!r}, not {rule}"


def _holds(rules: dict[str, str], done: list[Any]) -> bool:
    return all(_fits(rule, value) for path, rule in rules.items() for value in _values(done[-1], path))


def _values(where: Any, path: str) -> list[Any]:
    found = [where]
    for name in path.split("."):
        if name == "*":
            found = [each for one in found for each in (one if isinstance(one, list) else one.values())]
        elif name.isdigit():
            found = [one[int(name)] for one in found if isinstance(one, list) and len(one) > int(name)]
        else:
            found = [one[name] for one in found if isinstance(one, dict) and name in one]
    return found


def _fits(rule: str, value: Any) -> bool:
    name, _, argument = rule.partition(":")
    match name:
        case "required":
            return value not in (None, "", [], {})
        case "in":
            return str(value) in argument.split(",")
        case "regex":
            return re.search(argument.strip("/"), str(value)) is not None
        case "array":
            return isinstance(value, list | dict)
        case "min":
            return len(value) >= int(argument)
        case "max":
            return len(value) <= int(argument)
        case _:
            raise AssertionError(f"no such rule: {rule}")
