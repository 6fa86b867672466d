"""Yesterday's copy: what our database held at one step of a schedule, put back at a later one; the provider goes on."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

_THEIR_CASH_OUTS = "SELECT id FROM cash_out WHERE person_id = ANY({people})"
_THEIR_ATTEMPTS = f"""
    {_THEIR_CASH_OUTS} UNION SELECT attempt_id FROM cash_out WHERE person_id = ANY({{people}})
    UNION SELECT attempt_id FROM spent_attempt WHERE cash_out_id IN ({_THEIR_CASH_OUTS})"""
_CHANGED = (
    ("provider_callback", f"cash_out_id IN ({_THEIR_ATTEMPTS})"),
    ("cash_out_finding", f"cash_out_id IN ({_THEIR_CASH_OUTS})"),
    ("redemption", f"cash_out_id IN ({_THEIR_CASH_OUTS})"),
    ("spent_attempt", f"cash_out_id IN ({_THEIR_CASH_OUTS})"),
    ("number_check", "e164 IN (SELECT e164 FROM person_phone WHERE person_id = ANY({people}))"),
    ("sms_message", "e164 IN (SELECT e164 FROM person_phone WHERE person_id = ANY({people}))"),
    ("transfer", f"journal_id IN ({_THEIR_CASH_OUTS})"),
    ("cash_out", "person_id = ANY({people})"),
    ("account", "person_id = ANY({people}) OR person_id IS NULL"),
    ("provider_pause", "true"),
    ("provider_beat", "true"),
)
"""Every table that a schedule writes to, and which of its rows are this schedule's. The last are emptied last."""

_MAKE = """
CREATE SCHEMA IF NOT EXISTS proof_backup;
CREATE UNLOGGED TABLE IF NOT EXISTS proof_backup.{table} (LIKE public.{table});
"""

_COLUMNS = """
SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""


class Backups:
    """One copy at a time, of the people of one schedule. Only a superuser may take back what is append-only."""

    def __init__(self, line: psycopg.Connection) -> None:
        self._line = line
        self._columns: dict[str, Composed] = {}

    @property
    def possible(self) -> bool:
        row = self._line.execute("SELECT current_setting('is_superuser') = 'on'").fetchone()
        return bool(row and row[0])

    def take(self, people: Sequence[int]) -> None:
        """Of what is committed by now: whatever is open in a transaction is not in a backup."""
        if not self._columns:
            self._make()
        self._execute(people, "DELETE FROM proof_backup.{table}")
        self._execute(people, "INSERT INTO proof_backup.{table} SELECT * FROM public.{table} WHERE {mine}")

    def put_back(self, people: Sequence[int]) -> None:
        """What was written since is gone; nobody may have a transaction open."""
        self._execute(
            people,
            "DELETE FROM public.{table} WHERE {mine}",
            "INSERT INTO public.{table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM proof_backup.{table}",
        )

    def _execute(self, people: Sequence[int], *statements: str) -> None:
        """All tables with the first of the statements, then all with the next, in one transaction and one round trip."""
        asked = [SQL("BEGIN"), SQL("SET LOCAL session_replication_role = replica")]
        for statement in statements:
            for table, mine in _CHANGED:
                names = {"table": Identifier(table), "columns": self._columns[table]}
                names["mine"] = SQL(mine).format(people=Literal(list(people)))  # type: ignore[arg-type] - a constant here
                asked.append(SQL(statement).format(**names))  # type: ignore[arg-type] - a constant here
        self._line.execute(SQL("; ").join([*asked, SQL("COMMIT")]), prepare=False)

    def _make(self) -> None:
        for table, _ in _CHANGED:
            self._line.execute(SQL(_MAKE).format(table=Identifier(table)), prepare=False)
            names = self._line.execute(_COLUMNS, (f"public.{table}",)).fetchall()
            self._columns[table] = SQL(", ").join(Identifier(name) for (name,) in names)
