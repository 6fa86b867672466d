"""What the ledger says of the people on one phone, in words for whoever stands beside the simulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from ussd_app.domain.money import Dong
from ussd_app.domain.people import Gender, Language, form_of_address, given_name

LAST = 8

_PEOPLE = text("""
    SELECT p.id, p.full_name, p.gender, p.language, h.unproven_at IS NULL AS proven,
           coalesce(sum(a.credits_posted - a.debits_posted - a.debits_pending), 0)::bigint AS free,
           coalesce(sum(a.debits_pending), 0)::bigint AS held
    FROM person_phone h JOIN person p ON p.id = h.person_id LEFT JOIN account a ON a.person_id = p.id
    WHERE h.e164 = :phone GROUP BY p.id, h.since, h.unproven_at ORDER BY h.since, p.id
""")

_TRANSFERS = text("""
    SELECT t.kind, t.amount, t.reason, t.created_at,
           a.id = t.debit_id AS goes,
           EXISTS (SELECT FROM transfer r WHERE r.pending_id = t.id) AS resolved, other.kind AS other
    FROM account a JOIN transfer t ON a.id IN (t.debit_id, t.credit_id)
    JOIN account other ON other.id = CASE a.id WHEN t.debit_id THEN t.credit_id ELSE t.debit_id END
    WHERE a.person_id = :person ORDER BY t.created_at DESC, t.id LIMIT :last
""")

_CASH_OUT = text("""
    SELECT o.reference, o.amount, o.state, o.reason, t.name AS point
    FROM cash_out o JOIN point t ON t.code = o.point_code
    WHERE o.person_id = :person ORDER BY o.asked_at DESC LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class _Movement:
    kind: str
    goes: bool
    other: str
    resolved: bool
    reason: str

    def in_words(self) -> str:
        match self.kind, self.goes, self.other:
            case "pending", _, _:
                return "held for cash, since settled" if self.resolved else "held for cash at a pay point"
            case "post", _, _:
                return "cash handed over"
            case "void", _, _:
                return "hold given back" + (f": {self.reason}" if self.reason else "")
            case _, True, "handed_over":
                return "passed on to be paid elsewhere"
            case _, True, "trust":
                return "kept by the commune"
            case _, False, "clearing" | "handed_over" | "trust":
                return "came back" + (f": {self.reason}" if self.reason else "")
            case _, True, "returned":
                return "back to the state, unclaimed"
            case _, False, "treasury":
                return "came from the state"
            case _:
                return self.reason


def ledger_of(db: Connection, phone: str) -> list[dict[str, Any]]:
    """One entry for each person on the line. Somebody whose number is unproven is named to nobody, here neither."""
    return [_entry(db, row) for row in db.execute(_PEOPLE, {"phone": phone})]


def _entry(db: Connection, row: Any) -> dict[str, Any]:
    if not row.proven:
        return {"person": "", "proven": False}
    cash_out = db.execute(_CASH_OUT, {"person": row.id}).first()
    return {
        "person": f"{form_of_address(Gender(row.gender), Language(row.language))} {given_name(row.full_name)}",
        "proven": True,
        "free": str(Dong(row.free)),
        "held": str(Dong(row.held)),
        "cash_out": cash_out and {**cash_out._asdict(), "amount": str(Dong(cash_out.amount))},
        "last": [_line(each) for each in db.execute(_TRANSFERS, {"person": row.id, "last": LAST})],
    }


def _line(row: Any) -> dict[str, Any]:
    moved = _Movement(row.kind, row.goes, row.other, row.resolved, row.reason)
    sign = {"pending": "", "void": ""}.get(row.kind, "−" if row.goes else "+")  # a hold, and its end, move nothing
    return {"amount": sign + str(Dong(row.amount)), "words": moved.in_words(), "at": row.created_at.isoformat()}


def swap_sim(db: Connection, phone: str, *, proven: bool) -> int:
    """Another SIM is in this phone: who holds it is not known until somebody proves it. Gives how many it concerns."""
    swapped = text("UPDATE person_phone SET unproven_at = CASE WHEN :proven THEN NULL ELSE now() END WHERE e164 = :phone")
    return db.execute(swapped, {"phone": phone, "proven": proven}).rowcount
