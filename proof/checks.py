"""What must hold after every schedule: the ledger says what the provider's book says, once, and to the đồng."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from proof import keeper
from proof.people import GRANTED, Someone
from proof.play import Play
from proof.provider import NOTHING


@dataclass(frozen=True, slots=True)
class Kept:
    """One cash-out as our side has it."""

    id: UUID
    reference: str
    person_id: int
    state: str
    amount: int
    held: int
    posted: int
    voided: int
    taken_back: int
    """đồng that the provider has paid and taken back, by the ledger."""
    noted_back: int
    """The same, by the cash-out's own row."""
    receipts: int
    apologies: int

    @property
    def live(self) -> bool:
        return self.state in ("held", "sent", "unknown", "issued")


_KEPT = text("""
    SELECT c.id, c.reference, c.person_id, c.state, c.amount, t.held, t.posted, t.voided, t.taken_back,
           c.reversed_amount,
           (SELECT count(*) FROM sms_message WHERE dedup_key = 'cash-out-receipt:' || c.id) AS receipts,
           (SELECT count(*) FROM sms_message WHERE dedup_key = 'cash-out-failed:' || c.id) AS apologies
    FROM cash_out c CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount) FILTER (WHERE kind = 'pending'), 0)::bigint AS held,
               coalesce(sum(amount) FILTER (WHERE kind = 'post'), 0)::bigint AS posted,
               coalesce(sum(amount) FILTER (WHERE kind = 'void'), 0)::bigint AS voided,
               coalesce(sum(amount) FILTER (WHERE reverses_id IS NOT NULL), 0)::bigint AS taken_back
        FROM transfer WHERE journal_id = c.id) t
    WHERE c.person_id = ANY(:people)
""")

_PURSES = text("""
    SELECT person_id, sum(credits_posted)::bigint AS got, sum(debits_posted)::bigint AS paid,
           sum(debits_pending)::bigint AS held, min(credits_posted - debits_posted - debits_pending) AS least
    FROM account WHERE person_id = ANY(:people) GROUP BY person_id
""")


def kept(db: Connection, people: Sequence[Someone]) -> list[Kept]:
    return [Kept(*row) for row in db.execute(_KEPT, {"people": [each.id for each in people]})]


def at_every_moment(play: Play) -> list[str]:
    """What no reader may see broken, at whatever moment it looks."""
    with play.house.database.begin() as db:
        ours = kept(db, play.people)
    book = play.house.provider.book(list(play.attempts))
    found: list[str] = []
    for each in ours:
        entries = [book.get(id, NOTHING) for id, reference in play.attempts.items() if reference == each.reference]
        paid = sum(entry.paid for entry in entries)
        taken_back = sum(entry.taken_back for entry in entries)
        if each.taken_back > min(taken_back, each.posted):
            found.append(
                f"{each.reference}: {each.taken_back:,} đồng of {each.posted:,} came back, the provider took {taken_back:,}"
            )
        if each.taken_back != each.noted_back:
            found.append(
                f"{each.reference} notes {each.noted_back:,} đồng as come back; the ledger says {each.taken_back:,}"
            )
        if paid > each.amount:
            found.append(f"{each.reference} is paid twice: {paid:,} đồng for an order of {each.amount:,}")
        if each.voided and paid:
            found.append(f"{each.reference}: the money is back with its owner, and the provider has paid {paid:,} đồng")
        if each.voided and any(entry.may_still_pay for entry in entries):
            found.append(f"{each.reference}: the hold was given back while the provider may still pay")
        if each.posted > paid:
            found.append(f"{each.reference}: the ledger says paid, {each.posted:,} đồng; the provider paid {paid:,}")
        if each.held - each.posted - each.voided != (each.amount if each.live else 0):
            found.append(f"{each.reference} is {each.state} and holds {each.held - each.posted - each.voided:,} đồng")
        if each.posted + each.voided > each.held:
            found.append(f"{each.reference}: a hold of {each.held:,} đồng is resolved for more")
    return found


def at_rest(play: Play) -> list[str]:
    """What must hold when nothing is under way any more."""
    found = at_every_moment(play)
    with play.house.database.begin() as db:
        ours = kept(db, play.people)
        found += keeper.told_wrong(play, db)
        purses = {row.person_id: row for row in db.execute(_PURSES, {"people": [each.id for each in play.people]})}
    book = play.house.provider.book(list(play.attempts))
    for each in ours:
        entries = [book[id] for id, said in play.attempts.items() if said == each.reference and id in book]
        if each.state != "unknown" or entries:  # or a person decides: the provider has never heard of it
            paid, taken_back = sum(entry.paid for entry in entries), sum(entry.taken_back for entry in entries)
            found.extend(_one_at_rest(each, paid, taken_back))
    for someone in play.people:
        posted = sum(each.posted for each in ours if each.person_id == someone.id)
        got = GRANTED + sum(each.taken_back for each in ours if each.person_id == someone.id)
        held = sum(each.held - each.posted - each.voided for each in ours if each.person_id == someone.id)
        purse = purses[someone.id]
        if (purse.got, purse.paid, purse.held) != (got, posted, held) or purse.least < 0:
            found.append(f"the account does not add up: {purse} against {posted:,} paid and {held:,} held")
    return sorted(set(found))


def _one_at_rest(each: Kept, paid: int, taken_back: int) -> list[str]:
    found: list[str] = []
    if each.posted != paid:
        found.append(f"{each.reference}: the provider paid {paid:,} đồng, the ledger says {each.posted:,}")
    if each.taken_back != taken_back:
        found.append(f"{each.reference}: the provider took {taken_back:,} đồng back, the ledger says {each.taken_back:,}")
    if each.live:
        found.append(f"{each.reference} is still {each.state}: nobody will ever know")
    if not each.live and each.state != _ended(each):
        found.append(f"{each.reference} is {each.state} and {each.posted:,} đồng are posted")
    wanted = (1, 0) if each.state in ("paid", "reversed") else (0, 1) if each.state == "failed" else (0, 0)
    if (each.receipts, each.apologies) != wanted:
        found.append(f"{each.reference} is {each.state} and was told {each.receipts} receipts, {each.apologies} apologies")
    return found


def _ended(each: Kept) -> str:
    """The state that the ledger's own rows ask for."""
    return "reversed" if each.taken_back else "paid" if each.posted else "failed"
