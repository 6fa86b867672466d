"""The daily close: the lists, the ledger and a provider's statement for one local day, to nothing or to named items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.closing import Bucket, Item, Line, Movement, compare, money_out
from ussd_app.store import close_items, closing
from ussd_app.store.close_items import Closed, ItemRow
from ussd_app.store.closing import Span
from ussd_app.store.officers import Officer


def span_of(provider: str, day: date, zone: ZoneInfo) -> Span:
    """A local day: in Vietnam from 17:00 UTC of the day before."""
    begins = datetime.combine(day, time(), zone)
    return Span(provider, day, begins, datetime.combine(day + timedelta(days=1), time(), zone), zone.key)


def close_day(
    db: Connection, provider: str, day: date, zone: ZoneInfo, now: datetime, officer: Officer | None = None
) -> Closed:
    """Compare a whole day and put every difference on the board; older open items are looked at once more.

    May be run again whenever more is known: an item that was settled stays settled, one that is explained meanwhile
    says by what. Raises NotAllowed for a day that is not over.
    """
    span = span_of(provider, day, zone)
    if now < span.ends:
        raise NotAllowed(f"{day} is not over: a day is closed when it is past.")
    lines, movements, items = items_of_day(db, span)
    lists = closing.lists_of(db, span)
    closed = Closed(
        provider,
        day,
        lists.on_lists,
        lists.credited,
        sum(money_out(each) for each in movements if each.day == day),
        sum(money_out(each) for each in lines if each.day == day),
        sum(each.difference for each in items),
    )
    items += [*lists.amiss, *closing.unknown_long(db, span)]
    close_items.write_items(db, provider, items, now)
    _explain_what_is_gone(db, close_items.items_of(db, provider, day), items, lines, now)
    close_items.write_close(db, closed, officer.id if officer else None, now)
    _look_again(db, provider, day, zone, now)
    return closed


def items_of_day(db: Connection, span: Span) -> tuple[list[Line], list[Movement], list[Item]]:
    """Both sides of a day, with whatever belongs to them on other days, and every difference that falls on this one."""
    lines, movements = closing.of_day(db, span, closing.keys_of(db, span))
    return lines, movements, [each for each in compare(lines, movements) if each.day == span.day]


def settle(db: Connection, item_id: int, officer: Officer, because: str, now: datetime) -> None:
    """An officer closes an item with a reason. Raises NotAllowed when it is closed already."""
    if not because.strip():
        raise NotAllowed("Say why: an item is never closed in silence.")
    if not close_items.settle(db, item_id, officer.id, because, now):
        raise NotAllowed(f"There is no open item {item_id}.")


def _look_again(db: Connection, provider: str, closed: date, zone: ZoneInfo, now: datetime) -> None:
    """What is open from other days may have found its other half by now. All days at once: there may be many."""
    rows = [each for each in close_items.open_items(db, provider) if each.item.day != closed]
    if not rows:
        return
    line_days = {each.item.line_id: each.item.day for each in rows if each.item.line_id is not None}
    waiting = {(each.item.day, each.item.key) for each in rows}
    waiting |= {(line_days[id], key) for id, key in closing.keys_now(db, list(line_days)).items()}
    lines, movements = closing.of_orders(db, provider, zone.key, {key for _, key in waiting}, list(line_days))
    found = list(compare(lines, movements)) + _unknown_still(db, rows)
    for day in {each.item.day for each in rows if each.item.key == closing.FUNDED}:
        around, ours = closing.top_ups(db, span_of(provider, day, zone))
        lines += around
        found += [each for each in compare(around, ours) if each.day == day]
    for day in {each.item.day for each in rows if each.item.bucket is Bucket.NOT_CREDITED}:
        found += closing.lists_of(db, span_of(provider, day, zone)).amiss
    found = [each for each in found if (each.day, each.key) in waiting]
    close_items.write_items(db, provider, found, now)
    _explain_what_is_gone(db, rows, found, lines, now)


def _unknown_still(db: Connection, rows: Sequence[ItemRow]) -> list[Item]:
    long = [each.item for each in rows if each.item.bucket is Bucket.UNKNOWN_LONG]
    unknown = closing.still_unknown(db, [each.key for each in long]) if long else set[str]()
    return [each for each in long if each.key in unknown]


def _explain_what_is_gone(
    db: Connection, rows: Sequence[ItemRow], found: Sequence[Item], lines: Sequence[Line], now: datetime
) -> None:
    still = {each.id for each in found}
    gone = [each for each in rows if each.item.id not in still and (each.state == "open" or each.item.difference)]
    if not gone:
        return
    instead = {(each.day, each.key): each for each in reversed(found)}
    by_id, by_key = {each.id: each for each in lines}, {each.key: each for each in reversed(lines)}
    reasons = {
        each.id: _what_became(
            each.item,
            instead.get((each.item.day, each.item.key)),
            by_id.get(each.item.line_id or 0) or by_key.get(each.item.key),
        )
        for each in gone
    }
    close_items.explain(db, reasons, now)


def _what_became(item: Item, instead: Item | None, line: Line | None) -> str:
    if item.bucket is Bucket.UNKNOWN_LONG:
        return "its outcome is known"
    if instead is not None:
        return instead.words
    if line is not None:
        return f"our books and line {line.name} of {line.day} agree"
    return "our books say no more that it moved"
