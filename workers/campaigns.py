"""What the clock does for campaigns and their aftermath: lets out what may go, and makes work of what never arrived."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from ussd_app.actions import campaigns
from ussd_app.store import phones, sms_costs, undelivered
from workers.office import Office

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(hours=1)
NO_LONGER = "three messages in a row never arrived"


def let_out(office: Office, now: datetime) -> None:
    campaigns.let_out(office.database, office.desk, now)


def make_work(office: Office, now: datetime) -> None:
    """What failed is put on its commune's list, and a number that nothing reaches is doubted."""
    with office.database.begin() as db:
        closed, opened = undelivered.close_arrived(db, now), undelivered.open_new(db, now)
        for e164 in undelivered.silent_phones(db, now - LOOK_BACK):
            phones.doubt(db, e164, because=NO_LONGER, officer_id=None, now=now)
    if opened or closed:
        log.info("%s messages about money never arrived and are work now; %s arrived after all", opened, closed)


def watch_budget(office: Office, now: datetime, price: int) -> None:
    month = office.desk.local(now).strftime("%Y-%m")
    with office.database.begin() as db:
        granted = sms_costs.budget(db, month)
        spent = sms_costs.spent(db, month, zone=office.desk.zone.key, price=price) if granted else 0
    if granted and spent >= granted * sms_costs.WARN_AT:
        log.warning("the messages of %s have cost %s of %s đồng", month, f"{spent:,}", f"{granted:,}")
