"""The phones of the pay points: whose they are, their PINs, and what one look tells of a keeper who calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from ussd_app.domain.keepers import Keeper, KeeperPin, RedemptionSeen, RedemptionState
from ussd_app.domain.money import Dong
from ussd_app.store.pins import MOST_WRONG_TRIES, hash_pin, pin_matches
from ussd_app.store.vault import Vault

CODE = "cash-out code"
MOST_CODES_SEEN = 500

KEEPER = f"""
    SELECT row_to_json(k) FROM (
        SELECT f.point_code, t.name AS point_name, t.no_cash_on, f.proposed_hash, f.pin_starting, f.wrong_tries,
               CASE WHEN f.pin_until IS NULL OR f.pin_until > now() THEN f.pin_hash END AS pin_hash,
               (SELECT max(locked_until) FROM code_guess
                WHERE (scope, key) IN (('phone', f.e164), ('point', f.point_code))) AS locked_until,
               (SELECT json_agg(o) FROM (
                   SELECT reference, amount, encode(code_lookup, 'hex') AS code FROM cash_out
                   WHERE point_code = f.point_code AND state = 'issued' AND code_lookup IS NOT NULL
                   LIMIT {MOST_CODES_SEEN}) o) AS codes,
               (SELECT json_build_object('times', count(*), 'sum', coalesce(sum(amount), 0)) FROM cash_out
                WHERE point_code = f.point_code AND state = 'paid' AND ended_at >= %(day)s) AS paid,
               (SELECT row_to_json(r) FROM (
                   SELECT c.reference, c.amount, r.state, r.reason
                   FROM redemption r JOIN cash_out c ON c.id = r.cash_out_id
                   WHERE r.asked_from = f.e164 ORDER BY r.asked_at DESC, r.state = 'refused' LIMIT 1) r) AS last
        FROM point_phone f JOIN point t ON t.code = f.point_code WHERE f.e164 = %(phone)s AND f.ended_at IS NULL) k
"""
"""For everyone else's phone it costs one look into a small index."""


def read(row: Mapping[str, Any], vault: Vault, today: date) -> Keeper:
    codes = {each["code"]: each["reference"] for each in row["codes"] or ()}
    last = row["last"]
    return Keeper(
        point_code=row["point_code"],
        point_name=row["point_name"],
        has_cash=row["no_cash_on"] != today.isoformat(),
        paid_today=row["paid"]["times"],
        sum_today=Dong(int(row["paid"]["sum"])),
        amounts=tuple((each["reference"], Dong(each["amount"])) for each in row["codes"] or ()),
        reference_of=lambda typed: codes.get(vault.fingerprint(CODE, typed).hex(), ""),
        locked_until=datetime.fromisoformat(row["locked_until"]) if row["locked_until"] else None,
        last=RedemptionSeen(last["reference"], Dong(last["amount"]), RedemptionState(last["state"]), last["reason"])
        if last
        else None,
        pin=KeeperPin(
            starting=row["pin_starting"],
            tries_left=max(0, MOST_WRONG_TRIES - row["wrong_tries"]),
            matches=partial(pin_matches, row["pin_hash"]),
            matches_proposed=partial(pin_matches, row["proposed_hash"]),
        ),
    )


@dataclass(frozen=True, slots=True)
class PointPhone:
    e164: str
    point_code: str
    point_name: str


def find(db: Connection, e164: str) -> PointPhone | None:
    row = db.execute(
        text("""SELECT f.e164, f.point_code, t.name FROM point_phone f JOIN point t ON t.code = f.point_code
                WHERE f.e164 = :phone AND f.ended_at IS NULL"""),
        {"phone": e164},
    ).first()
    return PointPhone(*row) if row else None


def add(db: Connection, e164: str, point_code: str, *, pin: str, until: datetime, officer_id: int, now: datetime) -> None:
    """This phone is the point's from now on, with a starting PIN; whatever it had before is over."""
    db.execute(
        text("""INSERT INTO point_phone (e164, point_code, pin_hash, pin_until, added_by, since)
                VALUES (:phone, :point, :hash, :until, :officer, :now)
                ON CONFLICT (e164) DO UPDATE SET point_code = excluded.point_code, pin_hash = excluded.pin_hash,
                    pin_starting = true, pin_until = excluded.pin_until, proposed_hash = NULL, wrong_tries = 0,
                    added_by = excluded.added_by, since = excluded.since, ended_at = NULL"""),
        {
            "phone": e164,
            "point": point_code,
            "hash": hash_pin(pin),
            "until": until,
            "officer": officer_id,
            "now": now,
        },
    )


def end(db: Connection, e164: str, now: datetime) -> bool:
    ended = db.execute(
        text("UPDATE point_phone SET ended_at = :now WHERE e164 = :phone AND ended_at IS NULL"),
        {"phone": e164, "now": now},
    )
    return ended.rowcount > 0


def count_wrong_pin(db: Connection, e164: str) -> None:
    db.execute(text("UPDATE point_phone SET wrong_tries = wrong_tries + 1 WHERE e164 = :phone"), {"phone": e164})


def forgive(db: Connection, e164: str) -> None:
    db.execute(text("UPDATE point_phone SET wrong_tries = 0 WHERE e164 = :phone"), {"phone": e164})


def propose_pin(db: Connection, e164: str, typed: str) -> None:
    db.execute(
        text("UPDATE point_phone SET proposed_hash = :hash WHERE e164 = :phone"),
        {"phone": e164, "hash": hash_pin(typed)},
    )


def adopt_proposed_pin(db: Connection, e164: str) -> None:
    db.execute(
        text("""UPDATE point_phone SET pin_hash = proposed_hash, proposed_hash = NULL, pin_starting = false,
                       pin_until = NULL, wrong_tries = 0 WHERE e164 = :phone AND proposed_hash IS NOT NULL"""),
        {"phone": e164},
    )
