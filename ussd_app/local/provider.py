"""`make provider`: the simulated mobile-money provider by itself, for anybody's client, with its own PostgreSQL."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ussd_app.local.announcement import tell
from ussd_app.local.parts import Parts, Step, answers_with
from ussd_app.local.processes import ProcessSpec
from ussd_app.local.services import Services
from ussd_app.local.stack import run
from ussd_app.settings import HOME, Settings
from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.gsma.guide import guide


def run_provider(var: Path, say: Callable[[str], None]) -> None:
    """Until it is asked to stop. Its data lies in a place of its own, so that `make run` may go on beside it."""
    settings = Settings.from_environment()
    shown = NetworksConfiguration.of_sandbox({**os.environ, "DATABASE_URL": settings.database_url or "postgresql://"})
    settings = replace(settings, port=shown.port)
    run(settings, var, _parts, say, lambda: tell(guide(shown)), verb="make provider", queue=False)


def _parts(settings: Settings, found: Services) -> Parts:
    url = f"http://127.0.0.1:{settings.port}"
    spec = ProcessSpec(
        name="provider",
        command=(sys.executable, "-m", "ussd_app.simulator.networks", "provider"),
        home=HOME,
        environment={"DATABASE_URL": found.database_url, "PROVIDER_PORT": str(settings.port), "PYTHONUNBUFFERED": "1"},
        stage=1,
        stop_within_s=3.0,
        ready=answers_with(f"{url}/control/faults"),
    )
    return Parts((Step("Starting the provider …", spec),), url)
