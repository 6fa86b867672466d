"""References that a person can read out: a letter and seven digits, not secrets, and no two alike."""

from __future__ import annotations

from sqlalchemy import Connection, text


def new(db: Connection, letter: str) -> str:
    return str(db.execute(text("SELECT new_reference(:letter)"), {"letter": letter}).scalar_one())
