"""A reference is said to one person about one thing, for ever: no two alike, however many were given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from ussd_app.store import references
from ussd_app.store.database import Database


def test_no_two_are_alike_though_many_are_drawn_at_once(database: Database):
    def draw(_: int) -> list[str]:
        with database.begin() as db:
            return [references.new(db, "R") for _ in range(50)]

    with ThreadPoolExecutor(8) as threads:
        drawn = [each for some in threads.map(draw, range(16)) for each in some]
    assert len(set(drawn)) == len(drawn) == 800
    assert {len(each) for each in drawn} == {8}


def test_when_nearly_all_are_given_they_grow_by_a_digit(database: Database):
    with database.begin() as db:
        db.execute(text("INSERT INTO reference_given SELECT 'Z' || lpad(n::text, 7, '0') FROM generate_series(0, 9) AS n"))
        db.execute(text("CREATE OR REPLACE FUNCTION public.random() RETURNS float8 LANGUAGE sql AS 'SELECT 0.00000001'"))
        db.execute(text("SET LOCAL search_path = public, pg_catalog"))
        assert references.new(db, "Z") == "Z00000001"
