"""The officers and what each may do."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from ussd_app.domain.payments import Role


@dataclass(frozen=True, slots=True)
class Officer:
    id: int
    name: str
    roles: frozenset[Role]


def add(db: Connection, name: str, roles: frozenset[Role]) -> Officer:
    """Add an officer, or give a known one further roles."""
    db.execute(
        text("""INSERT INTO officer (name, roles) VALUES (:name, :roles) ON CONFLICT (name) DO UPDATE
                SET roles = ARRAY(SELECT DISTINCT unnest(officer.roles || excluded.roles) ORDER BY 1)"""),
        {"name": name, "roles": sorted(role.value for role in roles)},
    )
    officer = find(db, name)
    assert officer is not None  # noqa: S101 - it was written one line above
    return officer


def find(db: Connection, name: str) -> Officer | None:
    row = db.execute(text("SELECT id, name, roles FROM officer WHERE name = :name"), {"name": name}).first()
    return Officer(row.id, row.name, frozenset(Role(role) for role in row.roles)) if row else None
