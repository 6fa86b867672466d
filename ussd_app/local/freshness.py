"""`make fresh`: this checkout's data is forgotten, unless something still uses it."""

from __future__ import annotations

import shutil
from pathlib import Path

from ussd_app.local.leftovers import any_left
from ussd_app.local.services import make_room, running_port, take_lock
from ussd_app.local.troubles import CannotStart, in_words

_LOCKS = {"lock", "users"}


def forget_everything(var: Path) -> None:
    """Only what lies in var/; a database given by DATABASE_URL is never touched."""
    with in_words():
        make_room(var)
        lock = take_lock(var)
        if lock is None:
            port = running_port(var)
            where = f" at http://127.0.0.1:{port}" if port else ""
            raise CannotStart(f"Bấm still runs here{where}; stop it first, nothing was removed.")
        with lock:
            if _provider_runs(var / "provider"):
                raise CannotStart("`make provider` still runs; stop it first, nothing was removed.")
            if any_left(var):
                raise CannotStart("Processes of a killed run still live; `make run` and Ctrl-C end them.")
            for each in var.iterdir():
                if each.is_dir() and not each.is_symlink():
                    shutil.rmtree(each)
                elif each.name not in _LOCKS:
                    each.unlink()


def _provider_runs(room: Path) -> bool:
    if not room.is_dir():
        return False
    lock = take_lock(room)
    if lock is None:
        return True
    lock.close()
    return any_left(room)
