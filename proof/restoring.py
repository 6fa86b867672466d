"""Schedules in which our database goes back to a backup while the provider's book goes on: what an operator does then."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import text

from proof import plans, troubles
from proof.cast import Errand, Lost, Place
from proof.checks import kept
from proof.ground import BEGINNING
from proof.play import Play
from ussd_app.actions import restorations
from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.payments import Role
from ussd_app.store import officers, statements
from workers.mobile_money.port import Offer
from workers.statements import fetch

OPERATOR = "the operator"
MOST_YEARS = 7_000

BACKED_UP_AFTER_S = (0, 2, 8, 45, 700, 5_000)
LOST_AFTER_S = (1, 5, 20, 90, 700, 4_000, 50_000, 100_000)
TOLD_AFTER_S = (0, 0, 30, 3_000)
TRIED_AGAIN_AFTER_S = (300, 3_600)
ASKS_AGAIN = 0.4
"""Of the people: their balance may be more than it should be."""

_BOOKS = text("""
    SELECT coalesce(sum(CASE WHEN c.kind = 'clearing' THEN t.amount WHEN d.kind = 'clearing' THEN -t.amount END), 0)::bigint
    FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
    WHERE t.journal_id = :attempt AND t.kind IN ('single', 'post')
""")
_NAMED = text("""
    SELECT i.movement_key AS key, coalesce(l.reference, '') AS reference, sum(i.difference)::bigint AS difference,
           string_agg(i.words, '; ') AS words
    FROM close_item i LEFT JOIN statement_line l ON l.id = i.line_id
    WHERE i.provider = :provider AND i.day BETWEEN :first AND :last AND i.bucket <> 'unknown_long'
    GROUP BY i.movement_key, l.reference
""")


def choose(play: Play) -> None:
    """Some schedules have a loss in them. Each of these has a year of its own, so that its statements are its own."""
    house, chance = play.house, play.chance
    if house.backups is None or not chance.strikes("our database is lost", troubles.OURS_IS_LOST):
        return
    house.lives = house.lives % MOST_YEARS + 1
    play.began = BEGINNING.replace(year=BEGINNING.year + house.lives)
    play.lost = Lost()
    at = play.began + timedelta(seconds=chance.pick("backed up after", BACKED_UP_AFTER_S))
    play.errands.append(Errand(at, OPERATOR, "makes a backup", act=lambda: _back_up(play), alone=True))


def _back_up(play: Play) -> None:
    assert play.lost is not None and play.house.backups is not None
    play.house.backups.take([each.id for each in play.people])
    play.lost.backup_of = play.now
    at = play.later("lost after", LOST_AFTER_S)
    what = "puts the backup back: what our side wrote since is gone"
    play.errands.append(Errand(at, OPERATOR, what, act=lambda: _put_back(play), alone=True, stops_us=True))


def _put_back(play: Play) -> None:
    assert play.house.backups is not None
    play.house.backups.put_back([each.id for each in play.people])
    play.touch()
    play.committed = True
    for someone in play.people:
        if play.chance.share("asks after the loss") < ASKS_AGAIN:
            at = play.later("asks after the loss", LOST_AFTER_S)
            plans.ask_for_cash(play, someone, at, play.chance.pick("asks after the loss", (100_000, 500_000, 900_000)))
    play.shut = True
    _plan(play, play.later("told after", TOLD_AFTER_S), "says that a backup was put back: restore begin", _begin)


def _plan(play: Play, at: datetime, what: str, act: object) -> None:
    play.errands.append(Errand(at, OPERATOR, what, act=lambda: act(play)))  # type: ignore[operator] - a function of a play


def _begin(play: Play) -> None:
    """What is planned before it is done is done again where this process dies in the middle."""
    lost, house = play.lost, play.house
    assert lost is not None and lost.backup_of is not None
    again = Errand(play.now + timedelta(seconds=20), OPERATOR, "says it again", act=lambda: _begin(play))
    play.errands.append(again)
    try:
        with house.database.begin() as db:
            officer = officers.add(db, "quản trị", frozenset({Role.RELEASES}))
            begun = restorations.begin(db, [house.provider.name], lost.backup_of, officer, house.desk.zone, play.now)
        play.say(f"{begun.to_ask} cash-outs are asked about")
    except NotAllowed as known:  # it died after the commit
        play.say(str(known))
    play.errands.remove(again)
    play.shut, lost.begun = False, True
    _plan(play, play.later("ends after", TRIED_AGAIN_AFTER_S), "restore end", _end)


def _end(play: Play) -> None:
    lost, house = play.lost, play.house
    assert lost is not None
    again = Errand(play.later("ends after", TRIED_AGAIN_AFTER_S), OPERATOR, "restore end, again", act=lambda: _end(play))
    play.errands.append(again)
    by_hand = _read_statements(play)
    try:
        with house.database.begin() as db:
            officer = officers.add(db, "quản trị", frozenset({Role.RELEASES}))
            there = restorations.end(db, officer, play.now, by_hand)
        play.say(f"sending goes on; {len(there.foreign)} lost pay-outs are in suspense, {there.in_suspense}")
    except NotAllowed as problem:
        play.say(str(problem))
        if lost.begun and not str(problem).startswith("No restored"):
            return
    play.errands.remove(again)
    lost.ended = True


def _read_statements(play: Play) -> str:
    """Asks the provider for the days wanted; where it has none to give, its paper is typed in. How that was done."""
    house = play.house
    if Offer.STATEMENT in house.provider.client.offers:
        fetch(play.office(Place(OPERATOR, timedelta(0))), house.provider.client, play.now)
        return ""
    with house.database.begin() as db:
        statements.keep(db, house.provider.paper(list(play.attempts)), source="by hand", now=play.now)
    return "the provider's paper"


# ---- at rest -----------------------------------------------------------------------------------------------


def close_the_days(play: Play) -> None:
    """Every local day of a schedule that lost something is read and closed, and what was lost must stand there by name."""
    lost, house = play.lost, play.house
    if lost is None or lost.backup_of is None:
        return
    play.chance.calm = True
    first = house.desk.local(play.began).date()
    last = house.desk.local(play.now).date()
    house.clock.set(datetime.combine(last + timedelta(days=1), play.now.timetz()))
    by_hand = Offer.STATEMENT not in house.provider.client.offers
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    with house.database.begin() as db:
        for day in days:
            statements.ask_for(db, house.provider.name, day, play.now)
    if by_hand:
        _close_by_hand(play, days)
    else:
        _read_statements(play)
    play.breaches.extend(_unnamed(play, first, last))


def _close_by_hand(play: Play, days: list[date]) -> None:
    from ussd_app.actions.closing import close_day

    _read_statements(play)
    with play.house.database.begin() as db:
        for day in days:
            close_day(db, play.house.provider.name, day, play.house.desk.zone, play.now)


def _unnamed(play: Play, first: date, last: date) -> list[str]:
    house, found = play.house, list[str]()
    book = house.provider.book(list(play.attempts))
    with house.database.begin() as db:
        known = {each.reference for each in kept(db, play.people)}
        lost = {attempt: said for attempt, said in play.attempts.items() if said not in known}
        booked = {each: db.execute(_BOOKS, {"attempt": each}).scalar_one() for each in lost}
        named = db.execute(_NAMED, {"provider": house.provider.name, "first": first, "last": last}).all()
    for reference in sorted(set(lost.values())):
        under = [attempt for attempt, said in lost.items() if said == reference]
        entries = [book[each] for each in under if each in book]
        went, put_down = sum(each.paid - each.taken_back for each in entries), sum(booked[each] for each in under)
        mine = [row for row in named if row.reference == reference or row.key in map(str, under)]
        difference = sum(row.difference for row in mine)
        named = [row for row in named if row not in mine]
        if put_down + difference != went:
            found.append(
                f"{reference}, lost with our database: {went:,} đồng went out; {put_down:,} are booked,"
                f" {difference:,} are named by the daily close"
            )
        if any(each.may_still_pay for each in entries):
            found.append(f"{reference}, lost with our database, may still be paid")
    found += [f"the daily close finds {row.difference:,} đồng: {row.words}" for row in named if row.difference]
    return found
