"""`python -m ussd_app.simulator.networks`: the simulated networks as a process of their own, until told to stop.

With `provider`: the mobile-money provider alone.
"""

from __future__ import annotations

import signal
import sys
import threading

from ussd_app.settings import SettingsError
from ussd_app.simulator.networks.app import networks_running
from ussd_app.simulator.networks.configuration import NetworksConfiguration


def main(arguments: list[str]) -> int:
    alone = arguments == ["provider"]
    try:
        configuration = NetworksConfiguration.of_sandbox() if alone else NetworksConfiguration.from_environment()
    except SettingsError as problem:
        sys.stderr.write(f"networks: {problem}\n")
        return 2
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    with networks_running(configuration) as url:
        sys.stdout.write(f"networks: listening on {url}\n")
        sys.stdout.flush()
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
