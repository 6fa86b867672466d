"""A campaign's life: drafted by one officer, seen by both, approved by another, let out in pieces, stopped at a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection

from sms.gsm import cost
from sms.notices import Lane
from ussd_app.actions.campaign_notices import KINDS, BadDetails, knows_enough, write
from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import NotAllowed, require
from ussd_app.domain import campaigns as timing
from ussd_app.domain.campaigns import CampaignState, LeftOut, Pace, Stop
from ussd_app.domain.payments import PROGRAMMES, Cycle, Role
from ussd_app.domain.sending_hours import MOST_REMINDERS_A_DAY, next_awake, next_morning, quiet
from ussd_app.store import audience, campaigns, messages, sms_costs
from ussd_app.store.audience import Listener
from ussd_app.store.campaigns import Campaign
from ussd_app.store.database import Database
from ussd_app.store.officers import Officer

MOST_WAITING = 2_000
"""A campaign puts no more than this into its lane at a time: what is not there yet can still be paused."""

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What an officer wants to be told to whom."""

    name: str
    kind: str
    details: Mapping[str, str]
    communes: Sequence[str]
    programme: str | None
    cycle: str | None
    starts_at: datetime
    pace: Pace


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go out, measured on every single text."""

    people: int
    told: int
    left_out: Mapping[LeftOut, int]
    parts: int
    longest: str
    example: str
    cost: int
    """đồng, at today's price of a part"""
    spent_this_month: int
    budget: int | None
    last_moment: datetime

    @property
    def over_budget(self) -> bool:
        return self.budget is not None and self.spent_this_month + self.cost > self.budget


def draft(db: Connection, wish: Wish, officer: Officer, now: datetime) -> int:
    """Write down a campaign. Raises NotAllowed with one sentence for what cannot be meant."""
    require(officer, Role.ENTERS)
    _check(wish)
    number = campaigns.insert(
        db,
        name=wish.name,
        kind=wish.kind,
        programme=wish.programme,
        cycle=wish.cycle,
        details=wish.details,
        starts_at=wish.starts_at,
        pace=wish.pace,
        officer_id=officer.id,
        now=now,
    )
    chosen = campaigns.choose_communes(db, number, wish.communes)
    if chosen == 0 or (wish.communes and chosen != len(set(wish.communes))):
        raise NotAllowed("One of these is not the code of a commune of today: no campaign was drafted.")
    return number


def _check(wish: Wish) -> None:
    kind = KINDS.get(wish.kind)
    if kind is None:
        raise NotAllowed(f"{wish.kind!r} is no kind of campaign: there are {', '.join(KINDS)}.")
    if wish.programme is not None and wish.programme not in PROGRAMMES:
        raise NotAllowed(f"{wish.programme!r} is no programme: there are {', '.join(PROGRAMMES)}.")
    if wish.cycle is not None and Cycle.read(wish.cycle) is None:
        raise NotAllowed(f"{wish.cycle!r} is no cycle: write YYYY-MM.")
    if not knows_enough(kind, cycle=wish.cycle is not None):
        raise NotAllowed(f"The notice {wish.kind!r} speaks of a cycle: name it with --cycle.")
    try:
        kind.read(wish.details)
    except BadDetails as problem:
        raise NotAllowed(str(problem)) from None


def preview(db: Connection, desk: Desk, campaign: Campaign, *, price: int, now: datetime) -> Preview:
    listeners = _audience(db, campaign)
    told = [each for each in listeners if each.left_out is None]
    texts = [write(campaign, each, desk) for each in told]
    parts = sum(cost(each).parts for each in texts)
    moments = _moments(db, desk, campaign, listeners)
    month = desk.local(now).strftime("%Y-%m")
    return Preview(
        people=len(listeners),
        told=len(told),
        left_out=Counter(each.left_out for each in listeners if each.left_out),
        parts=parts,
        longest=max(texts, key=lambda each: cost(each).units, default=""),
        example=texts[0] if texts else "",
        cost=parts * price,
        spent_this_month=sms_costs.spent(db, month, zone=desk.zone.key, price=price),
        budget=sms_costs.budget(db, month),
        last_moment=max(moments, default=desk.local(campaign.starts_at)),
    )


def approve(
    db: Connection, desk: Desk, campaign_id: int, officer: Officer, *, price: int, now: datetime, over_budget: bool = False
) -> Preview:
    """A second officer lets it go: from here on who is told, and when, is written down."""
    require(officer, Role.APPROVES)
    campaign = _held(db, campaign_id, CampaignState.DRAFT)
    if campaign.drafted_by == officer.id:
        raise NotAllowed("Whoever drafted a campaign may not approve it: another officer must.")
    seen = preview(db, desk, campaign, price=price, now=now)
    if seen.told == 0:
        raise NotAllowed(f"Campaign {campaign_id} would tell nobody: look at its communes, programme and cycle.")
    if seen.over_budget and not over_budget:
        raise NotAllowed(
            f"It would cost {seen.cost:,} đồng, and of this month's {seen.budget:,} already {seen.spent_this_month:,}"
            " are spent: approve it with --over-budget, or raise the budget."
        )
    listeners = _audience(db, campaign)
    moments = _moments(db, desk, campaign, listeners)
    campaigns.put_on(
        db,
        campaign_id,
        (
            (each.person_id, each.commune_id, each.payment_id, moment, each.left_out or "")
            for each, moment in zip(listeners, moments, strict=True)
        ),
    )
    campaigns.change(db, campaign_id, CampaignState.APPROVED, now, approved_by=officer.id)
    campaigns.note(db, campaign_id, "approved", officer.id, "", now)
    return seen


def pause(db: Connection, campaign_id: int, officer: Officer, because: str, now: datetime) -> int:
    """Nothing more goes out, but what is in a carrier's hands already. How many were taken back from the lane."""
    _held(db, campaign_id, CampaignState.APPROVED)
    campaigns.change(db, campaign_id, CampaignState.PAUSED, now)
    campaigns.note(db, campaign_id, "paused", officer.id, because, now)
    return campaigns.take_back(db, campaign_id)


def resume(db: Connection, campaign_id: int, officer: Officer, now: datetime) -> None:
    require(officer, Role.APPROVES)
    _held(db, campaign_id, CampaignState.PAUSED)
    campaigns.change(db, campaign_id, CampaignState.APPROVED, now)
    campaigns.note(db, campaign_id, "resumed", officer.id, "", now)


def cancel(db: Connection, campaign_id: int, officer: Officer, because: str, now: datetime) -> int:
    """For good. How many had not been begun."""
    _held(db, campaign_id, CampaignState.DRAFT, CampaignState.APPROVED, CampaignState.PAUSED)
    campaigns.take_back(db, campaign_id)
    campaigns.change(db, campaign_id, CampaignState.CANCELLED, now)
    campaigns.note(db, campaign_id, "cancelled", officer.id, because, now)
    return campaigns.progress(db, campaign_id).get("planned", 0)


def let_out(database: Database, desk: Desk, now: datetime) -> int:
    """Put into the lane what may go now, in pieces; at night, and of a full lane, nothing. How many were put."""
    if quiet(desk.local(now)):
        return 0
    with database.begin() as db:
        going = campaigns.going_out(db, now)
    return sum(_let_out(database, desk, each, now) for each in going)


def _let_out(database: Database, desk: Desk, campaign: Campaign, now: datetime) -> int:
    out = 0
    while True:
        with database.begin() as db:
            still = campaigns.find(db, campaign.id, lock=True)
            if still is None or still.state is not CampaignState.APPROVED:
                return out
            room = MOST_WAITING - campaigns.waiting_in_lanes(db, (Lane.REMINDER, Lane.CAMPAIGN))
            taken = _some(db, desk, campaign, min(room, AT_A_TIME), now) if room > 0 else 0
            if not taken:
                _close_when_through(db, campaign, now)
                return out
            out += taken


def _some(db: Connection, desk: Desk, campaign: Campaign, limit: int, now: datetime) -> int:
    rows = campaigns.take_planned(db, campaign.id, now=now, limit=limit)
    if not rows:
        return 0
    people = audience.of_people(
        db, campaign.id, [row.person_id for row in rows], stoppable=KINDS[campaign.kind].can_be_stopped
    )
    local = desk.local(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    phones = [each.e164 for each in people.values() if each.e164]
    full = audience.had_enough_today(db, phones, since=midnight, most=MOST_REMINDERS_A_DAY)
    left_out = {each.person_id: each.left_out.value for each in people.values() if each.left_out}
    tomorrow, told = list[int](), list[Listener]()
    seen: Counter[str] = Counter()
    for each in people.values():
        if each.left_out is not None or each.e164 is None:
            continue
        seen[each.e164] += 1
        if each.e164 in full or seen[each.e164] > 1:  # a phone that several share is counted again in the next piece
            tomorrow += [each.person_id] if each.e164 in full else []
        else:
            told.append(each)
    messages.add(db, desk.vault, [_outgoing(campaign, each, desk) for each in told], now)
    campaigns.mark(db, campaign.id, queued=[each.person_id for each in told], left_out=left_out)
    campaigns.postpone(db, campaign.id, tomorrow, next_morning(local))
    return len(rows)


def _outgoing(campaign: Campaign, listener: Listener, desk: Desk) -> messages.Outgoing:
    assert listener.e164 is not None  # noqa: S101 - whoever has none was left out
    key = campaigns.event_key(campaign.id, listener.person_id)
    body = write(campaign, listener, desk)
    return messages.Outgoing(key, listener.person_id, listener.e164, campaign.kind, Lane.CAMPAIGN, body)


def _close_when_through(db: Connection, campaign: Campaign, now: datetime) -> None:
    stages = campaigns.progress(db, campaign.id)
    if not any(stages.get(stage) for stage in ("planned", "waiting", "sending")):
        campaigns.change(db, campaign.id, CampaignState.DONE, now)
        campaigns.note(db, campaign.id, "done", None, "", now)


def _audience(db: Connection, campaign: Campaign) -> list[Listener]:
    return audience.of_campaign(
        db,
        campaign.id,
        programme=campaign.programme,
        cycle=campaign.cycle,
        paid=KINDS[campaign.kind].paid,
        stoppable=KINDS[campaign.kind].can_be_stopped,
    )


def _moments(db: Connection, desk: Desk, campaign: Campaign, listeners: Sequence[Listener]) -> list[datetime]:
    points = audience.open_points(db, campaign.id)
    stops = [
        Stop(commune, len(list(people)), points.get(commune, 0))
        for commune, people in groupby(listeners, key=lambda each: each.commune_id)
    ]
    starts = next_awake(desk.local(campaign.starts_at))
    return [moment for _, moment in timing.timetable(stops, starts, campaign.pace)]


def _held(db: Connection, campaign_id: int, *states: CampaignState) -> Campaign:
    campaign = campaigns.find(db, campaign_id, lock=True)
    if campaign is None:
        raise NotAllowed(f"There is no campaign {campaign_id}.")
    if campaign.state not in states:
        raise NotAllowed(f"Campaign {campaign_id} is {campaign.state}: only {' or '.join(states)} can be.")
    return campaign
