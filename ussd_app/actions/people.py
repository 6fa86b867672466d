"""Entering people: a known person is updated, a new one is added, the same list twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from ussd_app.domain.identity import NationalId, read_national_id
from ussd_app.domain.people import PayoutMethod
from ussd_app.lists.errors import Reject
from ussd_app.lists.people import PersonRow
from ussd_app.store.vault import Vault
from ussd_app.store.wallets import PAYOUT_ACCOUNT

NATIONAL_ID = "national id"


@dataclass(slots=True)
class Entered:
    """What became of the rows so far."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    phones: int = 0


class PeopleEntry:
    """One list of people on its way in; remembers whom it has met, so that a double row is named."""

    def __init__(self, vault: Vault, told: Callable[[Connection, Sequence[PayeeChange]], object] | None = None) -> None:
        """`told` is called in the same transaction with what changed of where known people are paid or reached."""
        self._vault, self._told = vault, told
        self._met: dict[bytes, int] = {}
        self.entered = Entered()

    def enter(self, db: Connection, rows: Sequence[PersonRow]) -> list[Reject]:
        """Enter some rows in one transaction of the caller's. The rejects are the rows that name somebody twice."""
        keyed, rejects = self._keyed(rows)
        known = _known(db, list(keyed))
        communes = {row.code: row.id for row in db.execute(text("SELECT id, code FROM commune WHERE valid_to IS NULL"))}
        ids = {key: person.id for key, person in known.items()}
        fresh: dict[bytes, dict[str, object]] = {}
        changes: list[PayeeChange] = []
        for key, person in keyed.items():
            values = self._values(key, person, communes[person.commune_code])
            if key not in known:
                fresh[key] = values
            elif known[key].same_as(values):
                self.entered.unchanged += 1
            else:
                self.entered.changed += 1
                changes += known[key].payee_changes(values)
                db.execute(_UPDATE, values | {"id": known[key].id})
        if fresh:
            ids |= _insert(db, list(fresh.values()))
            self.entered.added += len(fresh)
        phones = [(ids[key], row.phone.e164, row.phone_converted) for key, row in keyed.items() if row.phone]
        added = _add_phones(db, phones)
        self.entered.phones += len(added)
        met_before = {person.id for person in known.values()}
        changes += [PayeeChange(person, None, e164) for person, e164 in added if person in met_before]
        if self._told and changes:
            self._told(db, changes)
        return rejects

    def _keyed(self, rows: Sequence[PersonRow]) -> tuple[dict[bytes, PersonRow], list[Reject]]:
        keyed: dict[bytes, PersonRow] = {}
        rejects: list[Reject] = []
        for row in rows:
            key = find_key(self._vault, row.national_id.digits if row.national_id else None, row.person_code)
            if key in self._met:
                reason = f"this person is already on line {self._met[key]} of this list"
                column = "national_id" if row.national_id else "person_code"
                rejects.append(Reject(row.line, column, "", reason))
                continue
            self._met[key] = row.line
            keyed[key] = row
        return keyed, rejects

    def _values(self, key: bytes, row: PersonRow, commune_id: int) -> dict[str, object]:
        account = row.payout_account
        return {
            "lookup": key if row.national_id else None,
            "sealed": self._vault.seal(NATIONAL_ID, row.national_id.digits) if row.national_id else None,
            "code": row.person_code,
            "name": row.full_name,
            "born": row.birth.day if row.birth else None,
            "precision": row.birth.precision.value if row.birth else None,
            "gender": row.gender.value,
            "commune": commune_id,
            "method": row.payout_method.value,
            "account_lookup": self._vault.fingerprint(PAYOUT_ACCOUNT, account) if account else None,
            "account_sealed": self._vault.seal(PAYOUT_ACCOUNT, account) if account else None,
            "language": row.language.value,
            "doubts": list(row.doubts),
        }


def find_key(vault: Vault, national_id: str | None, person_code: str | None) -> bytes:
    """The fingerprint by which a person is found again."""
    if national_id:
        return vault.fingerprint(NATIONAL_ID, national_id)
    return b"code:" + (person_code or "").encode()


def person_named(db: Connection, vault: Vault, named: str) -> int | None:
    """Who is meant by a national id, in any spacing, or by the office's own code."""
    number = read_national_id(named)
    lookup = vault.fingerprint(NATIONAL_ID, number.digits) if isinstance(number, NationalId) else None
    return db.execute(
        text("SELECT id FROM person WHERE national_id_lookup = :lookup OR person_code = :code"),
        {"lookup": lookup, "code": named.strip()},
    ).scalar()


def person_with_key(db: Connection, key: bytes) -> int | None:
    """Whom a list means, by what `find_key` makes of a row."""
    code = key[5:].decode() if key.startswith(b"code:") else None
    return db.execute(
        text("SELECT id FROM person WHERE national_id_lookup = :key OR person_code = :code"), {"key": key, "code": code}
    ).scalar()


@dataclass(frozen=True, slots=True)
class PayeeChange:
    """A known person is paid elsewhere, or reached under another number."""

    person_id: int
    method: PayoutMethod | None
    """None when it is the number that is new."""
    e164: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A person as the database has them, in the order of `_SAME`."""

    id: int
    now: tuple[object, ...]

    def same_as(self, values: dict[str, object]) -> bool:
        return self.now == tuple(values[name] for name in _SAME)

    def payee_changes(self, values: dict[str, object]) -> list[PayeeChange]:
        before = dict(zip(_SAME, self.now, strict=True))
        if all(before[name] == values[name] for name in ("method", "account_lookup")):
            return []
        return [PayeeChange(self.id, PayoutMethod(str(values["method"])))]


_SAME = ("name", "born", "precision", "gender", "commune", "method", "account_lookup", "language", "doubts")

_KEY = "coalesce(national_id_lookup, convert_to('code:' || person_code, 'UTF8'))"

_COLUMNS = (
    ("lookup", "bytea"),
    ("sealed", "bytea"),
    ("code", "text"),
    ("name", "text"),
    ("born", "date"),
    ("precision", "text"),
    ("gender", "text"),
    ("commune", "int"),
    ("method", "text"),
    ("account_lookup", "bytea"),
    ("account_sealed", "bytea"),
    ("language", "text"),
)

_INSERT = text(f"""
    INSERT INTO person (national_id_lookup, national_id_sealed, person_code, full_name, birth_date, birth_precision, gender,
        commune_id, payout_method, payout_account_lookup, payout_account_sealed, language, doubts)
    SELECT {", ".join(name for name, _ in _COLUMNS)}, coalesce(string_to_array(nullif(doubts, ''), '|'), '{{}}')
    FROM unnest({", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _COLUMNS)}, CAST(:doubts AS text[]))
         AS t ({", ".join(name for name, _ in _COLUMNS)}, doubts)
    RETURNING id, {_KEY} AS key
""")

_UPDATE = text("""
    UPDATE person SET full_name = :name, birth_date = :born, birth_precision = :precision, gender = :gender,
        commune_id = :commune, payout_method = :method, payout_account_lookup = :account_lookup,
        payout_account_sealed = :account_sealed, language = :language, doubts = :doubts, changed_at = now()
    WHERE id = :id
""")


def _known(db: Connection, keys: list[bytes]) -> dict[bytes, Known]:
    rows = db.execute(
        text(f"""SELECT id, {_KEY} AS key,
                       full_name, birth_date, birth_precision, gender, commune_id, payout_method, payout_account_lookup,
                       language, doubts
                FROM person WHERE national_id_lookup = ANY(:keys) OR person_code = ANY(:codes)"""),
        {"keys": keys, "codes": [key[5:].decode() for key in keys if key.startswith(b"code:")]},
    )
    return {bytes(row.key): Known(row.id, _plain(row[2:])) for row in rows}


def _plain(values: Sequence[object]) -> tuple[object, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in values)


def _insert(db: Connection, people: list[dict[str, object]]) -> dict[bytes, int]:
    """Write new people in one statement; their ids by the keys they are found with."""
    columns: dict[str, list[object]] = {name: [each[name] for each in people] for name, _ in _COLUMNS}
    columns["doubts"] = ["|".join(doubts) if isinstance(doubts := each["doubts"], list) else "" for each in people]
    return {bytes(row.key): row.id for row in db.execute(_INSERT, columns)}


def _add_phones(db: Connection, phones: Sequence[tuple[int, str, bool]]) -> list[tuple[int, str]]:
    """Whose numbers were new, and which."""
    rows = db.execute(
        text("""INSERT INTO person_phone (person_id, e164, converted)
                SELECT * FROM unnest(CAST(:people AS bigint[]), CAST(:phones AS text[]), CAST(:converted AS boolean[]))
                ON CONFLICT DO NOTHING RETURNING person_id, e164"""),
        {
            "people": [person_id for person_id, _, _ in phones],
            "phones": [e164 for _, e164, _ in phones],
            "converted": [converted for _, _, converted in phones],
        },
    )
    return [(row.person_id, row.e164) for row in rows]
