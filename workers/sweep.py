"""What puts right whatever stood still: leases that ran out, releases cut short, bells that were never heard."""

from __future__ import annotations

import logging
from datetime import datetime

from redis import Redis
from redis.exceptions import RedisError

from ussd_app.actions.payments import NotAllowed
from ussd_app.actions.release import finish_release, unfinished
from ussd_app.store import cash_outs, messages, redemptions, unsure_messages, visit_counts
from workers.office import Office
from workers.queues import QUEUES, ring

log = logging.getLogger(__name__)


def relay(office: Office, redis: Redis, now: datetime) -> None:
    """Ring the bell of every queue that has something due. All that was lost with Redis comes back here."""
    with office.database.begin() as db:
        lanes = messages.due_lanes(db, now)
        due = {"cash-out": cash_outs.any_due(db, now), "redeem": redemptions.any_due(db, now)}
    for queue in QUEUES.values():
        if lanes.intersection(queue.lanes) or due.get(queue.name):
            try:
                ring(redis, queue.name)
            except RedisError:
                log.warning("Redis does not answer; trying again in a second")
                return


def sweep(office: Office, now: datetime) -> None:
    """Free what a killed worker held; say `unsure` where it was sending."""
    with office.database.begin() as db:
        swept = messages.sweep(db, now)
        swept["settled by their reports"] = unsure_messages.settle(db, now)
        swept["sent again, never having reached the carrier"] = unsure_messages.send_again(db, now)
    for what, how_many in swept.items():
        if how_many:
            log.warning("%s messages %s", how_many, what)


def finish_releases(office: Office) -> None:
    """Go on with a release whose officer's terminal went away."""
    with office.database.begin() as db:
        batches = unfinished(db)
    for batch_id in batches:
        try:
            finish_release(office.database, office.desk, batch_id, office.clock, lambda _: None)
        except NotAllowed as waits:
            log.error("%s", waits)


def count_visits(office: Office, now: datetime) -> None:
    """What people did, as counts; far from any turn."""
    with office.database.begin() as db:
        visit_counts.count_settled(db, now, office.desk.zone.key)
