"""The workers' composition root: `python -m workers work QUEUE`, one process a queue, and `python -m workers clock`."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import signal
import socket
import sys
from datetime import UTC, datetime
from threading import Event, Thread
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from sqlalchemy.exc import OperationalError

from sms.carriers import read_rates
from sms.providers.africas_talking import AfricasTalking
from sms.providers.africas_talking_insights import AfricasTalkingInsights
from sms.providers.esms import Esms
from sms.providers.numbers import NumberChecks
from sms.providers.port import SmsProvider
from ussd_app.actions.desk import Desk
from ussd_app.actions.receipts import Asking
from ussd_app.settings import Settings, SettingsError
from ussd_app.store.database import Database
from ussd_app.store.vault import Vault
from workers import tasks
from workers.campaigns import let_out, make_work, watch_budget
from workers.mobile_money.choosing import providers_of, who_offers
from workers.mobile_money.port import Offer
from workers.office import Office
from workers.queues import QUEUES
from workers.statements import read_statements
from workers.sweep import ask_receipts, count_visits, finish_releases, relay, sweep

log = logging.getLogger("workers")

LOOK_EVERY_S = 1.0
SWEEP_EVERY = 10  # looks
RELEASES_EVERY = 60  # looks
STATEMENTS_EVERY = 300  # looks
CAMPAIGNS_EVERY = 2  # looks
BUDGET_EVERY = 3600  # looks


def open_office(settings: Settings, name: str, stop: Event) -> Office:
    _, data_key = settings.keys()
    providers = providers_of(settings)
    by_name = {each.name: each for each in providers}
    first = by_name[who_offers(Offer.CODE, providers)]
    carriers = carriers_of(settings)
    desk = Desk(
        Vault(data_key),
        settings.sms_sender,
        settings.hotline,
        first.name,
        ZoneInfo(settings.timezone),
        settings.ussd_code,
        who_offers(Offer.WALLET, providers),
    )
    return Office(
        database=Database(settings.database_url, pool_size=8),
        desk=desk,
        sms=carriers[0],
        mobile_money=first,
        clock=lambda: datetime.now(UTC),
        worker=f"{name}@{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",  # a number comes again after a kill
        code_lifetime_s=settings.code_lifetime_s,
        stop=stop,
        asking=_asking(settings),
        further=tuple(each for each in providers if each is not first),
        number_checks=_number_checks(settings),
        other_carriers=carriers[1:],
        parts_a_second=read_rates(settings.sms_rates),
        calls_at_once=settings.sms_calls_at_once,
    )


def carriers_of(settings: Settings) -> tuple[SmsProvider, ...]:
    """Those that can be called, the first one first."""
    sender = settings.sms_sender
    made: dict[str, SmsProvider] = {
        AfricasTalking.name: AfricasTalking(
            settings.at_username, settings.at_api_key or "simulated", settings.sms_url, sender
        ),
        Esms.name: Esms(
            settings.esms_api_key or "simulated",
            settings.esms_secret_key or "simulated",
            settings.esms_url,
            sender,
            settings.esms_callback_url,
        ),
    }
    return tuple(made[name] for name in settings.carriers)


def _number_checks(settings: Settings) -> NumberChecks | None:
    if not settings.number_checks:
        return None
    return AfricasTalkingInsights(settings.at_username, settings.at_api_key or "simulated", settings.sms_url)


def _asking(settings: Settings) -> Asking:
    return Asking(
        settings.ask_receipt_after_days,
        settings.sms_sender == settings.sms_number,
        settings.missed_call_received,
        settings.missed_call_not_received,
    )


class Worker(SimpleWorker):
    """RQ's worker on one queue; told to stop, it also tells the drain that is running."""

    stop: Event

    def request_stop(self, signum: int | None, frame: FrameType | None) -> None:
        self.stop.set()
        super().request_stop(signum, frame)


def work(settings: Settings, queue: str) -> None:
    stop = Event()
    tasks.open_office(open_office(settings, queue, stop))
    redis = Redis.from_url(settings.redis_url)
    # RQ's defaults notice a killed worker after 14 minutes (842 s measured); these within half a one.
    worker = Worker([Queue(queue, connection=redis)], connection=redis, worker_ttl=20, maintenance_interval=10)
    worker.stop = stop
    tasks.drain_once(queue)
    worker.work(logging_level="WARNING")


def clock(settings: Settings) -> None:
    """Look at the rows every second: what no bell announced is found here."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    office = open_office(settings, "clock", stop)
    redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    looks = 0
    statements = Thread()  # a provider that is slow to tell must not keep the bells waiting
    while not stop.wait(LOOK_EVERY_S):
        try:
            _look(office, redis, looks)
            if looks % STATEMENTS_EVERY == 0 and not statements.is_alive():
                statements = Thread(target=read_statements, args=(office,), daemon=True)
                statements.start()
            if looks % BUDGET_EVERY == 0:
                watch_budget(office, office.clock(), settings.sms_price)
        except OperationalError:
            log.warning("the database does not answer; trying again in a second")
        looks += 1


def _look(office: Office, redis: Redis, looks: int) -> None:
    now = office.clock()
    if looks % SWEEP_EVERY == 0:
        sweep(office, now)
    if looks % RELEASES_EVERY == 0:
        finish_releases(office)
        count_visits(office, now)
        ask_receipts(office)
        make_work(office, now)
    if looks % CAMPAIGNS_EVERY == 0:
        let_out(office, now)
    relay(office, redis, now)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m workers", description="Work done later.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("work", help="drain one queue").add_argument("queue", choices=sorted(QUEUES))
    verbs.add_parser("clock", help="ring, sweep, and go on with what was cut short")
    chosen: Any = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        settings = Settings.from_environment()
        if chosen.verb == "work":
            work(settings, chosen.queue)
        else:
            clock(settings)
    except (SettingsError, OperationalError, RedisError) as problem:
        words = str(problem) if isinstance(problem, SettingsError) else "the database or Redis does not answer"
        log.error(words)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
