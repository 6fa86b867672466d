"""The rush of a payment day with a database that turns slow in the middle of it: who is served, who is told, and how soon.

`python -m bench.surge`; exit status 1 when a page was wrong, told somebody else's money, or came too late.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit

import psycopg.conninfo

from bench.client import Call
from bench.figures import percentile
from bench.ground import Ground, ground
from bench.ussd_turn import people_with_money
from ussd_app.local.ports import free_port
from ussd_app.settings import HOME

TURNS = 6
SLOW_S = 2.0
MOST_LOG = 4_000
STARTS_IN_S = 1.5
MOST_S = 10.0  # then the gateway hangs up
BUSY_WITHIN_S = 5.0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.surge", description=__doc__)
    parser.add_argument("--sessions", type=int, default=100, help="new sessions a second, of six turns each (%(default)s)")
    parser.add_argument("--seconds", type=float, default=12, help="each of the three parts of the rush (%(default)s)")
    parser.add_argument("--reads-for", type=float, default=0.5, help="seconds a caller looks at a page (%(default)s)")
    chosen: Any = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with ground() as found:
        calls = [_six_turns(each) for each in people_with_money(found)]
        slow = _in_front_of_the_database(found)
        port, _ = found.serve("product", "wsgi:app")
        print(f"surge: {chosen.sessions} new sessions/s of {TURNS} turns, {len(calls):,} phones", flush=True)
        _rush(port, calls, chosen, 2.0)
        failed = _told(_rush(port, calls, chosen, chosen.seconds * 3, slow), chosen.seconds)
        if failed:
            print((found.directory / "product.log").read_text()[-MOST_LOG:])
        return failed


def _six_turns(call: Call) -> Call:
    """Home, balance, payments, home, payments, home: every page has the caller's name or money."""
    home, balance, payments = call.turns
    again = replace(home, text="1*2*0"), replace(payments, text="1*2*0*2"), replace(home, text="1*2*0*2*0")
    return Call(call.phone, (home, balance, payments, *again))


def _in_front_of_the_database(found: Ground) -> subprocess.Popen[bytes]:
    """Everything that is started from here on reaches PostgreSQL through a socket that can be made slow."""
    port, url = free_port(), found.urls.database_url
    given = psycopg.conninfo.conninfo_to_dict(url)
    host, number = str(given.get("host") or "127.0.0.1"), given.get("port") or 5432
    target = f"{host}/.s.PGSQL.{number}" if host.startswith("/") else f"{host}:{number}"
    command = [sys.executable, "-m", "bench.slow_socket", str(port), target]
    slow = subprocess.Popen(command, cwd=HOME, stdin=subprocess.PIPE)
    found.until_done.callback(slow.wait)
    found.until_done.callback(slow.kill)
    user = given.get("user") or urlsplit(url).username or ""
    secret = f":{given['password']}" if given.get("password") else ""
    os.environ["DATABASE_URL"] = f"postgresql://{user}{secret}@127.0.0.1:{port}/{given.get('dbname', 'postgres')}"
    return slow


def _rush(
    port: int, calls: list[Call], chosen: Any, seconds: float, slow: subprocess.Popen[bytes] | None = None
) -> dict[str, Any]:
    plan = {
        "port": port,
        "path": "/callbacks/local/ussd",
        "seconds": seconds,
        "starts_at": time.time() + STARTS_IN_S,
        "new_a_second": chosen.sessions,
        "reads_for_s": chosen.reads_for,
        "calls": [asdict(each) | {"money": each.turns[1].words[1].strip()} for each in calls],
    }
    command = [sys.executable, "-m", "bench.callers"]
    with subprocess.Popen(command, cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crowd:
        try:
            if slow:
                threading.Thread(target=_make_slow, args=(slow, seconds / 3), daemon=True).start()
            said, _ = crowd.communicate(json.dumps(plan).encode(), timeout=seconds + 60)
        except BaseException:
            crowd.kill()
            raise
    return json.loads(said)


def _make_slow(slow: subprocess.Popen[bytes], after_s: float) -> None:
    assert slow.stdin
    time.sleep(STARTS_IN_S)
    for seconds in (SLOW_S, 0):
        time.sleep(after_s)
        slow.stdin.write(f"{seconds}\n".encode())
        slow.stdin.flush()


def _told(seen: dict[str, Any], part_s: float) -> int:
    parts = ("before", f"database {SLOW_S:g} s slower", "after")
    turns = [(min(2, int((at + took / 1000) // part_s)), took, what) for at, took, what in seen["turns"]]
    for number, name in enumerate(parts):
        _say(name, [(took, what) for part, took, what in turns if part == number], part_s)
    counted = {what: sum(1 for _, _, each in turns if each == what) for what in ("WRONG", "LEAK", "no answer")}
    latest = max(took for _, took, _ in turns) / 1000
    late_refusals = sum(1 for _, took, what in turns if what == "busy" and took > BUSY_WITHIN_S * 1000)
    wrong, leaks, unanswered = counted.values()
    print(f"wrong screens {wrong}, leaks {leaks}, unanswered {unanswered}, slowest {latest:.1f} s")
    for what, example in seen["first"].items():
        print(f"  the first {what}: {example[:160]!r}")
    calm = [what for part, _, what in turns if part == 0]
    print(f"ratio served before it was slow: {calm.count('served') / max(1, len(calm)):.3f}")
    return 1 if any(counted.values()) or latest > MOST_S or late_refusals else 0


def _say(name: str, turns: list[tuple[float, str]], seconds: float) -> None:
    print(f"  {name}: {len(turns) / seconds:.0f} turns/s asked for", flush=True)
    for what in ("served", "busy"):
        took = [each for each, was in turns if was == what]
        if took:
            shares = ", ".join(f"p{round(share * 100, 1):g} {percentile(took, share):.0f}" for share in (0.5, 0.95, 0.99))
            print(f"    {what} {len(took) / len(turns):.1%}: {shares}, slowest {max(took):.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
