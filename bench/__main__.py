"""`python -m bench [ussd] [sms] [lists] [holds]`: measures, and prints each ratio beside the figures it was made of."""

from __future__ import annotations

import argparse
import logging
import platform
import signal
import sys
from typing import Any

import psutil

from bench import holds, lists_in, sms_path, ussd_turn
from bench.ground import ground

BENCHES = {"ussd": ussd_turn.run, "sms": sms_path.run, "lists": lists_in.run, "holds": holds.run}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Side by side, alternating, medians of rounds.")
    parser.add_argument("names", nargs="*", help=", ".join(BENCHES) + "; none means all")
    parser.add_argument("--seconds", type=float, default=2.5, help="length of a timed round (%(default)s)")
    chosen: Any = parser.parse_args()
    if unknown := set(chosen.names) - BENCHES.keys():
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}")
    logging.basicConfig(level=logging.ERROR)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything started here is stopped
    print(f"{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    for name in chosen.names or BENCHES:
        with ground() as found:
            BENCHES[name](found, chosen.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
