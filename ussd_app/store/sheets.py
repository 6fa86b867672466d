"""What became of the news of each payment of a batch: every payment stands in exactly one place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, text


class Place(StrEnum):
    """Where the news of one payment stands. The order is that of a sheet read from the top."""

    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    """Taken by the carrier, which has not yet said what came of it."""
    TO_SEND = "to_send"
    FAILED = "failed"
    UNSURE = "unsure"
    NO_PHONE = "no_phone"
    """There is no number that is surely theirs."""


REMAINDERS = (Place.FAILED, Place.UNSURE, Place.NO_PHONE)
"""Those whom somebody should visit."""

_PLACED = """
    SELECT p.id, p.person_id, p.amount, p.programme, p.cycle, coalesce(m.note, '') AS note, coalesce(m.e164, '') AS e164,
           CASE WHEN m.id IS NULL THEN 'no_phone'
                WHEN m.state = 'delivered' THEN 'delivered'
                WHEN m.state = 'sent' THEN 'accepted'
                WHEN m.state IN ('waiting', 'sending') THEN 'to_send'
                WHEN m.state = 'unsure' THEN 'unsure'
                ELSE 'failed' END AS place
    FROM payment p LEFT JOIN sms_message m ON m.dedup_key = 'payment-arrived:' || p.id
    WHERE p.batch_id = :batch AND p.state = 'released'
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    batch_id: int
    listed: int
    paid: int
    people: int
    by_place: dict[Place, int]

    @property
    def balances(self) -> bool:
        return self.paid == sum(self.by_place.values())


def sheet(db: Connection, batch_id: int) -> Sheet | None:
    """None when there is no such batch."""
    listed = db.execute(
        text("""SELECT (SELECT count(*) FROM payment WHERE batch_id = b.id) AS payments FROM payment_batch b
                WHERE b.id = :batch"""),
        {"batch": batch_id},
    ).first()
    if listed is None:
        return None
    counted = db.execute(
        text("""SELECT count(*) AS paid, count(DISTINCT person_id) AS people FROM payment
                WHERE batch_id = :batch AND state = 'released'"""),
        {"batch": batch_id},
    ).one()
    places = db.execute(
        text(f"SELECT place, count(*) AS payments FROM ({_PLACED}) AS placed GROUP BY place"), {"batch": batch_id}
    )
    found = {Place(row.place): int(row.payments) for row in places}
    return Sheet(
        batch_id, int(listed.payments), counted.paid, counted.people, {place: found.get(place, 0) for place in Place}
    )


def remainder(db: Connection, batch_id: int, place: Place) -> list[Row[Any]]:
    """Everyone of one place, by commune, as its officer needs them."""
    return list(
        db.execute(
            text(f"""SELECT k.code AS commune_code, k.name AS commune, w.person_code, w.full_name, x.programme, x.cycle,
                            x.amount, x.e164, x.note
                     FROM ({_PLACED}) AS x JOIN person w ON w.id = x.person_id JOIN commune k ON k.id = w.commune_id
                     WHERE x.place = :place ORDER BY k.code, w.full_name, x.id"""),
            {"batch": batch_id, "place": place.value},
        )
    )
