"""Every queue: its name, who listens to it, and how its bell is rung."""

from __future__ import annotations

from dataclasses import dataclass

from redis import Redis
from rq import Queue

from sms.notices import Lane


@dataclass(frozen=True, slots=True)
class QueueOf:
    """One queue for each worker process: a worker on two queues can lose the job it is taking."""

    name: str
    task: str
    lanes: tuple[Lane, ...] = ()


QUEUES: dict[str, QueueOf] = {
    each.name: each
    for each in (
        QueueOf("sms-code", "workers.tasks.drain_messages", (Lane.CODE,)),
        QueueOf("sms-bulk", "workers.tasks.drain_messages", (Lane.MONEY, Lane.REMINDER, Lane.CAMPAIGN)),
        QueueOf("cash-out", "workers.tasks.drain_cash_outs"),
        QueueOf("redeem", "workers.tasks.drain_redemptions"),
    )
}

RUNG_FOR_S = 3
"""A bell that was rung and not answered may be rung again after this long."""

JOB_TIMEOUT_S = 3600  # a drain goes on while there is work; a hung call ends by its own time-outs


def ring(redis: Redis, queue: str) -> None:
    """Ask for a queue to be drained. A bell already rung and not yet answered is not rung twice."""
    if redis.set(_rung(queue), "1", nx=True, ex=RUNG_FOR_S):
        job = QUEUES[queue]
        Queue(queue, connection=redis).enqueue(job.task, queue, job_timeout=JOB_TIMEOUT_S, result_ttl=60, failure_ttl=3600)


def answered(redis: Redis, queue: str) -> None:
    """Whoever drains says so first: what is written from now on needs a new ring."""
    redis.delete(_rung(queue))


def _rung(queue: str) -> str:
    return f"bam:rung:{queue}"
