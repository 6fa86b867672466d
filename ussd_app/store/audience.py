"""Who a campaign speaks to, with what their message needs to know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Row, text

from ussd_app.domain.campaigns import LeftOut
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.domain.people import Gender, Language


class Paid(Enum):
    """Whom a campaign is for, of the people of its communes."""

    WHOEVER = "everyone, or whom the programme or the cycle paid where one is named"
    YES = "whom the programme or the cycle paid"
    UNANSWERED = "of these, who has not yet said whether the money came"
    NOT_YET = "whom the programme paid before, and has not paid for this cycle"


_FACTS = """
    p.id AS person_id, p.commune_id, p.full_name, p.gender, coalesce(p.chosen_language, p.language) AS language,
    k.name AS commune, p.deceased_on IS NOT NULL AS deceased, pay.id AS payment_id, pay.amount, pay.cycle,
    EXISTS (SELECT FROM recipient WHERE person_id = p.id) AS has_phone, r.e164, r.shared, r.stopped
"""

_PHONE = """LEFT JOIN LATERAL (SELECT e164, shared, stopped FROM recipient
                                WHERE person_id = p.id AND proven ORDER BY since, e164 LIMIT 1) r ON true"""


@dataclass(frozen=True, slots=True)
class Listener:
    """One person of the audience."""

    person_id: int
    commune_id: int
    commune: str
    full_name: str
    gender: Gender
    language: Language
    e164: str | None
    shared: bool
    """Somebody else has this phone too."""
    left_out: LeftOut | None
    payment_id: int | None
    amount: Dong | None
    cycle: Cycle | None


def of_campaign(
    db: Connection, campaign_id: int, *, programme: str | None, cycle: str | None, paid: Paid, stoppable: bool
) -> list[Listener]:
    """The people of the chosen communes, the communes in their turn; with the payment that their message speaks of.

    `stoppable`: whoever wants no such messages is left out.
    """
    by_payment = paid in (Paid.YES, Paid.UNANSWERED) or (paid is Paid.WHOEVER and (programme or cycle))
    rows = db.execute(
        text(f"""SELECT {_FACTS}
                 FROM campaign_commune c JOIN commune k ON k.id = c.commune_id JOIN person p ON p.commune_id = k.id
                 {_PHONE}
                 LEFT JOIN LATERAL (
                     SELECT id, amount, cycle FROM payment y
                     WHERE y.person_id = p.id AND y.state = 'released'
                       AND (CAST(:programme AS text) IS NULL OR y.programme = :programme)
                       AND (CAST(:cycle AS text) IS NULL OR y.cycle = :cycle)
                       AND (NOT :unanswered OR y.receipt = 'not_asked')
                     ORDER BY y.released_at DESC, y.id DESC LIMIT 1) pay ON :by_payment
                 WHERE c.campaign_id = :campaign AND (NOT :by_payment OR pay.id IS NOT NULL)
                   AND (NOT :not_yet OR {_NOT_YET})
                 ORDER BY c.turn, p.id"""),
        {
            "campaign": campaign_id,
            "programme": programme,
            "cycle": cycle,
            "by_payment": bool(by_payment),
            "unanswered": paid is Paid.UNANSWERED,
            "not_yet": paid is Paid.NOT_YET,
        },
    )
    return [_read(row, stoppable) for row in rows]


_NOT_YET = """(
    EXISTS (SELECT FROM payment y WHERE y.person_id = p.id
            AND (CAST(:programme AS text) IS NULL OR y.programme = :programme))
    AND NOT EXISTS (SELECT FROM payment y WHERE y.person_id = p.id AND y.state = 'released' AND y.cycle = :cycle
                    AND (CAST(:programme AS text) IS NULL OR y.programme = :programme)))
"""


def of_people(db: Connection, campaign_id: int, people: Sequence[int], *, stoppable: bool) -> dict[int, Listener]:
    """The same facts, as they are today, of people who are on a campaign already."""
    rows = db.execute(
        text(f"""SELECT {_FACTS}
                 FROM campaign_person c JOIN person p ON p.id = c.person_id JOIN commune k ON k.id = c.commune_id
                 {_PHONE}
                 LEFT JOIN payment pay ON pay.id = c.payment_id
                 WHERE c.campaign_id = :campaign AND c.person_id = ANY(:people)"""),
        {"campaign": campaign_id, "people": list(people)},
    )
    return {row.person_id: _read(row, stoppable) for row in rows}


def _read(row: Row[Any], stoppable: bool) -> Listener:
    return Listener(
        row.person_id,
        row.commune_id,
        row.commune,
        row.full_name,
        Gender(row.gender),
        Language(row.language),
        row.e164,
        bool(row.shared),
        _left_out(row, stoppable),
        row.payment_id,
        Dong(row.amount) if row.amount is not None else None,
        Cycle.read(row.cycle) if row.cycle else None,
    )


def _left_out(row: Row[Any], stoppable: bool) -> LeftOut | None:
    if row.deceased:
        return LeftOut.DECEASED
    if row.e164 is None:
        return LeftOut.UNPROVEN if row.has_phone else LeftOut.NO_PHONE
    return LeftOut.OPTED_OUT if stoppable and row.stopped else None


def open_points(db: Connection, campaign_id: int) -> dict[int, int]:
    """How many points of each chosen commune are open."""
    rows = db.execute(
        text("""SELECT c.commune_id, count(t.code) FILTER (WHERE t.open) AS points FROM campaign_commune c
                LEFT JOIN point t ON t.commune_id = c.commune_id WHERE c.campaign_id = :campaign GROUP BY 1"""),
        {"campaign": campaign_id},
    )
    return {row.commune_id: row.points for row in rows}


def had_enough_today(db: Connection, phones: Sequence[str], *, since: object, most: int) -> set[str]:
    """The phones that were already written to so often since this moment, of messages that could have waited."""
    rows = db.execute(
        text("""SELECT e164 FROM sms_message WHERE e164 = ANY(:phones) AND created_at >= :since AND lane >= 2
                  AND state NOT IN ('expired', 'refused') GROUP BY e164 HAVING count(*) >= :most"""),
        {"phones": list(phones), "since": since, "most": most},
    )
    return {row.e164 for row in rows}
