"""Installs a locked list of requirements with pip, saying in words how far it is; needs the standard library only."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

_OFTEN_S = 5.0
_REASONS = {
    "No space left on device": "the disk is full",
    "DO NOT MATCH THE HASHES": "a package differs from the one that was checked; try again, and if it stays so ask us",
    "Temporary failure in name resolution": "the package index cannot be reached; is this machine on the internet?",
    "nodename nor servname": "the package index cannot be reached; is this machine on the internet?",
    "Connection refused": "the package index cannot be reached; is this machine on the internet?",
    "Permission denied": "this user may not write in .venv",
    "No matching distribution": "a package has no build for this Python or machine; try PYTHON=python3.12 make run",
    "Failed building wheel": "a package has no build for this Python or machine; try PYTHON=python3.12 make run",
}


def main(requirements: str) -> int:
    wanted = _how_many(Path(requirements).read_text().splitlines())
    print(f"Installing {wanted} packages into .venv (once, about a minute) …", flush=True)
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    locked = "--hash=" in Path(requirements).read_text()
    command += ["--progress-bar", "off", *(["--require-hashes"] if locked else []), "-r", requirements]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        said = _follow(pip.stdout or [], wanted)
    if pip.returncode == 0:
        return 0
    print(_why(said), file=sys.stderr, flush=True)
    return 1


def _follow(lines: Iterable[str], wanted: int) -> list[str]:
    began = told = time.monotonic()
    seen, said = 0, []
    for line in lines:
        said.append(line.rstrip())
        seen += line.startswith(("Collecting ", "Requirement already satisfied"))
        now = time.monotonic()
        if line.startswith("Installing collected packages"):
            print(f"  [{now - began:4.0f} s] all {wanted} are here; unpacking …", flush=True)
            told = float("inf")
        elif now - told > _OFTEN_S:
            print(f"  [{now - began:4.0f} s] {min(seen, wanted)} of {wanted} …", flush=True)
            told = now
    return said


def _how_many(lines: list[str]) -> int:
    return sum(1 for line in lines if line[:1].isalnum())


def _why(said: list[str]) -> str:
    everything = "\n".join(said)
    for sign, reason in _REASONS.items():
        if sign in everything:
            return f"Installing failed: {reason}."
    last = next((line for line in reversed(said) if line.startswith("ERROR")), "pip gave no reason")
    return f"Installing failed: {last}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
