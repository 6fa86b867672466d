"""What messages cost, by month, kind, programme and commune, and how much a month may cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, text

WARN_AT = 0.8
"""Of a month's budget."""


class By(StrEnum):
    KIND = "kind"
    PROGRAMME = "programme"
    COMMUNE = "commune"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class Cost:
    what: str
    messages: int
    parts: int
    dong: int


_GROUP = {
    By.KIND: "m.kind",
    By.PROGRAMME: "coalesce(pay.programme, c.programme, '')",
    By.COMMUNE: "coalesce(k.code || ' ' || k.name, '')",
    By.CARRIER: "coalesce(m.provider, '')",
}

# A carrier bills what it took, whether or not it arrived. Where it named no price, today's price of a part stands in.
_BILLED = "m.state IN ('sent', 'delivered', 'undelivered', 'unsure')"
_PRICE = "coalesce(m.cost_millidong, m.parts * :price * 1000)"


def by(db: Connection, month: str, group: By, *, zone: str, price: int) -> list[Cost]:
    """One line for each of what is asked for, the dearest first. `month` is YYYY-MM, local."""
    rows = db.execute(
        text(f"""SELECT {_GROUP[group]} AS what, count(*) AS messages, sum(m.parts)::bigint AS parts,
                        round(sum({_PRICE}) / 1000.0)::bigint AS dong
                 FROM sms_message m
                 LEFT JOIN payment pay ON m.kind = 'payment_arrived' AND m.dedup_key = 'payment-arrived:' || pay.id
                 LEFT JOIN campaign c ON m.dedup_key LIKE 'campaign:%' AND c.id = split_part(m.dedup_key, ':', 2)::bigint
                 LEFT JOIN person p ON p.id = m.person_id LEFT JOIN commune k ON k.id = p.commune_id
                 WHERE {_BILLED} AND m.sending_at >= {_FIRST} AND m.sending_at < {_FIRST_OF_NEXT}
                 GROUP BY 1 ORDER BY 4 DESC, 1"""),
        {"month": f"{month}-01", "zone": zone, "price": price},
    )
    return [Cost(row.what, row.messages, row.parts, row.dong) for row in rows]


_FIRST = "(CAST(:month AS timestamp) AT TIME ZONE :zone)"
_FIRST_OF_NEXT = "((CAST(:month AS timestamp) + interval '1 month') AT TIME ZONE :zone)"


def spent(db: Connection, month: str, *, zone: str, price: int) -> int:
    """In đồng, so far."""
    return int(
        db.execute(
            text(f"""SELECT coalesce(round(sum({_PRICE}) / 1000.0), 0)::bigint FROM sms_message m
                     WHERE {_BILLED} AND m.sending_at >= {_FIRST} AND m.sending_at < {_FIRST_OF_NEXT}"""),
            {"month": f"{month}-01", "zone": zone, "price": price},
        ).scalar_one()
    )


def budget(db: Connection, month: str) -> int | None:
    """In đồng; None when nobody has set one."""
    found = db.execute(text("SELECT amount FROM sms_budget WHERE month = :month"), {"month": month}).scalar()
    return int(found) if found is not None else None


def set_budget(db: Connection, month: str, amount: int, officer_id: int, now: datetime) -> None:
    db.execute(
        text("""INSERT INTO sms_budget (month, amount, set_by, set_at) VALUES (:month, :amount, :officer, :now)
                ON CONFLICT (month) DO UPDATE
                SET amount = excluded.amount, set_by = excluded.set_by, set_at = excluded.set_at"""),
        {"month": month, "amount": amount, "officer": officer_id, "now": now},
    )
