"""Messages through the whole SMS path, against bare keep-alive clients that post the same messages to the same network."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event

import aiohttp
import requests
from africastalking.SMS import SMSService
from sqlalchemy import text

from bench.figures import ratio, spread
from bench.ground import Ground
from bench.tls_door import make_certificate
from sms.notices import Lane
from sms.providers.africas_talking import AfricasTalking
from ussd_app.local.ports import free_port
from ussd_app.local.processes import ProcessSpec
from ussd_app.settings import HOME
from ussd_app.store import messages
from ussd_app.store.messages import Outgoing
from workers import send_sms
from workers.__main__ import open_office
from workers.office import Office

MESSAGES = 5_000
ROUNDS = 5
AT_ONCE = 16
SDK_MESSAGES = 400  # of each round: one at a time takes its time

Messages = list[tuple[str, str]]
"""Phone and text of each."""


def run(ground: Ground, _: float) -> None:
    url = ground.networks()
    _no_reports(url)
    office = open_office(replace(ground.settings, networks_url=url), "bench", Event())
    print(f"sms: {MESSAGES:,} messages in {ROUNDS} rounds, {AT_ONCE} calls at once, no delivery reports")
    ways: dict[str, Callable[[int], float]] = {
        "personal": lambda at: _through_the_product(office, _personal(at)),
        "one session": lambda at: _one_session(office, url, _personal(at)),
        f"{AT_ONCE} at once": lambda at: asyncio.run(_several(office, url, _personal(at))),
        "grouped": lambda at: _through_the_product(office, _alike(at)),
    }
    per_s: dict[str, list[float]] = {name: [] for name in ways}
    for at in range(ROUNDS):
        for name, way in ways.items():
            per_s[name].append(way(at))
    for name, rates in per_s.items():
        print(f"  {name:12} {spread(rates)} messages/s")
    raw, several = per_s["one session"], per_s[f"{AT_ONCE} at once"]
    ratio("sms, every text its own / one keep-alive session", per_s["personal"], raw)
    ratio(f"sms, every text its own / aiohttp, {AT_ONCE} at once", per_s["personal"], several)
    ratio("sms, one text for all / one keep-alive session", per_s["grouped"], raw)
    ratio(f"sms, one text for all / aiohttp, {AT_ONCE} at once", per_s["grouped"], several)
    _against_the_sdk(ground, office, url)
    office.database.close()


def _against_the_sdk(ground: Ground, office: Office, url: str) -> None:
    """Both over TLS through the same door, with the same certificates to trust, from one process each."""
    door, bundle = make_certificate(ground.directory)
    port = free_port()
    command = (sys.executable, "-m", "bench.tls_door", str(port), url.rpartition(":")[2], str(door))
    ground.keep(ProcessSpec(name="door", command=command, home=HOME, ready=lambda: _listens(port)))
    os.environ |= {"SSL_CERT_FILE": str(bundle), "REQUESTS_CA_BUNDLE": str(bundle)}
    secure = f"https://127.0.0.1:{port}"
    office = replace(office, sms=AfricasTalking("sandbox", "simulated", secure, office.desk.brand))
    ours: list[float] = []
    theirs: list[float] = []
    for at in range(ROUNDS):
        ours.append(_through_the_product(office, _personal(at)[:SDK_MESSAGES]))
        theirs.append(_the_sdk(office, secure, _personal(at)[:SDK_MESSAGES]))
    print(f"  over TLS     {spread(ours)} messages/s, the SDK one message at a time {spread(theirs)}")
    ratio("sms, every text its own, over TLS / the SDK, one message at a time", ours, theirs)


def _the_sdk(office: Office, url: str, wanted: Messages) -> float:
    service = SMSService("sandbox", "simulated")
    service._baseUrl = f"{url}/version1"
    begun = time.perf_counter()
    for phone, said in wanted:
        service.send(said, [phone], sender_id=office.desk.brand)
    return len(wanted) / (time.perf_counter() - begun)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _no_reports(url: str) -> None:
    """The reports come back to a web that is not there: they would only be in the way."""
    requests.post(url + "/control/faults", json={"sms_report_lost": 10**9}, timeout=10).raise_for_status()


def _personal(at: int) -> Messages:
    return [(_phone(n), f"ASXH: ky 01/2027 ba nhan {400_000 + n}d, lan {at}. Hoi: 18001234") for n in _numbers()]


def _alike(at: int) -> Messages:
    return [(_phone(n), f"ASXH: chi tra thang 02/2027 tu ngay 5, lan {at}. Hoi: 18001234") for n in _numbers()]


def _numbers() -> range:
    return range(MESSAGES // ROUNDS)


def _phone(number: int) -> str:
    return f"+8491{number:07d}"


# ---- the product -----------------------------------------------------------------------------------------


def _through_the_product(office: Office, wanted: Messages) -> float:
    """From rows that wait to rows that are sent; a message that is not accepted makes the figure void."""
    now = datetime.now(UTC)
    with office.database.begin() as db:
        db.execute(text("TRUNCATE sms_message CASCADE"))
        rows = [Outgoing(f"bench:{n}", None, phone, "bench", Lane.MONEY, said) for n, (phone, said) in enumerate(wanted)]
        messages.add(db, office.desk.vault, rows, now)
    begun = time.perf_counter()
    send_sms.drain(office, (Lane.MONEY,))
    took = time.perf_counter() - begun
    with office.database.begin() as db:
        sent = db.execute(text("SELECT count(*) FROM sms_message WHERE state = 'sent'")).scalar_one()
    if sent != len(wanted):
        raise SystemExit(f"sms: only {sent} of {len(wanted)} messages were sent")
    return sent / took


# ---- bare clients ----------------------------------------------------------------------------------------


def _form(office: Office, phone: str, said: str) -> dict[str, str]:
    return {"username": "sandbox", "to": phone, "message": said, "from": office.desk.brand, "bulkSMSMode": "1"}


HEADERS = {"apiKey": "simulated", "Accept": "application/json"}


def _one_session(office: Office, url: str, wanted: Messages) -> float:
    begun = time.perf_counter()
    with requests.Session() as session:
        for phone, said in wanted:
            answer = session.post(url + "/version1/messaging", data=_form(office, phone, said), headers=HEADERS, timeout=30)
            answer.raise_for_status()
            answer.json()
    return len(wanted) / (time.perf_counter() - begun)


async def _several(office: Office, url: str, wanted: Messages) -> float:
    waiting = iter(wanted)

    async def post_some(session: aiohttp.ClientSession) -> None:
        for phone, said in waiting:
            async with session.post(url + "/version1/messaging", data=_form(office, phone, said)) as answer:
                answer.raise_for_status()
                await answer.json()

    begun = time.perf_counter()
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        await asyncio.gather(*(post_some(session) for _ in range(AT_ONCE)))
    return len(wanted) / (time.perf_counter() - begun)
