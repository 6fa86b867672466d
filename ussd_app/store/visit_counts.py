"""Visits as counts: who came how far and why it ended, by day, network, commune and age band, and never by person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, text

SETTLED_AFTER = timedelta(minutes=10)
"""By then a session is over on every network, and its gateway has said how, if it ever does."""

IDLE_S = 25
"""Silence of nearly the shortest idle limit of a network: the session timed out, and was not hung up."""


class By(StrEnum):
    NETWORK = "network"
    COMMUNE = "commune"
    AGE = "age"
    DAY = "day"


_COLUMN = {By.NETWORK: "network_code", By.COMMUNE: "commune_code", By.AGE: "age_band", By.DAY: "day::text"}

# Age on the day of the visit. Nobody known: the phone is shared and no name was chosen, or is registered to nobody.
_SETTLED = f"""
    WITH settled AS (
        SELECT (v.started_at AT TIME ZONE :zone)::date AS day, v.network_code, coalesce(c.code, '') AS commune_code,
               CASE WHEN p.birth_date IS NULL THEN ''
                    WHEN age(v.started_at, p.birth_date) < interval '60 years' THEN 'under 60'
                    WHEN age(v.started_at, p.birth_date) < interval '70 years' THEN '60 to 69'
                    WHEN age(v.started_at, p.birth_date) < interval '80 years' THEN '70 to 79'
                    ELSE '80 and over' END AS age_band,
               CASE WHEN e.status = 'Failed' THEN 'error'
                    WHEN v.state = 'ended' OR e.status = 'Success' THEN 'finished'
                    WHEN e.status = 'Timeout' OR (e.status = 'Incomplete' AND e.duration_ms / 1000.0
                         - extract(epoch FROM v.changed_at - v.started_at) >= {IDLE_S}) THEN 'timeout'
                    WHEN e.status IS NOT NULL OR v.state = 'superseded' THEN 'cut'
                    ELSE 'untold' END AS ending,
               v.turn AS turns, v.session_id, v.path, v.screen AS last_screen,
               coalesce(e.duration_ms / 1000, extract(epoch FROM v.changed_at - v.started_at))::bigint AS seconds
        FROM visit v LEFT JOIN visit_ending e ON e.session_id = v.session_id
             LEFT JOIN person p ON p.id = v.person_id LEFT JOIN commune c ON c.id = p.commune_id
        WHERE v.changed_at > :since AND v.changed_at <= :until)
"""

_COUNT_VISITS = f"""
    INSERT INTO visit_count AS known (day, network_code, commune_code, age_band, ending, visits, turns, seconds)
    {_SETTLED}
    SELECT day, network_code, commune_code, age_band, ending, count(*), sum(turns), sum(seconds)
    FROM settled GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (day, network_code, commune_code, age_band, ending) DO UPDATE SET
        visits = known.visits + excluded.visits, turns = known.turns + excluded.turns,
        seconds = known.seconds + excluded.seconds
"""

_COUNT_SCREENS = f"""
    INSERT INTO screen_count AS known (day, network_code, commune_code, age_band, screen, reached, finished, left_here)
    {_SETTLED}, shown AS (
        SELECT DISTINCT s.session_id, each.screen FROM settled s
        CROSS JOIN LATERAL unnest(string_to_array(s.path, ' ') || s.last_screen) AS each (screen))
    SELECT day, network_code, commune_code, age_band, shown.screen, count(*),
           count(*) FILTER (WHERE shown.screen = last_screen AND ending = 'finished'),
           count(*) FILTER (WHERE shown.screen = last_screen AND ending <> 'finished')
    FROM shown JOIN settled USING (session_id) WHERE shown.screen <> '' GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (day, network_code, commune_code, age_band, screen) DO UPDATE SET
        reached = known.reached + excluded.reached, finished = known.finished + excluded.finished,
        left_here = known.left_here + excluded.left_here
"""


def count_settled(db: Connection, now: datetime, zone: str) -> None:
    """Count each visit once, when it is surely over. Two clocks at once take one after the other."""
    since = db.execute(text("SELECT until FROM visits_counted FOR UPDATE")).scalar_one()
    window = {"since": since, "until": now - SETTLED_AFTER, "zone": zone}
    db.execute(text(_COUNT_VISITS), window)
    db.execute(text(_COUNT_SCREENS), window)
    db.execute(text("UPDATE visits_counted SET until = greatest(until, :until)"), window)


def add_refusals(db: Connection, day: date, turned_away: Mapping[str, int]) -> None:
    db.execute(
        text("""INSERT INTO refusal_count AS known (day, reason, turns) VALUES (:day, :reason, :turns)
                ON CONFLICT (day, reason) DO UPDATE SET turns = known.turns + excluded.turns"""),
        [{"day": day, "reason": reason, "turns": turns} for reason, turns in sorted(turned_away.items())],
    )


# ---- read again ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VisitsOf:
    """The visits of one group."""

    group: str
    finished: int
    cut: int
    timeout: int
    error: int
    untold: int
    turns: int
    seconds: int

    @property
    def visits(self) -> int:
        return self.finished + self.cut + self.timeout + self.error + self.untold


@dataclass(frozen=True, slots=True)
class ScreenSeen:
    screen: str
    reached: int
    finished: int
    left_here: int


def visits_by(db: Connection, by: By, first: date, last: date) -> list[VisitsOf]:
    causes = ", ".join(
        f"coalesce(sum(visits) FILTER (WHERE ending = '{each}'), 0)::int"
        for each in ("finished", "cut", "timeout", "error", "untold")
    )
    rows = db.execute(
        text(f"""SELECT {_COLUMN[by]}, {causes}, sum(turns)::bigint, sum(seconds)::bigint FROM visit_count
                 WHERE day BETWEEN :first AND :last GROUP BY 1 ORDER BY 1"""),
        {"first": first, "last": last},
    )
    return [VisitsOf(*row) for row in rows]


def screens_seen(db: Connection, first: date, last: date) -> list[ScreenSeen]:
    rows = db.execute(
        text("""SELECT screen, sum(reached)::int, sum(finished)::int, sum(left_here)::int FROM screen_count
                WHERE day BETWEEN :first AND :last GROUP BY 1 ORDER BY 2 DESC, 1"""),
        {"first": first, "last": last},
    )
    return [ScreenSeen(*row) for row in rows]


def refusals(db: Connection, first: date, last: date) -> dict[str, int]:
    rows = db.execute(
        text("""SELECT reason, sum(turns)::int AS turns FROM refusal_count
                WHERE day BETWEEN :first AND :last GROUP BY 1 ORDER BY 1"""),
        {"first": first, "last": last},
    )
    return {row.reason: row.turns for row in rows}
