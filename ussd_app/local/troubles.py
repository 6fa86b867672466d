"""What can stop the stack from starting, in one sentence each."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

FULL = "No space left on device"


class CannotStart(Exception):
    """Why the stack cannot start, as one sentence for the person at the terminal."""


@contextlib.contextmanager
def in_words() -> Iterator[None]:
    """The system's own refusals, said so that a person knows what to do."""
    try:
        yield
    except OSError as problem:
        where = f" ({problem.filename})" if problem.filename else ""
        match problem.errno:
            case errno.ENOSPC | errno.EDQUOT:
                raise CannotStart(f"The disk is full{where}; free some space and start again.") from problem
            case errno.EACCES | errno.EPERM | errno.EROFS:
                raise CannotStart(f"No permission to write here{where}; give it to this user first.") from problem
            case _:
                raise
