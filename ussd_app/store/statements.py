"""Providers' statements as rows: every line once, as it was read, never rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from ussd_app.domain.statements import StatementLine


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of some lines."""

    new: int
    known: int
    contradicted: tuple[StatementLine, ...]
    """Lines that were read before with another moment, kind or amount: the first reading stands."""


def keep(db: Connection, lines: Sequence[StatementLine], *, source: str, now: datetime) -> Kept:
    """Write lines that are new. The same line again, from whatever source, changes nothing."""
    if not lines:
        return Kept(0, 0, ())
    rows = db.execute(
        text("""WITH told AS (
                    SELECT DISTINCT ON (provider, line_key) * FROM unnest(CAST(:providers AS text[]), CAST(:keys AS text[]),
                        CAST(:ats AS timestamptz[]), CAST(:kinds AS text[]), CAST(:amounts AS bigint[]),
                        CAST(:theirs AS text[]), CAST(:attempts AS uuid[]), CAST(:references AS text[]),
                        CAST(:originals AS text[])) WITH ORDINALITY AS t (provider, line_key, at, kind, amount,
                        provider_reference, attempt_id, reference, original_reference, nth)
                    ORDER BY provider, line_key, nth
                ), written AS (
                    INSERT INTO statement_line (provider, line_key, at, kind, amount, provider_reference, attempt_id,
                                                reference, original_reference, source, read_at)
                    SELECT provider, line_key, at, kind, amount, provider_reference, attempt_id, reference,
                           original_reference, :source, :now
                    FROM told ON CONFLICT DO NOTHING RETURNING line_key
                )
                SELECT t.provider, t.line_key, w.line_key IS NOT NULL AS new,
                       coalesce(l.at, t.at) AS at, coalesce(l.kind, t.kind) AS kind, coalesce(l.amount, t.amount) AS amount
                FROM told t LEFT JOIN written w USING (line_key) LEFT JOIN statement_line l USING (provider, line_key)"""),
        {
            "providers": [each.provider for each in lines],
            "keys": [each.line_key for each in lines],
            "ats": [each.at for each in lines],
            "kinds": [each.kind.value for each in lines],
            "amounts": [each.amount.amount for each in lines],
            "theirs": [each.provider_reference for each in lines],
            "attempts": [each.attempt_id for each in lines],
            "references": [each.reference for each in lines],
            "originals": [each.original for each in lines],
            "source": source,
            "now": now,
        },
    ).all()
    new = sum(row.new for row in rows)
    stands = {(row.provider, row.line_key): (row.at, row.kind, row.amount) for row in rows}
    other = [each for each in lines if stands[each.provider, each.line_key] != (each.at, each.kind, each.amount.amount)]
    return Kept(new, len(lines) - new - len(other), tuple(other))


def days_closed_too_early(db: Connection, zone: str, since: datetime) -> list[tuple[str, date]]:
    """(provider, day) of closes that are older than a line of their day, which came since that moment."""
    rows = db.execute(
        text("""SELECT DISTINCT c.provider, c.day FROM statement_line l
                JOIN daily_close c ON c.provider = l.provider AND c.day = (l.at AT TIME ZONE :zone)::date
                WHERE l.read_at >= :since AND l.read_at > c.closed_at ORDER BY c.day"""),
        {"zone": zone, "since": since},
    )
    return [(row.provider, row.day) for row in rows]


# ---- days that are to be fetched from the provider -------------------------------------------------------


def ask_for(db: Connection, provider: str, day: date, now: datetime) -> None:
    """This day's statement is to be fetched (again) by the worker that speaks to the provider."""
    db.execute(
        text("""INSERT INTO statement_day (provider, day, asked_at) VALUES (:provider, :day, :now)
                ON CONFLICT (provider, day) DO UPDATE SET asked_at = excluded.asked_at"""),
        {"provider": provider, "day": day, "now": now},
    )


def was_asked(db: Connection, provider: str, day: date, since: datetime) -> bool:
    """Since that moment: what was asked for before the day was over has told only a part of it."""
    asked = db.execute(
        text("SELECT 1 FROM statement_day WHERE provider = :provider AND day = :day AND asked_at >= :since"),
        {"provider": provider, "day": day, "since": since},
    )
    return asked.first() is not None


def latest_day(db: Connection, provider: str, before: date) -> date | None:
    """The last day before this one that was asked for; None where none was."""
    values = {"provider": provider, "before": before}
    return db.execute(
        text("SELECT max(day) FROM statement_day WHERE provider = :provider AND day < :before"), values
    ).scalar()


def to_fetch(db: Connection, provider: str) -> list[date]:
    rows = db.execute(
        text("""SELECT day FROM statement_day WHERE provider = :provider AND (read_at IS NULL OR read_at < asked_at)
                ORDER BY day"""),
        {"provider": provider},
    )
    return [row.day for row in rows]


def fetched(db: Connection, provider: str, day: date, lines: int, note: str, now: datetime) -> None:
    """The day was read to its end; with a note it was not, and is tried again."""
    db.execute(
        text("""UPDATE statement_day SET lines = :lines, note = :note,
                       read_at = CASE WHEN :note = '' THEN CAST(:now AS timestamptz) ELSE read_at END
                WHERE provider = :provider AND day = :day"""),
        {"provider": provider, "day": day, "lines": lines, "note": note, "now": now},
    )
