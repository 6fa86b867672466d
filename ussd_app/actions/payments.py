"""A payment list's way in: entered by one officer and approved by a second, fixed from that moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from ussd_app.actions.people import find_key
from ussd_app.domain.payments import Role
from ussd_app.lists.errors import Reject
from ussd_app.lists.payments import PaymentRow
from ussd_app.store.officers import Officer
from ussd_app.store.vault import Vault

Key = tuple[int, str, str, str]
"""Of one payment: the person, the programme, the month, and the part of it."""


class NotAllowed(Exception):
    """The officer may not do this, or not now; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Batch:
    id: int
    state: str
    entered_by: int
    approved_by: int | None
    content_hash: bytes | None


@dataclass(slots=True)
class Entered:
    added: int = 0
    unchanged: int = 0
    total: int = 0
    """đồng in the rows that were added"""


class PaymentEntry:
    """One payment list on its way in, in one transaction of the caller's."""

    def __init__(self, db: Connection, vault: Vault, *, officer: Officer, list_name: str, file_hash: bytes) -> None:
        self._db, self._vault, self._officer, self._list_name = db, vault, officer, list_name
        self._file_hash = file_hash
        self.batch_id: int | None = None
        self.earlier_batch_id: int | None = None
        self.entered = Entered()

    def enter(self, rows: Sequence[PaymentRow]) -> list[Reject]:
        """Enter some rows; the rejects are those that name nobody we know, or pay somebody twice."""
        people = _people(self._db, self._vault, rows)
        earlier = _earlier(self._db, [each for each in people if each is not None])
        rejects: list[Reject] = []
        fresh: dict[Key, PaymentRow] = {}
        for row, person_id in zip(rows, people, strict=True):
            if person_id is None:
                column = "national_id" if row.national_id else "person_code"
                rejects.append(Reject(row.line, column, "", "nobody with this number or code is on the people list"))
                continue
            key = (person_id, row.programme, row.cycle.code, row.part)
            if key in fresh:
                rejects.append(_paid_twice(row, f"line {fresh[key].line} of this list"))
            elif this := next((each for each in earlier.get(key, ()) if self._is_this_row(each, row)), None):
                self.entered.unchanged += 1
                self.earlier_batch_id = this.batch_id
            elif standing := next((each for each in earlier.get(key, ()) if not each.refused), None):
                rejects.append(_paid_twice(row, self._where(standing)))
            else:
                fresh[key] = row
        self._insert(fresh)
        return rejects

    def _is_this_row(self, known: Earlier, row: PaymentRow) -> bool:
        same_file = known.file_hash == self._file_hash and known.batch_id != self.batch_id
        return same_file and known.line == row.line and known.amount == row.amount.amount

    def _where(self, known: Earlier) -> str:
        if known.batch_id == self.batch_id:
            return f"line {known.line} of this list"
        return f"batch {known.batch_id}" + (f" of the same list, line {known.line}" if self._same(known) else "")

    def _same(self, known: Earlier) -> bool:
        return known.file_hash == self._file_hash

    def _insert(self, fresh: dict[Key, PaymentRow]) -> None:
        if not fresh:
            return
        if self.batch_id is None:
            self.batch_id = self._new_batch()
        self._db.execute(
            text("""INSERT INTO payment (batch_id, line, person_id, programme, cycle, part, amount, grant_id, name_on_list)
                    SELECT :batch, * FROM unnest(CAST(:lines AS int[]), CAST(:people AS bigint[]),
                        CAST(:programmes AS text[]), CAST(:cycles AS text[]), CAST(:parts AS text[]),
                        CAST(:amounts AS bigint[]), CAST(:grants AS uuid[]), CAST(:names AS text[]))"""),
            {
                "batch": self.batch_id,
                "lines": [row.line for row in fresh.values()],
                "people": [person_id for person_id, _, _, _ in fresh],
                "programmes": [row.programme for row in fresh.values()],
                "cycles": [row.cycle.code for row in fresh.values()],
                "amounts": [row.amount.amount for row in fresh.values()],
                "parts": [row.part for row in fresh.values()],
                "grants": [uuid4() for _ in fresh],
                "names": [row.full_name or None for row in fresh.values()],
            },
        )
        self.entered.added += len(fresh)
        self.entered.total += sum(row.amount.amount for row in fresh.values())

    def _new_batch(self) -> int:
        return int(
            self._db.execute(
                text("""INSERT INTO payment_batch (list_name, file_hash, entered_by)
                        VALUES (:name, :hash, :officer) RETURNING id"""),
                {"name": self._list_name, "hash": self._file_hash, "officer": self._officer.id},
            ).scalar_one()
        )


@dataclass(frozen=True, slots=True)
class Earlier:
    """A payment that is already there for the same person, programme, cycle and part."""

    batch_id: int
    line: int
    amount: int
    file_hash: bytes
    refused: bool


def _paid_twice(row: PaymentRow, where: str) -> Reject:
    reason = f"this person already has {row.programme} for {row.cycle.code}: {where}"
    reason += "; if it is a second rightful payment, say so in a column part, such as arrears" if not row.part else ""
    return Reject(row.line, "cycle", row.cycle.code, reason)


def _people(db: Connection, vault: Vault, rows: Sequence[PaymentRow]) -> list[int | None]:
    keys = [find_key(vault, row.national_id.digits if row.national_id else None, row.person_code) for row in rows]
    found = db.execute(
        text("""SELECT id, coalesce(national_id_lookup, convert_to('code:' || person_code, 'UTF8')) AS key,
                       convert_to('code:' || person_code, 'UTF8') AS code_key
                FROM person WHERE national_id_lookup = ANY(:keys) OR person_code = ANY(:codes)"""),
        {"keys": keys, "codes": [row.person_code for row in rows if row.person_code]},
    ).all()
    by_key = {bytes(row.key): int(row.id) for row in found}
    by_key |= {bytes(row.code_key): int(row.id) for row in found if row.code_key is not None}
    return [by_key.get(key) for key in keys]


def _earlier(db: Connection, people: list[int]) -> dict[Key, list[Earlier]]:
    rows = db.execute(
        text("""SELECT p.person_id, p.programme, p.cycle, p.part, p.batch_id, p.line, p.amount, b.file_hash, p.state
                FROM payment p JOIN payment_batch b ON b.id = p.batch_id WHERE p.person_id = ANY(:people)"""),
        {"people": people},
    )
    found: dict[Key, list[Earlier]] = {}
    for row in rows:
        earlier = Earlier(row.batch_id, row.line, row.amount, bytes(row.file_hash), row.state == "refused")
        found.setdefault((row.person_id, row.programme, row.cycle, row.part), []).append(earlier)
    return found


def find_batch(db: Connection, batch_id: int, *, lock: bool = False) -> Batch:
    row = db.execute(
        text(f"""SELECT id, state, entered_by, approved_by, content_hash FROM payment_batch
                 WHERE id = :id {"FOR UPDATE" if lock else ""}"""),
        {"id": batch_id},
    ).first()
    if row is None:
        raise NotAllowed(f"There is no batch {batch_id}.")
    return Batch(row.id, row.state, row.entered_by, row.approved_by, row.content_hash and bytes(row.content_hash))


def content_hash(db: Connection, batch_id: int) -> bytes:
    """A digest of every row of a batch: what the approver's signature stands under."""
    digest = db.execute(
        text("""SELECT sha256(convert_to(coalesce(string_agg(
                    concat_ws('|', id, person_id, programme, cycle, part, amount, grant_id, coalesce(name_on_list, '')),
                    E'\n' ORDER BY id), ''), 'UTF8'))
                FROM payment WHERE batch_id = :id"""),
        {"id": batch_id},
    ).scalar_one()
    return bytes(digest)


def approve(db: Connection, batch_id: int, officer: Officer, now: datetime) -> None:
    """Sign a batch as it stands. Raises NotAllowed; whoever entered it is refused by the database itself."""
    require(officer, Role.APPROVES)
    batch = find_batch(db, batch_id, lock=True)
    if batch.state != "entered":
        raise NotAllowed(f"Batch {batch_id} is already {batch.state}.")
    try:
        with db.begin_nested():
            db.execute(
                text("""UPDATE payment_batch SET state = 'approved', approved_by = :officer, approved_at = :now,
                               content_hash = :hash WHERE id = :id"""),
                {"id": batch_id, "officer": officer.id, "now": now, "hash": content_hash(db, batch_id)},
            )
    except IntegrityError as refused:
        raise NotAllowed(four_eyes(refused, officer, batch_id)) from refused


def require(officer: Officer, role: Role) -> None:
    if role not in officer.roles:
        raise NotAllowed(f"{officer.name} is not an officer who {role.value}.")


def four_eyes(refused: IntegrityError, officer: Officer, batch_id: int) -> str:
    """The database's refusal of a signature, in words."""
    text_of_it = str(refused.orig)
    if "approver_is_not_maker" in text_of_it:
        return f"{officer.name} entered batch {batch_id}: somebody else must approve it."
    if "releaser_is_not_approver" in text_of_it:
        return f"{officer.name} approved batch {batch_id}: somebody else must release it."
    if "releaser_is_not_maker" in text_of_it:
        return f"{officer.name} entered batch {batch_id}: somebody else must release it."
    return f"The database refuses this signature of {officer.name} under batch {batch_id}."
