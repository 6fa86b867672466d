"""Visits as counts: each once and when it is over, with its cause, under its group, and too few are not shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import text

from ussd_app.cli.visits import in_columns, screens_table, visits_table
from ussd_app.domain.small_cells import roughly, shown
from ussd_app.store import visit_counts
from ussd_app.store.database import Database
from ussd_app.store.visit_counts import By, ScreenSeen, VisitsOf

NOON = datetime(2027, 1, 25, 5, 0, tzinfo=UTC)
DAY = date(2027, 1, 25)
ZONE = "Asia/Ho_Chi_Minh"

_sessions = count(1)


def visit(
    database: Database,
    *path: str,
    state: str = "open",
    lasted: float = 20,
    told: str = "",
    told_ms: int | None = None,
    network: str = "45204",
    at: datetime = NOON,
    person: int | None = None,
) -> None:
    session = f"s{next(_sessions)}"
    with database.begin() as db:
        db.execute(
            text("""INSERT INTO visit (session_id, phone, turn, text_length, text_mark, page_sealed, state, standing,
                                       screen, network_code, started_at, changed_at, path, person_id)
                    VALUES (:session, '+84912000101', :turns, 0, '', '', :state, '', :screen, :network, :at, :until, :path,
                            :person)"""),
            {
                "session": session,
                "turns": len(path),
                "state": state,
                "screen": path[-1],
                "network": network,
                "at": at,
                "until": at + timedelta(seconds=lasted),
                "path": " ".join(path),
                "person": person,
            },
        )
        if told:
            db.execute(
                text("INSERT INTO visit_ending (session_id, status, duration_ms) VALUES (:session, :told, :ms)"),
                {"session": session, "told": told, "ms": told_ms},
            )


def counted(database: Database, by: By = By.NETWORK, now: datetime = NOON + timedelta(hours=1)) -> list[VisitsOf]:
    with database.begin() as db:
        visit_counts.count_settled(db, now, ZONE)
        return visit_counts.visits_by(db, by, DAY - timedelta(days=9), DAY + timedelta(days=9))


def test_every_cause(database: Database) -> None:
    visit(database, "home", "goodbye", state="ended")
    visit(database, "home", "balance", told="Incomplete", told_ms=24_000)
    visit(database, "home", state="superseded")
    visit(database, "home", "balance", told="Incomplete", told_ms=50_000)
    visit(database, "home", told="Timeout")
    visit(database, "home", "balance", told="Failed")
    visit(database, "home", "balance")
    (network,) = counted(database)
    assert network == VisitsOf("45204", finished=1, cut=2, timeout=2, error=1, untold=1, turns=12, seconds=174)
    assert network.visits == 7


def test_a_visit_is_counted_once_and_only_when_it_is_over(database: Database) -> None:
    visit(database, "home", "balance")
    assert counted(database, now=NOON + timedelta(minutes=9)) == []
    for minutes in (11, 12, 30):
        (network,) = counted(database, now=NOON + timedelta(minutes=minutes))
        assert network.visits == 1
    visit(database, "home", at=NOON + timedelta(minutes=25))
    (network,) = counted(database, now=NOON + timedelta(minutes=40))
    assert network.visits == 2


def test_screens_have_the_visits_that_came_to_them_for_their_denominator(database: Database) -> None:
    visit(database, "home", "balance", "home", "balance")
    visit(database, "home", "balance")
    visit(database, "home", "goodbye", state="ended")
    counted(database)
    with database.begin() as db:
        seen = visit_counts.screens_seen(db, DAY, DAY)
    assert seen == [ScreenSeen("home", 3, 0, 0), ScreenSeen("balance", 2, 0, 2), ScreenSeen("goodbye", 1, 1, 0)]


def test_by_age_commune_and_the_day_in_the_province(database: Database) -> None:
    with database.begin() as db:
        person = db.execute(
            text("""INSERT INTO person (person_code, full_name, gender, commune_id, payout_method, language, birth_date,
                                        birth_precision)
                    SELECT 'c1', 'Nguyễn Thị Phương', 'F', id, 'cash', 'vi', '1948-03-12', 'day' FROM commune
                    WHERE code = '05443' AND valid_to IS NULL RETURNING id""")
        ).scalar_one()
    late = datetime(2027, 1, 24, 18, 0, tzinfo=UTC)
    visit(database, "home", at=late, person=person)
    visit(database, "nobody", at=late, state="ended")
    assert [each.group for each in counted(database, By.AGE)] == ["", "70 to 79"]
    assert [each.group for each in counted(database, By.COMMUNE)] == ["", "05443"]
    assert [each.group for each in counted(database, By.DAY)] == ["2027-01-25"]


def test_no_count_can_say_who(database: Database) -> None:
    with database.begin() as db:
        columns = db.execute(
            text("""SELECT column_name FROM information_schema.columns
                    WHERE table_name IN ('visit_count', 'screen_count', 'refusal_count')""")
        ).scalars()
        assert not {"phone", "session_id", "person_id"} & set(columns)


def test_refusals_add_up(database: Database) -> None:
    with database.begin() as db:
        visit_counts.add_refusals(db, DAY, {"database": 3})
        visit_counts.add_refusals(db, DAY, {"database": 4, "waiting": 1})
        assert visit_counts.refusals(db, DAY, DAY) == {"database": 7, "waiting": 1}


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((120, 17, 0), ["120", "17", "0"]),
        ((120, 3, 0, 17), ["120", "<5", "0", "…"]),
        ((120, 3, 4), ["120", "<5", "<5"]),
        ((3, 0), ["<5", "0"]),
    ],
)
def test_few_people_are_not_shown_nor_can_they_be_worked_out(counts: tuple[int, ...], words: list[str]) -> None:
    assert shown(counts) == words


def test_totals_are_rough() -> None:
    assert [roughly(each) for each in (0, 3, 128, 12_344)] == ["0", "<5", "130", "12,340"]


def test_the_report_as_it_is_read() -> None:
    groups = [VisitsOf("45204", 120, 30, 12, 0, 3, 660, 4_950), VisitsOf("", 1, 1, 0, 0, 0, 4, 40)]
    assert in_columns(visits_table(groups)) == [
        "           visits  finished  cut  timeout  error  untold  turns  seconds",
        "45204         165       120   30        …      0      <5    4.0       30",
        "not known      <5",
    ]
    assert in_columns(screens_table([ScreenSeen("home", 100, 0, 25), ScreenSeen("pin.ask", 4, 1, 1)])) == [
        "screen   visits  finished  left  left of visits",
        "home        100         0    25             25%",
        "pin.ask      <5",
    ]
