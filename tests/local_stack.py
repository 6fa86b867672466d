"""A launcher with stand-in parts, run as a process of its own: `python tests/local_stack.py VAR PORT`."""

import sys
from pathlib import Path

from ussd_app.local.announcement import complain, tell
from ussd_app.local.parts import Parts, Step
from ussd_app.local.ports import answers
from ussd_app.local.processes import ProcessSpec
from ussd_app.local.services import Services
from ussd_app.local.stack import run
from ussd_app.local.troubles import CannotStart
from ussd_app.settings import Settings

_STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if child := os.fork():
    open(os.environ["CHILD"], "w").write(f"{child}\\n")
time.sleep(600)
"""


def stand_ins(settings: Settings, found: Services) -> Parts:
    here, port = Path(__file__).parent, settings.port
    web = ProcessSpec(
        name="web",
        command=(sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"),
        home=here,
        ready=lambda: answers(port),
    )
    child = Path(sys.argv[1]) / "child"
    worker = ProcessSpec(
        name="worker",
        command=(sys.executable, "-c", _STUBBORN),
        home=here,
        stage=3,
        environment={"CHILD": str(child)},
        before=lambda: child.unlink(missing_ok=True),
        ready=lambda: child.exists() and child.read_text().endswith("\n"),
        stop_within_s=0.2,
    )
    upgrade = ProcessSpec(name="upgrade", command=(sys.executable, "-c", "print('done')"), home=here)
    steps = (Step("Upgrading …", upgrade, once=True), Step("Starting web …", web), Step("Starting worker …", worker))
    return Parts(steps, networks_url="http://127.0.0.1:1")


def main(var: Path) -> int:
    try:
        run(Settings.from_environment(), var, stand_ins, tell, lambda: tell("READY"))
    except CannotStart as problem:
        complain(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
