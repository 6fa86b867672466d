"""An entry that was wrong: never edited, taken back by another one the other way, by two officers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.actions import adjusting, adjustments
from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.adjustments import Kind, Line
from ussd_app.domain.ledger import AccountKind as Of
from ussd_app.domain.ledger import TransferKind
from ussd_app.domain.money import Dong
from ussd_app.store import adjustments as store
from ussd_app.store import entries
from ussd_app.store.entries import Entry
from ussd_app.store.officers import Officer

_MAY_BE_WRONG = {
    (Of.STATE, Of.TREASURY),
    (Of.TREASURY, Of.STATE),
    (Of.TREASURY, Of.BENEFICIARY),
    (Of.BENEFICIARY, Of.TREASURY),
    (Of.HANDED_OVER, Of.BENEFICIARY),
    (Of.TRUST, Of.BENEFICIARY),
    (Of.BENEFICIARY, Of.SUSPENSE),
    (Of.WAIVED, Of.SUSPENSE),
    (Of.WAIVED, Of.FEES),
}
"""What officers enter, or what follows from what they entered; what others say is put right by what they say next."""
_SHORTEST = 6  # of the 32 digits of an entry's id


def entry_named(db: Connection, written: str) -> UUID:
    """An entry by its id or the beginning of it. Raises NotAllowed when none is meant, or more than one."""
    digits = written.strip().lower().replace("-", "")
    if not _SHORTEST <= len(digits) <= 32 or set(digits) - set("0123456789abcdef"):
        raise NotAllowed(f"{written!r} is not the beginning of an entry's id: see `ledger entries`.")
    found = entries.beginning_with(db, UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f")))
    if not found:
        raise NotAllowed(f"There is no entry {written!r}: see `ledger entries`.")
    if len(found) > 1:
        raise NotAllowed(f"More than one entry begins with {written!r}: write more of it.")
    return found[0]


def grant_of(db: Connection, payment_id: int) -> UUID:
    """The entry that credited a payment. Raises NotAllowed when it was not released."""
    row = db.execute(text("SELECT grant_id, state FROM payment WHERE id = :id"), {"id": payment_id}).first()
    if row is None:
        raise NotAllowed(f"There is no payment {payment_id}.")
    if row.state != "released":
        raise NotAllowed(f"Payment {payment_id} is {row.state}, no money has moved: see `payments correct`.")
    return row.grant_id


def ask(
    db: Connection, id: UUID, key: UUID, amount: Dong | None, reason: str, officer: Officer, now: datetime
) -> tuple[int, Entry, Dong]:
    """Ask that an entry is taken back, all of it or an amount. The number to agree to, the entry, and how much.

    Raises NotAllowed for what is not an officer's to correct, and for what could not be taken back now.
    """
    entry = entries.lock(db, id)
    if entry is None:
        raise NotAllowed(f"There is no entry {id}: see `ledger entries`.")
    if why := _why_not(entry):
        raise NotAllowed(why)
    if not entry.left:
        raise NotAllowed("This entry has been taken back already.")
    wanted = amount or entry.left
    if wanted > entry.left:
        raise NotAllowed(f"Only {entry.left} of this entry is left to take back.")
    if known := store.asked_for(db, [Kind.CORRECT], [id]).get(id):
        raise NotAllowed(f"This entry's correction is asked for already: number {known[0]} waits for another officer.")
    owned = next((each for each in (entry.credit, entry.debit) if each.kind is Of.BENEFICIARY), entry.credit)
    line = Line(key, owned.code, wanted, entry.journal_id, entry.person_id, entry.id)
    if problem := adjusting.rehearse(db, Kind.CORRECT, line):
        raise NotAllowed(f"It cannot be taken back: {problem}{_where(db, entry)}.")
    return adjustments.ask(db, Kind.CORRECT, [line], reason, officer, now), entry, wanted


def _why_not(entry: Entry) -> str | None:
    if entry.reverses_a_reversal:
        return "This entry gave again what a correction had taken; what is wrong now is paid on a list, or granted anew."
    if entry.kind is TransferKind.SINGLE and entry.way in _MAY_BE_WRONG:
        return None
    kinds = set(entry.way)
    if Of.RETURNED in kinds:
        return "What went back unclaimed is its owner's again by `unclaimed claim-again`."
    if Of.SUSPENSE in kinds:
        return "What is in suspense is carried by `suspense carry`."
    if Of.CLEARING in kinds or Of.FEES in kinds:
        return "A cash-out moves only by its provider's word: see `cash-outs declare` and `cash-outs findings`."
    return "What was handed over comes back by `payments came-back`, once the other side has sent it back."


def _where(db: Connection, entry: Entry) -> str:
    """Where the money of a grant went, when it is not there."""
    if entry.way != (Of.TREASURY, Of.BENEFICIARY):
        return ""
    gone = [each for each in entries.of_journal(db, entry.journal_id) if each.credit.kind is Of.HANDED_OVER and each.left]
    if gone:
        return ", it was handed over to be paid elsewhere; when it is sent back, enter it with `payments came-back`"
    return ", its owner has taken it out or is about to"
