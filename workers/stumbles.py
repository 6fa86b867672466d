"""What a worker stumbled over with one order: it is set aside, said in the log without its words, and the others' go on."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)


def set_aside(reference: str, what: str, problem: Exception) -> None:
    """The problem is named by its kind only: its words may hold a code."""
    log.error("cash-out %s: %s cannot be done (%s); tried again later", reference, what, type(problem).__name__)
