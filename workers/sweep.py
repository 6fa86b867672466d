"""What puts right whatever stood still: leases that ran out, releases cut short, bells that were never heard."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from redis import Redis
from redis.exceptions import RedisError

from ussd_app.actions.late_cash_outs import say_later
from ussd_app.actions.payments import NotAllowed
from ussd_app.actions.receipts import ask_some
from ussd_app.actions.release import finish_release, unfinished
from ussd_app.domain.caller import MINUTES_TO_RESULT
from ussd_app.store import attempts, delivery_reports, messages, redemptions, unsure_messages, visit_counts
from workers.cash_out import give_up_waiting
from workers.office import Office
from workers.queues import QUEUES, ring
from workers.sms_board import awake_lanes

log = logging.getLogger(__name__)

PROMISED = timedelta(minutes=MINUTES_TO_RESULT)
LATE_AT_ONCE = 500


def relay(office: Office, redis: Redis, now: datetime) -> None:
    """Ring the bell of every queue that has something due. All that was lost with Redis comes back here."""
    with office.database.begin() as db:
        lanes = set(awake_lanes(messages.due_lanes(db, now), office.desk.local(now)))
        due = {"cash-out": attempts.any_due(db, now), "redeem": redemptions.any_due(db, now)}
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
        delivery_reports.join_overtaken(db, now)
        swept["settled by their reports"] = unsure_messages.settle(db, now)
        swept["sent again, never having reached the carrier"] = unsure_messages.send_again(db, now)
    tell_of_delays(office, now)
    give_up_waiting(office, now)
    for what, how_many in swept.items():
        if how_many:
            log.warning("%s messages %s", how_many, what)


def tell_of_delays(office: Office, now: datetime) -> None:
    """Who was promised news within minutes hears the truth when there is none: money safe, nothing to do."""
    with office.database.begin() as db:
        late = attempts.promised_before(db, now - PROMISED, LATE_AT_ONCE)
    for id in late:
        with office.database.begin() as db:
            say_later(db, office.desk, id, now)


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


def ask_receipts(office: Office) -> None:
    """Ask the owners of payments whose day has come whether their money came."""
    while not office.stop.is_set():
        with office.database.begin() as db:
            if not ask_some(db, office.desk, office.asking, office.clock()):
                return
