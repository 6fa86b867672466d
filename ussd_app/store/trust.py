"""What communes keep for their people: each person's own part, and the sessions in which it is handed out in cash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import Connection, Row, text

from ussd_app.domain.ledger import Account, AccountKind
from ussd_app.domain.money import Dong


@dataclass(frozen=True, slots=True)
class Share:
    """What one trust account still has, free of holds, of the months up to a session's."""

    person_id: int
    account: Account
    amount: Dong


@dataclass(frozen=True, slots=True)
class Session:
    id: int
    key: UUID
    commune_code: str
    cycle: str
    place: str
    opened_by: int
    closed_by: int | None
    expected_rest: Dong | None
    counted_rest: Dong | None

    def journal(self, number: int) -> UUID:
        """Under which the money of one line of the list is held and handed over."""
        return uuid5(self.key, str(number))


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a session's list."""

    number: int
    person_id: int
    full_name: str
    birth_year: int | None
    programmes: str
    amount: Dong
    handed: Dong | None
    received_by: str


def shares(db: Connection, commune_code: str, cycle: str) -> list[Share]:
    """Every part that can be handed out, in the order of people's names. Locks the accounts."""
    db.execute(
        text("""SELECT 1 FROM account WHERE kind = 'trust' AND commune_code = :commune ORDER BY id FOR NO KEY UPDATE"""),
        {"commune": commune_code},
    )
    rows = db.execute(
        text("""SELECT k.person_id, k.code, k.programme, least(sum(k.left_over), max(a.credits_posted
                       - a.debits_posted - a.debits_pending))::bigint AS free
                FROM kept_by_cycle k JOIN account a ON a.id = k.account_id JOIN person p ON p.id = k.person_id
                LEFT JOIN programme g ON g.code = k.programme
                WHERE a.kind = 'trust' AND a.commune_code = :commune AND k.cycle <= :cycle
                GROUP BY k.person_id, k.code, k.programme, p.full_name, g.priority, a.id
                ORDER BY p.full_name, k.person_id, coalesce(g.priority, 99), a.id"""),
        {"commune": commune_code, "cycle": cycle},
    )
    return [
        Share(
            row.person_id,
            Account(
                row.code, AccountKind.TRUST, programme=row.programme, kept_for=row.person_id, commune_code=commune_code
            ),
            Dong(row.free),
        )
        for row in rows
        if row.free > 0
    ]


def open_session(
    db: Connection, key: UUID, commune_code: str, cycle: str, place: str, officer_id: int, now: datetime
) -> Session:
    """A new session; a second open one of the same commune is refused by the database."""
    db.execute(
        text("""INSERT INTO pay_session (key, commune_code, cycle, place, opened_by, opened_at)
                VALUES (:key, :commune, :cycle, :place, :officer, :now)"""),
        {"key": key, "commune": commune_code, "cycle": cycle, "place": place, "officer": officer_id, "now": now},
    )
    row = db.execute(text("SELECT id FROM pay_session WHERE key = :key"), {"key": key}).one()
    return Session(row.id, key, commune_code, cycle, place, officer_id, None, None, None)


def add_parts(db: Connection, session: Session, parts: Sequence[tuple[int, Dong]]) -> None:
    """Write the list: person and amount, numbered from 1."""
    db.execute(
        text("""INSERT INTO pay_session_part (session_id, number, person_id, amount, journal_id)
                SELECT :session, number, person, amount, journal
                FROM unnest(CAST(:people AS bigint[]), CAST(:amounts AS bigint[]), CAST(:journals AS uuid[]))
                     WITH ORDINALITY AS t (person, amount, journal, number)"""),
        {
            "session": session.id,
            "people": [person for person, _ in parts],
            "amounts": [amount.amount for _, amount in parts],
            "journals": [session.journal(number) for number in range(1, len(parts) + 1)],
        },
    )


def lock_session(db: Connection, session_id: int) -> Session | None:
    row = db.execute(
        text("""SELECT id, key, commune_code, cycle, place, opened_by, closed_by, expected_rest, counted_rest
                FROM pay_session WHERE id = :id FOR UPDATE"""),
        {"id": session_id},
    ).first()
    return _session(row) if row else None


def _session(row: Row[tuple[object, ...]]) -> Session:
    rest = [None if each is None else Dong(each) for each in (row.expected_rest, row.counted_rest)]
    return Session(row.id, row.key, row.commune_code, row.cycle, row.place, row.opened_by, row.closed_by, *rest)


def unexplained(db: Connection, commune_code: str) -> Session | None:
    """A closed session of this commune whose count was wrong and that nobody has explained yet."""
    row = db.execute(
        text("""SELECT id, key, commune_code, cycle, place, opened_by, closed_by, expected_rest, counted_rest
                FROM pay_session WHERE commune_code = :commune AND counted_rest <> expected_rest AND explained_by IS NULL
                ORDER BY id LIMIT 1"""),
        {"commune": commune_code},
    ).first()
    return _session(row) if row else None


def parts(db: Connection, session_id: int) -> list[Part]:
    rows = db.execute(
        text("""SELECT s.number, s.person_id, p.full_name, extract(year FROM p.birth_date)::int AS born, s.amount,
                       s.handed, s.received_by,
                       (SELECT coalesce(string_agg(a.programme, ' ' ORDER BY a.programme), '') FROM account a
                        WHERE a.kept_for = s.person_id) AS programmes
                FROM pay_session_part s JOIN person p ON p.id = s.person_id WHERE s.session_id = :session
                ORDER BY s.number"""),
        {"session": session_id},
    )
    return [
        Part(
            row.number, row.person_id, row.full_name, row.born, row.programmes, Dong(row.amount),
            None if row.handed is None else Dong(row.handed), row.received_by,
        )
        for row in rows
    ]  # fmt: skip


def hand_out(
    db: Connection, session_id: int, number: int, amount: Dong, received_by: str, officer_id: int, now: datetime
) -> None:
    db.execute(
        text("""UPDATE pay_session_part SET handed = :amount, handed_by = :officer, handed_at = :now, received_by = :by
                WHERE session_id = :session AND number = :number"""),
        {
            "session": session_id,
            "number": number,
            "amount": amount.amount,
            "officer": officer_id,
            "now": now,
            "by": received_by,
        },
    )


def close_session(db: Connection, session: Session, expected: Dong, counted: Dong, officer_id: int, now: datetime) -> None:
    db.execute(
        text("""UPDATE pay_session SET closed_by = :officer, closed_at = :now, expected_rest = :expected,
                       counted_rest = :counted WHERE id = :id"""),
        {
            "id": session.id,
            "officer": officer_id,
            "now": now,
            "expected": expected.amount,
            "counted": counted.amount,
        },
    )


def explain(db: Connection, session_id: int, words: str, officer_id: int, now: datetime) -> bool:
    """Say why a count was wrong. False when nothing waits to be explained."""
    explained = db.execute(
        text("""UPDATE pay_session SET explanation = :words, explained_by = :officer, explained_at = :now
                WHERE id = :id AND counted_rest <> expected_rest AND explained_by IS NULL"""),
        {"id": session_id, "words": words, "officer": officer_id, "now": now},
    )
    return explained.rowcount > 0
