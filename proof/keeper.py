"""The keeper of a point, who keys a code in on the point's own phone: our workers take it to the provider."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from proof.play import POINT, Play
from proof.provider import NOTHING
from ussd_app.actions.redemptions import carry_out_at_point
from ussd_app.domain.commands import RedeemCode
from ussd_app.domain.payments import Role
from ussd_app.domain.phone import Phone
from ussd_app.store import keepers, officers
from ussd_app.store.database import Database

PHONE = Phone("+84981000001")

_KEYED_IN = text("""
    SELECT r.id, c.reference, c.state, r.state AS told, r.state IN ('asked', 'sent', 'unsure') AS waits
    FROM redemption r JOIN cash_out c ON c.id = r.cash_out_id WHERE c.person_id = ANY(:people)
""")


def take_up_post(database: Database, now: datetime) -> None:
    """The phone is the point's, with a PIN of its keeper's own."""
    with database.begin() as db:
        clerk = officers.add(db, "chi", frozenset({Role.ENTERS}))
        keepers.add(db, PHONE.e164, POINT, pin="9713", until=now, officer_id=clerk.id, now=now)
        keepers.propose_pin(db, PHONE.e164, "2580")
        keepers.adopt_proposed_pin(db, PHONE.e164)


def key_in(play: Play, attempt: UUID) -> None:
    """The menu has found whose code it is; nothing is promised before the provider has said so."""
    house = play.house
    with house.database.begin() as db:
        command = RedeemCode(play.attempts[attempt])
        carry_out_at_point(db, house.desk, PHONE, uuid4(), command, play.now)
    play.say("the code is keyed in, where it is still one of ours")
    play.paid_out.append(attempt)


def told_wrong(play: Play, db: Connection) -> list[str]:
    """What must not be when all is at rest: a keeper who waits, or was not told what the provider's book says."""
    found: list[str] = []
    rows = db.execute(_KEYED_IN, {"people": [each.id for each in play.people]}).all()
    book = play.house.provider.book([row.id for row in rows]) if rows else {}
    for row in rows:
        entry = book.get(row.id, NOTHING)
        paid = entry.paid > 0 if row.told == "redeemed" else entry.paid > entry.taken_back
        if row.waits and row.state in ("paid", "failed", "reversed"):
            found.append(f"{row.reference} is {row.state}, and the keeper still waits to hear of its code")
        if paid != (row.told == "redeemed") and not row.waits:
            had = "has" if paid else "never had"
            found.append(f"{row.reference}: the keeper was told that the code was {row.told}, and {had} the money for it")
    return found
