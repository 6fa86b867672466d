"""Money that waits for its owner, with its age and who is to see to it; it ages visibly and stays the person's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from ussd_app.domain.money import Dong


@dataclass(frozen=True, slots=True)
class Waiting:
    """One month's money of one person. What is taken is the oldest, so this is what is left of that month."""

    commune_code: str
    commune: str
    officer: str
    officer_phone: str
    account: str
    full_name: str
    birth_year: int | None
    kept_in: str
    programme: str
    cycle: str
    since: datetime
    days: int
    amount: Dong
    held: Dong
    """Of the whole account: spoken for by a cash-out or a session that is under way."""


def waiting(
    db: Connection, now: datetime, *, commune_code: str = "", older_than: timedelta = timedelta(0)
) -> list[Waiting]:
    """All that waits for its owner, the oldest first; of one commune when it is named."""
    rows = db.execute(
        text("""SELECT c.code AS commune_code, c.name AS commune, coalesce(c.officer_name, '') AS officer,
                       coalesce(c.officer_phone, '') AS officer_phone, k.code, p.full_name,
                       extract(year FROM p.birth_date)::int AS born,
                       CASE k.kind WHEN 'trust' THEN 'commune' ELSE 'account' END AS kept_in, k.programme, k.cycle, k.since,
                       k.left_over, k.held
                FROM kept_by_cycle k JOIN person p ON p.id = k.person_id JOIN commune c ON c.id = p.commune_id
                WHERE k.left_over > 0 AND k.since <= :until AND (:commune = '' OR c.code = :commune)
                ORDER BY k.since, c.code, p.full_name, k.code"""),
        {"until": now - older_than, "commune": commune_code},
    )
    return [
        Waiting(
            row.commune_code, row.commune, row.officer, row.officer_phone, row.code, row.full_name, row.born,
            row.kept_in, row.programme, row.cycle, row.since, (now - row.since).days, Dong(row.left_over), Dong(row.held),
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owned:
    """One account of a person's, or their part in a commune's trust, locked."""

    code: str
    kind: str
    person_id: int
    programme: str
    free: Dong
    held_anywhere: bool
    """A hold is live on any account of this person."""


def lock_owned(db: Connection, code: str) -> Owned | None:
    """None for what is nobody's account. The accounts of this person stay locked, so that no hold can begin meanwhile."""
    owner = db.execute(
        text("SELECT coalesce(person_id, kept_for) FROM account WHERE code = :code"), {"code": code}
    ).scalar()
    if owner is None:
        return None
    rows = db.execute(
        text("""SELECT code, kind, programme, credits_posted - debits_posted - debits_pending AS free,
                       debits_pending AS held FROM account
                WHERE person_id = :person OR kept_for = :person ORDER BY id FOR NO KEY UPDATE"""),
        {"person": owner},
    ).all()
    own = next(row for row in rows if row.code == code)
    return Owned(own.code, own.kind, owner, own.programme, Dong(own.free), any(row.held for row in rows))
