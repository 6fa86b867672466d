"""The doorbell: wakes a worker when rows were written. It carries nothing, and nothing is lost when it is not heard."""

from __future__ import annotations

import logging
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from workers.queues import QUEUES, ring

log = logging.getLogger(__name__)

PATIENCE_S = 0.5  # a caller is waiting: the relay rings within a second anyway


class Doorbell:
    def __init__(self, redis_url: str) -> None:
        self._redis: Redis | None = None
        if redis_url:
            self._redis = Redis.from_url(redis_url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S)

    def ring(self, *queues: str) -> None:
        if self._redis is None:
            return
        try:
            for queue in queues:
                ring(self._redis, queue)
        except RedisError:
            log.warning("the doorbell was not heard: Redis does not answer")

    def ring_all(self) -> None:
        self.ring(*QUEUES)

    def works(self) -> bool:
        try:
            return self._redis is not None and bool(self._redis.ping())
        except RedisError:
            return False

    def empty(self, own: Path) -> str:
        """Forget every bell, on the Redis whose data lies in `own`; a sentence when it is somebody else's, or away."""
        try:
            if self._redis is None:
                return "There is no Redis."
            where = self._redis.config_get("dir")
            if not Path(str(where.get("dir", "/"))).resolve().is_relative_to(own.resolve()):
                return "This Redis is not the stack's own, and may hold what belongs to others: it was left as it is."
            self._redis.flushall()
        except RedisError:
            return "Redis does not answer."
        return ""
