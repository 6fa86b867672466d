"""The jobs that RQ calls by name: each says `drain`, and nothing in it is a promise."""

from __future__ import annotations

from rq import get_current_job

from sms.notices import Lane
from workers import cash_out, redeem, send_sms
from workers.office import Office
from workers.queues import QUEUES, answered

LINGER_S = 20.0
"""Somebody stands at a counter and waits for the next code, too; it may not depend on a bell."""

_office: Office | None = None


def open_office(office: Office) -> None:
    """Called once by the worker's process before it listens."""
    global _office
    _office = office


def _here() -> Office:
    if _office is None:
        raise RuntimeError("a task runs only inside `python -m workers work`")
    return _office


def drain_messages(queue: str) -> int:
    _say_answered(queue)
    lanes = QUEUES[queue].lanes
    return send_sms.drain(_here(), lanes, LINGER_S if Lane.CODE in lanes else 0.0)


def drain_cash_outs(queue: str) -> int:
    _say_answered(queue)
    return cash_out.drain(_here())


def drain_redemptions(queue: str) -> int:
    _say_answered(queue)
    return redeem.drain(_here())


def _say_answered(queue: str) -> None:
    job = get_current_job()
    if job is not None:
        answered(job.connection, queue)


def drain_once(queue: str) -> None:
    """What waited while no worker was there, before the first bell."""
    if QUEUES[queue].lanes:
        send_sms.drain(_here(), QUEUES[queue].lanes)
    elif queue == "redeem":
        redeem.drain(_here())
    else:
        cash_out.drain(_here())
