"""PINs are kept as argon2id and checked nowhere else."""

from __future__ import annotations

from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, text

MOST_WRONG_TRIES = 3

# RFC 9106's low-memory choice, lowered to 19 MiB and two passes: about 20 ms, only on screens that ask for a PIN.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_pin(typed: str) -> str:
    return _hasher.hash(typed)


def pin_matches(pin_hash: str | None, typed: str) -> bool:
    if not pin_hash:
        return False
    try:
        return _hasher.verify(pin_hash, typed)
    except (VerificationError, InvalidHashError):
        return False


def propose(db: Connection, person_id: int, typed: str) -> None:
    db.execute(
        text("""INSERT INTO pin (person_id, proposed_hash) VALUES (:person, :hash)
                ON CONFLICT (person_id) DO UPDATE SET proposed_hash = excluded.proposed_hash"""),
        {"person": person_id, "hash": _hasher.hash(typed)},
    )


def adopt_proposed(db: Connection, person_id: int) -> None:
    db.execute(
        text("""UPDATE pin SET hash = proposed_hash, proposed_hash = NULL, wrong_tries = 0, changed_at = now()
                WHERE person_id = :person AND proposed_hash IS NOT NULL AND hash IS NULL"""),
        {"person": person_id},
    )


def replace(db: Connection, person_id: int) -> bool:
    """The proposed PIN in the place of the old one, of a lock and of any temporary PIN. False when none was proposed."""
    changed = db.execute(
        text("""UPDATE pin SET hash = proposed_hash, proposed_hash = NULL, wrong_tries = 0, changed_at = now(),
                       temporary_hash = NULL, temporary_until = NULL, temporary_wrong = 0
                WHERE person_id = :person AND proposed_hash IS NOT NULL"""),
        {"person": person_id},
    )
    return changed.rowcount > 0


def set_temporary(db: Connection, person_id: int, typed: str, until: datetime) -> None:
    """A PIN that opens the way to a new one; from now on the old one opens nothing."""
    db.execute(
        text("""INSERT INTO pin (person_id, wrong_tries, temporary_hash, temporary_until)
                VALUES (:person, :locked, :hash, :until)
                ON CONFLICT (person_id) DO UPDATE SET wrong_tries = excluded.wrong_tries, proposed_hash = NULL,
                    temporary_hash = excluded.temporary_hash, temporary_until = excluded.temporary_until,
                    temporary_wrong = 0, changed_at = now()"""),
        {"person": person_id, "locked": MOST_WRONG_TRIES, "hash": _hasher.hash(typed), "until": until},
    )


def count_wrong_temporary(db: Connection, person_id: int) -> None:
    db.execute(
        text("UPDATE pin SET temporary_wrong = temporary_wrong + 1 WHERE person_id = :person"), {"person": person_id}
    )


def count_wrong(db: Connection, person_id: int) -> None:
    db.execute(
        text("""INSERT INTO pin (person_id, wrong_tries) VALUES (:person, 1)
                ON CONFLICT (person_id) DO UPDATE SET wrong_tries = pin.wrong_tries + 1"""),
        {"person": person_id},
    )


def forgive(db: Connection, person_id: int) -> None:
    db.execute(text("UPDATE pin SET wrong_tries = 0 WHERE person_id = :person"), {"person": person_id})
