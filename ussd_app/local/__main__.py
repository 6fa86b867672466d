"""`python -m ussd_app.local`: run the stack; `… fresh`: forget its data; `… provider`: the provider alone."""

from __future__ import annotations

import sys

from ussd_app.local.announcement import complain, say, tell, welcome
from ussd_app.local.freshness import forget_everything
from ussd_app.local.parts import parts
from ussd_app.local.provider import run_provider
from ussd_app.local.stack import run
from ussd_app.local.troubles import CannotStart
from ussd_app.settings import VAR, Settings, SettingsError


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case []:
                settings = Settings.from_environment()
                run(settings, VAR, parts, say, lambda: welcome(settings, VAR))
            case ["fresh"]:
                forget_everything(VAR)
                tell("All data in var/ is gone; `make run` begins again.")
            case ["provider"]:
                run_provider(VAR / "provider", say)
            case _:
                complain("Usage: python -m ussd_app.local [fresh | provider]")
                return 2
    except (CannotStart, SettingsError) as problem:
        complain(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
