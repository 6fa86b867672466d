"""Who PostgreSQL runs as: the caller, or a plain system user when the caller is root, which PostgreSQL refuses."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from ussd_app.local.processes import Account
from ussd_app.local.troubles import CannotStart

_NAME = "pgserver"


def postgres_account() -> Account | None:
    """None means: as whoever calls."""
    if os.geteuid() != 0:
        return None
    entry = _entry(_NAME) or _added() or _entry("nobody")
    if entry is None:
        raise CannotStart("PostgreSQL does not run as root, and no other user could be made; run this as a plain user.")
    return Account(entry.pw_uid, entry.pw_gid)


def open_to(account: Account | None, directory: Path, programs: Path) -> None:
    """Root only: give `directory` to the account and let it reach and run `programs`."""
    if account is None:
        return
    os.chown(directory, account.user, account.group)
    _let_through(directory)
    _let_through(programs)
    if not programs.stat().st_mode & stat.S_IROTH:  # installed under a strict umask
        for each in (programs, *programs.rglob("*")):
            _allow(each, stat.S_IROTH | (stat.S_IXOTH if each.stat().st_mode & stat.S_IXUSR else 0))


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _added() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if useradd is None:
        return None
    subprocess.run([useradd, "--system", "--no-create-home", _NAME], check=False, capture_output=True)
    return _entry(_NAME)


def _let_through(path: Path) -> None:
    """Others may pass through the directories above, not list them."""
    for above in path.resolve().parents:
        _allow(above, stat.S_IXOTH)


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)
