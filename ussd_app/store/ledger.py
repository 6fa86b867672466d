"""The ledger in PostgreSQL: append-only transfers, counters moved with them, guards held by conditional UPDATEs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

from ussd_app.domain import ledger
from ussd_app.domain.ledger import Account, AccountKind, MoreThanThereWas, NotEnoughMoney, Transfer, TransferKind, leg_id
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.store.entries import Entry
from ussd_app.store.journals import Moved, came_back, moved_in, posted_in
from ussd_app.store.transfers import write


def move(db: Connection, transfer: Transfer) -> bool:
    """Write one single or pending transfer. False when this very transfer was written before: nothing is done.

    Raises NotEnoughMoney, and ReusedWithOtherContent for a known id with another content.
    """
    return write(db, [transfer])


def sources(db: Connection, person_id: int, amount: Dong) -> list[tuple[Account, Dong]]:
    """Which of a person's programmes pay this amount: by the programmes' priorities, then the oldest account.

    Locks the accounts. Raises NotEnoughMoney.
    """
    rows = db.execute(
        text("""SELECT a.id, a.code, a.programme, coalesce(p.priority, 99) AS priority,
                       a.credits_posted - a.debits_posted - a.debits_pending AS available
                FROM account a LEFT JOIN programme p ON p.code = a.programme
                WHERE a.person_id = :person ORDER BY a.id FOR NO KEY UPDATE OF a"""),
        {"person": person_id},
    ).all()
    left, taken = amount.amount, list[tuple[Account, Dong]]()
    for row in sorted(rows, key=lambda each: (each.priority, each.id)):
        part = min(left, row.available)
        if part > 0:
            taken.append((Account(row.code, AccountKind.BENEFICIARY, person_id, row.programme), Dong(part)))
            left -= part
    if left:
        raise NotEnoughMoney(f"{left} đồng short")
    return taken


def hold(db: Connection, journal_id: UUID, sources: list[tuple[Account, Dong]], credit: Account, reason: str) -> None:
    """Hold money on several accounts under one journal: all of it, or NotEnoughMoney and nothing.

    A hold has no end of its own: whoever could still turn it into cash must have said that they will not.
    """
    _hold(db, "hold", journal_id, sources, credit, reason)


def hold_fee(db: Connection, journal_id: UUID, sources: list[tuple[Account, Dong]], provider: str, reason: str) -> None:
    """Hold the fee that a person carries, beside the money it is for: its own legs in the same journal."""
    _hold(db, "fee", journal_id, sources, ledger.fees(provider), reason)


def _hold(
    db: Connection, step: str, journal_id: UUID, sources: list[tuple[Account, Dong]], credit: Account, reason: str
) -> None:
    legs = [
        Transfer(
            leg_id(journal_id, step, number), source, ledger.shelf(credit, journal_id), amount, journal_id, reason,
            TransferKind.PENDING,
        )
        for number, (source, amount) in enumerate(sources)
    ]  # fmt: skip
    write(db, legs)


def post(db: Connection, journal_id: UUID, reason: str, amount: Dong | None = None, *, fee_carried: Dong = NOTHING) -> bool:
    """Turn the holds of a journal into money paid. False when it was posted before.

    With an `amount`, no more than that is paid and the rest goes back to its owner in the same moment; a held fee is
    charged in full. A fee that is carried is charged to the programmes that pay, each for its share of the money, and
    nobody's account is touched by it. Raises MoreThanThereWas when less was held.
    """
    holds = moved_in(db, journal_id, TransferKind.PENDING)
    if amount is None:
        return _resolve(db, [(each, each.amount) for each in holds], reason, fee_carried)
    if not amount.amount:
        raise ValueError("nothing was paid: that is a void")
    if posted_in(db, journal_id) == amount:
        return False
    left, parts = amount.amount, list[tuple[Moved, Dong]]()
    for each in holds:
        part = each.amount.amount if each.credit.kind is AccountKind.FEES else min(left, each.amount.amount)
        left -= 0 if each.credit.kind is AccountKind.FEES else part
        parts.append((each, Dong(part)))
    if left:
        raise MoreThanThereWas(f"{left} đồng more than was held")
    return _resolve(db, parts, reason, fee_carried)


def _carried(parts: Sequence[tuple[Moved, Dong]], fee: Dong) -> list[Transfer]:
    paying = [(each, part.amount) for each, part in parts if part and each.credit.kind is AccountKind.CLEARING]
    whole, left, legs = sum(part for _, part in paying), fee.amount, list[Transfer]()
    for number, (each, part) in enumerate(paying, start=1):
        share = left if number == len(paying) else fee.amount * part // whole
        left -= share
        legs += [_fee_leg(each, Dong(share))] if share else []
    return legs


def _fee_leg(held: Moved, part: Dong) -> Transfer:
    carrier, provider = ledger.waived(held.debit.programme or ""), held.credit.code.split(":")[1]
    return Transfer(
        leg_id(held.id, "fee carried", 0), ledger.shelf(carrier, held.journal_id),
        ledger.shelf(ledger.fees(provider), held.journal_id), part, held.journal_id, FEE_CARRIED,
    )  # fmt: skip


FEE_CARRIED = "fee of a cash-out, carried by the programme"


def void(db: Connection, journal_id: UUID, reason: str) -> bool:
    """Give every hold of a journal back to its owner. False when it was given back before."""
    holds = moved_in(db, journal_id, TransferKind.PENDING)
    return _resolve(db, [(each, Dong(0)) for each in holds], reason)


def _resolve(db: Connection, parts: Sequence[tuple[Moved, Dong]], reason: str, fee_carried: Dong = NOTHING) -> bool:
    return write(db, [*(_resolution(each, part, reason) for each, part in parts), *_carried(parts, fee_carried)])


def _resolution(held: Moved, paid: Dong, reason: str) -> Transfer:
    """What is paid of a hold; nothing paid is the hold given back."""
    kind = TransferKind.POST if paid.amount else TransferKind.VOID
    return Transfer(
        leg_id(held.id, kind.value, 0), held.debit, held.credit, paid if paid.amount else held.amount,
        held.journal_id, reason, kind, pending_id=held.id, held=held.amount,
    )  # fmt: skip


def reverse(db: Connection, journal_id: UUID, reversal_id: UUID, amount: Dong, reason: str) -> bool:
    """Give back what a provider took back after it had paid: new transfers under the first one's journal.

    What was taken last comes back first. False when this very reversal was written before. Raises MoreThanThereWas when
    all reversals together would be more than was paid, and ReusedWithOtherContent for a known id with another amount.
    """
    return _give_back(db, journal_id, reversal_id, amount, reason, {AccountKind.CLEARING})


def return_to_owner(db: Connection, journal_id: UUID, return_id: UUID, amount: Dong, reason: str) -> bool:
    """What a bank, a wallet or a commune sends back is its owner's again. `journal_id` is the grant's; see `reverse`."""
    return _give_back(db, journal_id, return_id, amount, reason, {AccountKind.HANDED_OVER, AccountKind.TRUST})


def claim_again(db: Connection, journal_id: UUID, claim_id: UUID, amount: Dong, reason: str) -> list[UUID]:
    """What went back to the state unclaimed is its owner's again; see `reverse`. The transfers it became."""
    _give_back(db, journal_id, claim_id, amount, reason, {AccountKind.RETURNED})
    return [leg_id(claim_id, "back", 0)]


def take_back(db: Connection, entry: Entry, key: UUID, amount: Dong, reason: str) -> list[UUID]:
    """Take back an entry that was wrong, wholly or in part: the transfers it became, under the entry's own journal.

    A grant that a commune keeps is taken out of its trust first. `entry` is locked. Raises MoreThanThereWas when less
    of it is left, and NotEnoughMoney when whoever had it has it no more.
    """
    if entry.left < amount:
        raise MoreThanThereWas(f"only {entry.left} of this entry is left to take back")
    way_back = Transfer(
        leg_id(key, "back", 0), entry.credit, entry.debit, amount, entry.journal_id, reason, reverses_id=entry.id
    )
    legs, left = [way_back], amount.amount
    for number, kept in enumerate(_kept_by_commune(db, entry), start=1):
        part = min(left, kept.amount.amount - kept.reversed.amount)
        if part > 0:
            leg = leg_id(key, "back", number)
            legs.append(Transfer(leg, kept.credit, kept.debit, Dong(part), kept.journal_id, reason, reverses_id=kept.id))
            left -= part
    write(db, legs)
    return [each.id for each in legs]


def _kept_by_commune(db: Connection, entry: Entry) -> list[Moved]:
    if entry.way != (AccountKind.TREASURY, AccountKind.BENEFICIARY):
        return []
    parts = moved_in(db, entry.journal_id, TransferKind.SINGLE)
    return [each for each in parts if each.credit.kind is AccountKind.TRUST]


def suspend(db: Connection, journal_id: UUID, reason: str, amount: Dong | None = None) -> bool:
    """A provider paid after all what we had given back: owed to the provider, and nobody's until a person decides.

    The person's account is not touched: they may have spent it meanwhile. False when it was written before. Raises
    MoreThanThereWas when the journal had held less.
    """
    held = [each for each in moved_in(db, journal_id, TransferKind.PENDING) if each.credit.kind is AccountKind.CLEARING]
    paid = amount or Dong(sum(each.amount.amount for each in held))
    if came_back(db, journal_id, [leg_id(journal_id, "suspense", number) for number in range(len(held))], paid):
        return False
    left, legs = paid.amount, list[Transfer]()
    for each in held:
        part = min(left, each.amount.amount)
        if part > 0:
            provider = each.credit.code.split(":")[1]
            waits = ledger.suspense(provider, each.debit.programme or "")
            leg = leg_id(journal_id, "suspense", len(legs))
            legs.append(Transfer(leg, waits, each.credit, Dong(part), journal_id, reason))
            left -= part
    if left or not legs:
        raise MoreThanThereWas(f"{left} đồng more than this journal had held")
    return write(db, legs)


def _give_back(db: Connection, journal: UUID, id: UUID, amount: Dong, reason: str, went_to: set[AccountKind]) -> bool:
    paid = [each for each in moved_in(db, journal, TransferKind.SINGLE, TransferKind.POST) if each.credit.kind in went_to]
    if came_back(db, journal, [leg_id(id, "back", number) for number in range(len(paid))], amount):
        return False
    left, legs = amount.amount, list[Transfer]()
    for each in reversed(paid):
        part = min(left, each.amount.amount - each.reversed.amount)
        if part > 0:
            leg = leg_id(id, "back", len(legs))
            legs.append(Transfer(leg, each.credit, each.debit, Dong(part), journal, reason, reverses_id=each.id))
            left -= part
    if left or not legs:
        raise MoreThanThereWas(f"{left} đồng more than was paid and has not come back")
    return write(db, legs)
