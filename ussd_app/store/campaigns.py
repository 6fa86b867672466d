"""Campaigns as rows: who is on one, when each may be told, and how far it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from sms.notices import Lane
from ussd_app.domain.campaigns import CampaignState, Pace


@dataclass(frozen=True, slots=True)
class Campaign:
    id: int
    name: str
    kind: str
    programme: str | None
    cycle: str | None
    details: Mapping[str, str]
    state: CampaignState
    starts_at: datetime
    pace: Pace
    drafted_by: int


_COLUMNS = """id, name, kind, programme, cycle, details, state, starts_at, between_communes_s, an_hour_at_a_point,
              drafted_by"""


def _read(row: Row[Any]) -> Campaign:
    return Campaign(
        row.id,
        row.name,
        row.kind,
        row.programme,
        row.cycle,
        row.details,
        CampaignState(row.state),
        row.starts_at,
        Pace(timedelta(seconds=row.between_communes_s), row.an_hour_at_a_point),
        row.drafted_by,
    )


def insert(
    db: Connection,
    *,
    name: str,
    kind: str,
    programme: str | None,
    cycle: str | None,
    details: Mapping[str, str],
    starts_at: datetime,
    pace: Pace,
    officer_id: int,
    now: datetime,
) -> int:
    number = db.execute(
        text("""INSERT INTO campaign (name, kind, programme, cycle, details, starts_at, between_communes_s,
                                      an_hour_at_a_point, drafted_by, drafted_at)
                VALUES (:name, :kind, :programme, :cycle, CAST(:details AS jsonb), :starts_at, :between, :pace, :officer,
                        :now) RETURNING id"""),
        {
            "name": name,
            "kind": kind,
            "programme": programme,
            "cycle": cycle,
            "details": json.dumps(dict(details), ensure_ascii=False),
            "starts_at": starts_at,
            "between": int(pace.between_communes.total_seconds()),
            "pace": pace.an_hour_at_a_point,
            "officer": officer_id,
            "now": now,
        },
    ).scalar_one()
    note(db, number, "drafted", officer_id, "", now)
    return int(number)


def choose_communes(db: Connection, campaign_id: int, codes: Sequence[str]) -> int:
    """In the order given; without any, every commune by its code. How many there are."""
    return db.execute(
        text("""INSERT INTO campaign_commune (campaign_id, commune_id, turn)
                SELECT :campaign, id, row_number() OVER (ORDER BY array_position(CAST(:codes AS text[]), code), code)
                FROM commune WHERE valid_to IS NULL AND (cardinality(CAST(:codes AS text[])) = 0 OR code = ANY(:codes))"""),
        {"campaign": campaign_id, "codes": list(codes)},
    ).rowcount


def find(db: Connection, campaign_id: int, *, lock: bool = False) -> Campaign | None:
    row = db.execute(
        text(f"SELECT {_COLUMNS} FROM campaign WHERE id = :id {'FOR UPDATE' if lock else ''}"), {"id": campaign_id}
    ).first()
    return _read(row) if row else None


def every(db: Connection) -> list[Campaign]:
    return [_read(row) for row in db.execute(text(f"SELECT {_COLUMNS} FROM campaign ORDER BY id"))]


def going_out(db: Connection, now: datetime) -> list[Campaign]:
    """Approved, begun, and not through."""
    rows = db.execute(
        text(f"SELECT {_COLUMNS} FROM campaign WHERE state = 'approved' AND starts_at <= :now ORDER BY starts_at, id"),
        {"now": now},
    )
    return [_read(row) for row in rows]


def change(db: Connection, campaign_id: int, state: CampaignState, now: datetime, approved_by: int | None = None) -> None:
    ended = now if state in (CampaignState.DONE, CampaignState.CANCELLED) else None
    db.execute(
        text("""UPDATE campaign SET state = :state, ended_at = :ended, approved_by = coalesce(approved_by, :officer),
                       approved_at = CASE WHEN approved_by IS NULL AND CAST(:officer AS integer) IS NOT NULL
                                          THEN :now ELSE approved_at END
                WHERE id = :id"""),
        {"id": campaign_id, "state": state.value, "ended": ended, "officer": approved_by, "now": now},
    )


def note(db: Connection, campaign_id: int, what: str, officer_id: int | None, because: str, now: datetime) -> None:
    db.execute(
        text("""INSERT INTO campaign_event (campaign_id, what, by_officer, because, at)
                VALUES (:id, :what, :officer, :because, :now)"""),
        {"id": campaign_id, "what": what, "officer": officer_id, "because": because, "now": now},
    )


def put_on(db: Connection, campaign_id: int, people: Iterable[tuple[int, int, int | None, datetime, str]]) -> None:
    """Who is on it: person, commune, payment, the earliest moment, and why left out (empty: is told)."""
    rows = list(people)
    db.execute(
        text("""INSERT INTO campaign_person (campaign_id, person_id, commune_id, payment_id, not_before, state, why)
                SELECT :campaign, person, commune, payment, moment, CASE why WHEN '' THEN 'planned' ELSE 'left_out' END, why
                FROM unnest(CAST(:people AS bigint[]), CAST(:communes AS integer[]), CAST(:payments AS bigint[]),
                            CAST(:moments AS timestamptz[]), CAST(:whys AS text[]))
                     AS t (person, commune, payment, moment, why)"""),
        {
            "campaign": campaign_id,
            "people": [row[0] for row in rows],
            "communes": [row[1] for row in rows],
            "payments": [row[2] for row in rows],
            "moments": [row[3] for row in rows],
            "whys": [row[4] for row in rows],
        },
    )


def take_planned(db: Connection, campaign_id: int, *, now: datetime, limit: int) -> list[Row[Any]]:
    """Those who may be told now, locked for this transaction."""
    return list(
        db.execute(
            text("""SELECT person_id, payment_id FROM campaign_person
                    WHERE campaign_id = :id AND state = 'planned' AND not_before <= :now
                    ORDER BY not_before, person_id LIMIT :limit FOR UPDATE SKIP LOCKED"""),
            {"id": campaign_id, "now": now, "limit": limit},
        )
    )


def mark(db: Connection, campaign_id: int, *, queued: Sequence[int], left_out: Mapping[int, str]) -> None:
    db.execute(
        text("""UPDATE campaign_person c SET state = CASE t.why WHEN '' THEN 'queued' ELSE 'left_out' END, why = t.why
                FROM unnest(CAST(:people AS bigint[]), CAST(:whys AS text[])) AS t (person, why)
                WHERE c.campaign_id = :id AND c.person_id = t.person"""),
        {
            "id": campaign_id,
            "people": [*queued, *left_out],
            "whys": [""] * len(queued) + list(left_out.values()),
        },
    )


def postpone(db: Connection, campaign_id: int, people: Sequence[int], until: datetime) -> None:
    """Who has had enough messages for today hears tomorrow."""
    db.execute(
        text("""UPDATE campaign_person SET not_before = :until
                WHERE campaign_id = :id AND person_id = ANY(:people) AND state = 'planned'"""),
        {"id": campaign_id, "people": list(people), "until": until},
    )


def event_key(campaign_id: int, person_id: int) -> str:
    return f"campaign:{campaign_id}:{person_id}"


def take_back(db: Connection, campaign_id: int) -> int:
    """Messages that nobody has begun to send are planned again, as if they had never been written."""
    return db.execute(
        text("""WITH taken AS (
                    DELETE FROM sms_message m USING campaign_person c
                    WHERE c.campaign_id = :id AND c.state = 'queued'
                      AND m.dedup_key = 'campaign:' || c.campaign_id || ':' || c.person_id
                      AND m.state = 'waiting' AND m.attempts = 0 AND m.claimed_by IS NULL
                    RETURNING c.person_id)
                UPDATE campaign_person c SET state = 'planned' FROM taken
                WHERE c.campaign_id = :id AND c.person_id = taken.person_id"""),
        {"id": campaign_id},
    ).rowcount


def waiting_in_lanes(db: Connection, lanes: Sequence[Lane]) -> int:
    """How many messages stand in these lanes: a campaign adds only as many as they take off."""
    return int(
        db.execute(
            text("SELECT count(*) FROM sms_message WHERE state = 'waiting' AND lane = ANY(:lanes)"),
            {"lanes": [int(lane) for lane in lanes]},
        ).scalar_one()
    )


def progress(db: Connection, campaign_id: int) -> dict[str, int]:
    """People by where their message is: planned, left out and why, or the state of the message itself."""
    rows = db.execute(
        text("""SELECT CASE c.state WHEN 'planned' THEN 'planned' WHEN 'left_out' THEN c.why ELSE m.state END AS stage,
                       count(*) AS people
                FROM campaign_person c
                LEFT JOIN sms_message m ON m.dedup_key = 'campaign:' || c.campaign_id || ':' || c.person_id
                WHERE c.campaign_id = :id GROUP BY 1 ORDER BY 1"""),
        {"id": campaign_id},
    )
    return {row.stage: row.people for row in rows}


def still_due(db: Connection, campaign_id: int) -> dict[datetime, int]:
    """How many may go from which minute on, of those planned or waiting."""
    rows = db.execute(
        text("""SELECT date_trunc('minute', c.not_before) AS moment, count(*) AS people FROM campaign_person c
                LEFT JOIN sms_message m ON m.dedup_key = 'campaign:' || c.campaign_id || ':' || c.person_id
                WHERE c.campaign_id = :id AND (c.state = 'planned' OR m.state IN ('waiting', 'sending')) GROUP BY 1"""),
        {"id": campaign_id},
    )
    return {row.moment: row.people for row in rows}


def a_minute(db: Connection, now: datetime, within: timedelta = timedelta(minutes=2)) -> int:
    """Messages a minute handed over lately, in all lanes; none when nothing was."""
    handed, first = db.execute(
        text("SELECT count(*), min(sending_at) FROM sms_message WHERE sending_at > CAST(:now AS timestamptz) - :within"),
        {"now": now, "within": within},
    ).one()
    return int(handed * 60 / max((now - first).total_seconds(), 1)) if handed else 0


def not_reached(db: Connection, campaign_id: int) -> list[Row[Any]]:
    """Everyone the campaign did not reach, by commune, and why."""
    return list(
        db.execute(
            text("""SELECT k.code AS commune_code, k.name AS commune, p.person_code, p.full_name,
                           CASE c.state WHEN 'left_out' THEN c.why ELSE m.state END AS why, coalesce(m.note, '') AS note
                    FROM campaign_person c JOIN person p ON p.id = c.person_id JOIN commune k ON k.id = c.commune_id
                    LEFT JOIN sms_message m ON m.dedup_key = 'campaign:' || c.campaign_id || ':' || c.person_id
                    WHERE c.campaign_id = :id AND (c.state = 'left_out'
                          OR m.state IN ('undelivered', 'refused', 'expired', 'unsure'))
                    ORDER BY k.code, p.full_name, p.id"""),
            {"id": campaign_id},
        )
    )
